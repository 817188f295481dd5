"""What the operator says of this installation, read from the environment and checked at start.

Every value comes from an environment variable or from a `.env` file beside `manage.py`.
A missing or senseless one raises `ImproperlyConfigured` with one line that names it.
"""

import re
import secrets
import warnings
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.core.exceptions import ImproperlyConfigured
from environ import Env

from portal.files import kept_text
from portal.keys import new_push_key
from portal.keys import push_key as private_key

BASE_DIR = Path(__file__).resolve().parent.parent
BASE_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
# The host is written out, because the pages' security policy has to name it.
TILES_URL = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[!-~]+")
# A host, a domain with all of its hosts, or for trials a service on this machine itself.
PUSH_SERVICE = re.compile(
    r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+|http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?"
)
# Those of Chrome and what is built like it, Firefox, Edge, and Safari.
PUSH_SERVICES = (
    "fcm.googleapis.com", "*.push.services.mozilla.com", "*.notify.windows.com",
    "*.push.apple.com",
)  # fmt: skip
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
WEAK_SECRETS = ("changeme", "secret", "insecure", "example")

env = Env()
Env.read_env(BASE_DIR / ".env")


def flag(name: str, default: bool = False) -> bool:
    """True for 1/true/yes/on, False for 0/false/no/off or nothing."""
    value = env.str(name, default=str(default)).strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}")


def whole_number(name: str, *, default: int, least: int = 0) -> int:
    """A number of `least` or more, in digits."""
    value = env.str(name, default=str(default)).strip()
    if not (value.isascii() and value.isdigit() and int(value) >= least):
        raise ImproperlyConfigured(f"{name} must be a whole number from {least}, not {value!r}")
    return int(value)


DEMO = flag("DEMO")


def refuse_if_others_read(path: Path) -> None:
    """Raises ImproperlyConfigured for a file of secrets that not only its owner may read."""
    if path.exists() and path.stat().st_mode & 0o077:
        raise ImproperlyConfigured(
            f"{path.name} holds secrets that others on this machine may read;"
            f" leave it to its owner with: chmod 600 {path}"
        )


if not DEMO:
    refuse_if_others_read(BASE_DIR / ".env")


def required(name: str, *, in_demo: str) -> str:
    """The value of `name`; a demo may leave it out, a real installation may not."""
    value = env.str(name, default=in_demo if DEMO else "").strip()
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set; set it in the environment or in .env (see .env.example),"
            " or set DEMO=1 for a demonstration"
        )
    return value


def data_dir() -> Path:
    """The folder of the database and files; made if it is not there."""
    path = Path(env.str("DATA_DIR", default=str(BASE_DIR / "data"))).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"DATA_DIR {path} cannot be made: {error.strerror}") from error
    return path


def folder(name: str) -> Path | None:
    """The folder that `name` says, by its full path; None if it says none."""
    path = env.str(name, default="").strip()
    if path and not Path(path).is_absolute():
        raise ImproperlyConfigured(f"{name} must be a full path like /var/backups, not {path!r}")
    return Path(path) if path else None


def secret_key(folder: Path) -> str:
    """SECRET_KEY; a demo that sets none gets a random one, kept in its data folder."""
    if DEMO and not env.str("SECRET_KEY", default=""):
        return kept_text(folder / "secret-key", lambda: secrets.token_urlsafe(50))
    key = required("SECRET_KEY", in_demo="")
    varied = len(key) >= 40 and len(set(key)) >= 10
    if not varied or any(word in key.lower() for word in WEAK_SECRETS):
        raise ImproperlyConfigured(
            "SECRET_KEY must be at least 40 random characters; make one with:"
            " python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    return key


def subscription_keys(folder: Path) -> list[str]:
    """SUBSCRIPTION_KEYS: what addresses of subscribers are sealed with, the newest first.

    Kept apart from SECRET_KEY, because to lose it is to lose every subscriber. A demo that sets
    none gets a random one, kept in its data folder.
    """
    if DEMO and not env.str("SUBSCRIPTION_KEYS", default=""):
        return [kept_text(folder / "subscription-key", lambda: secrets.token_urlsafe(50))]
    value = required("SUBSCRIPTION_KEYS", in_demo="")
    keys = [key.strip() for key in value.split(",") if key.strip()]
    if not keys or any(len(key) < 40 or len(set(key)) < 10 for key in keys):
        raise ImproperlyConfigured(
            "SUBSCRIPTION_KEYS must be one or more keys of at least 40 random characters, with"
            " commas between them; make one with:"
            " python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    return keys


def push_key(folder: Path) -> str:
    """PUSH_KEY: what push services know the portal by; "" if it sends no Web Push.

    A demo that sets none gets a random one, kept in its data folder.
    """
    key = env.str("PUSH_KEY", default="").strip()
    if DEMO and not key:
        key = kept_text(folder / "push-key", new_push_key)
    try:
        if key:
            private_key(key)
    except ValueError:
        raise ImproperlyConfigured(
            "PUSH_KEY is no key; leave it empty and make one with: manage.py make_push_keys"
        ) from None
    return key


def push_services() -> list[str]:
    """The push services of the large browsers, and those in PUSH_SERVICES beside them."""
    more = [one.strip() for one in env.str("PUSH_SERVICES", default="").split(",") if one.strip()]
    for service in more:
        if not PUSH_SERVICE.fullmatch(service):
            raise ImproperlyConfigured(
                "PUSH_SERVICES must be hosts like push.example.vn or *.push.example.vn, with"
                f" commas between them, not {service!r}"
            )
    return [*PUSH_SERVICES, *more]


def public_base_url() -> str:
    """PUBLIC_BASE_URL without a trailing slash: the address printed on posters and codes."""
    port = env.str("PORT", default="8000")
    # A senseless PORT is refused by `serve`, in words about PORT.
    local = f"http://localhost:{port}" if re.fullmatch("[0-9]{1,5}", port) else "http://localhost"
    url = required("PUBLIC_BASE_URL", in_demo=local).rstrip("/")
    if not BASE_URL.fullmatch(url):
        raise ImproperlyConfigured(f"PUBLIC_BASE_URL must look like https://host, not {url!r}")
    if url.startswith("http://") and not DEMO:
        raise ImproperlyConfigured("PUBLIC_BASE_URL must begin with https:// outside a demo")
    return url


def service_url(name: str, *, default: str) -> str:
    """The base address of a service that secrets are sent to: https, but for this machine."""
    url = env.str(name, default="").strip().rstrip("/") or default
    is_local = urlsplit(url).hostname in {"localhost", "127.0.0.1"}
    if not BASE_URL.fullmatch(url) or not (url.startswith("https://") or is_local):
        raise ImproperlyConfigured(f"{name} must look like https://host, not {url!r}")
    return url


def clock_start() -> datetime | None:
    """CLOCK_START: where the portal's clock begins in a demo or exercise (ISO 8601 with offset)."""
    value = env.str("CLOCK_START", default="").strip()
    if not value:
        return None
    if not DEMO:
        raise ImproperlyConfigured("CLOCK_START is for a demonstration; remove it or set DEMO=1")
    try:
        start = datetime.fromisoformat(value)
    except ValueError:
        start = None
    if start is None or start.tzinfo is None:
        raise ImproperlyConfigured(
            f"CLOCK_START must look like 2021-03-26T08:00:00+07:00, not {value!r}"
        )
    return start


def hosts(name: str, *, in_demo: str) -> list[str]:
    """The host names in `name`, which are separated by commas."""
    named = [host.strip() for host in required(name, in_demo=in_demo).split(",") if host.strip()]
    if "*" in named:
        raise ImproperlyConfigured(f"{name} must name the hosts; '*' would accept any")
    return named


class SigningPair(NamedTuple):
    """A private key and the certificate that belongs to it, both in PEM."""

    key: bytes
    certificate: bytes


def signing_pair(key_name: str, certificate_name: str) -> SigningPair | None:
    """The key and certificate in the files that these variables name; None if neither is set."""
    paths = {name: env.str(name, default="").strip() for name in (key_name, certificate_name)}
    if not any(paths.values()):
        return None
    if not all(paths.values()):
        raise ImproperlyConfigured(f"{key_name} and {certificate_name} must be set together")
    contents = {}
    for name, path in paths.items():
        try:
            contents[name] = Path(path).read_bytes()
        except OSError as error:
            raise ImproperlyConfigured(f"{name} {path}: {error.strerror}") from error
    pair = SigningPair(contents[key_name], contents[certificate_name])
    try:
        key = serialization.load_pem_private_key(pair.key, password=None)
    except (TypeError, ValueError) as error:
        raise ImproperlyConfigured(
            f"{key_name} is no private key in PEM without password"
        ) from error
    try:
        certificate = x509.load_pem_x509_certificate(pair.certificate)
    except ValueError as error:
        raise ImproperlyConfigured(f"{certificate_name} is no certificate in PEM") from error
    if certificate.public_key() != key.public_key():
        raise ImproperlyConfigured(f"{certificate_name} does not belong to {key_name}")
    return pair


def map_tiles_url() -> str:
    """MAP_TILES_URL: the pattern of the addresses of a map's tiles; "" if there are none."""
    url = env.str("MAP_TILES_URL", default="").strip()
    placeholders = sorted(re.findall(r"{(.*?)}", url.replace("{r}", "")))
    if url and not (TILES_URL.fullmatch(url) and placeholders == ["x", "y", "z"]):
        raise ImproperlyConfigured(
            "MAP_TILES_URL must look like https://tiles.example.vn/{z}/{x}/{y}.png,"
            f" not {url!r}"
        )
    return url


def origin(url: str) -> str:
    """Scheme, host and port of a `url` of ours, as a security policy names them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def log_level() -> str:
    """LOG_LEVEL: how much is logged."""
    level = env.str("LOG_LEVEL", default="WARNING").upper()
    if level not in LOG_LEVELS:
        raise ImproperlyConfigured(f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}")
    return level


def replicas() -> dict[str, dict[str, Any]]:
    """The databases in REPLICA_URL, by the names under which Django knows them.

    One that does not answer costs whoever tries it two seconds, the least that PostgreSQL's client
    can be told, and three if it falls silent later.
    """
    urls = [url.strip() for url in env.str("REPLICA_URL", default="").split(",") if url.strip()]
    found = {}
    for number, url in enumerate(urls, start=1):
        config = _understood("REPLICA_URL", url, env.db_url_config)
        if "postgresql" not in config["ENGINE"]:
            raise ImproperlyConfigured("REPLICA_URL must name replicas of PostgreSQL")
        found[f"replica-{number}"] = config | {
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {
                **for_short_questions(config),
                "connect_timeout": 2,
                "tcp_user_timeout": 3000,
                "application_name": "portal, reading",
            },
        }
    return found


def for_short_questions(config: dict[str, Any]) -> dict[str, Any]:
    """The options of the PostgreSQL in `config` without its compiler (JIT), which works for
    fractions of a second on each question that seems to be large, to answer it in milliseconds: of
    a province page with 300 places it made 1.3 s instead of 0.02 s."""
    options = config.get("OPTIONS", {})
    return {**options, "options": f"-c jit=off {options.get('options', '')}".strip()}


def redis_url(cache: dict[str, Any]) -> str:
    """Where the `cache` of Django's settings is, if it is Redis or Valkey; "" if it is not."""
    return cache["LOCATION"] if "redis" in cache["BACKEND"].lower() else ""


def parsed(
    name: str,
    *,
    parse: Callable[[str], dict[str, Any]],
    default: str = "",
    in_demo: str = "",
) -> dict[str, Any]:
    """The dictionary django-environ makes of the URL in `name`; without a `default` it must be
    set. The error never repeats the URL, which may hold a password."""
    value = env.str(name, default="") or default or required(name, in_demo=in_demo)
    return _understood(name, value, parse)


def _understood(name: str, value: str, parse: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            config = dict(parse(value))
    except Exception:
        config = {}
    backend = config.get("ENGINE") or config.get("BACKEND") or config.get("EMAIL_BACKEND") or ""
    if "." not in backend:
        shown = value.partition("://")[0]
        raise ImproperlyConfigured(f"{name} cannot be understood: {shown!r}")
    return config
