"""How Redis (or Valkey) is asked: nobody waits for one that does not answer."""

from typing import Any

from redis.backoff import NoBackoff
from redis.retry import Retry

# For each connection; in seconds.
OPTIONS: dict[str, Any] = {
    "socket_connect_timeout": 0.2,
    "socket_timeout": 0.2,
    "retry": Retry(NoBackoff(), 0),
}
