"""Posts as fast as they come, each from any address of this machine's loopback."""

import http.client
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode

AT_ONCE = 16


@dataclass(frozen=True)
class Post:
    """A form that is sent `source` to `path`; `host` as the Host header has it."""

    path: str
    form: dict[str, str]
    source: str = "127.0.0.1"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str = field(repr=False)


def send(port: int, post: Post, *, host: str) -> Answer:
    link = http.client.HTTPConnection(
        "127.0.0.1", port, timeout=30, source_address=(post.source, 0)
    )
    try:
        headers = {
            "Host": host,
            "Content-Type": "application/x-www-form-urlencoded",
            **post.headers,
        }
        link.request("POST", post.path, urlencode(post.form), headers)
        response = link.getresponse()
        return Answer(response.status, response.headers, response.read().decode())
    finally:
        link.close()


def flood(port: int, posts: Iterable[Post], *, host: str) -> Counter[tuple[str, int]]:
    """Sends all of them, several at once; how often which path answered with which status."""
    waiting: Iterator[Post] = iter(posts)
    lock, found = threading.Lock(), Counter[tuple[str, int]]()

    def work(_number: int) -> None:
        while True:
            with lock:
                post = next(waiting, None)
            if post is None:
                return
            status = send(port, post, host=host).status
            with lock:
                found[post.path, status] += 1

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(work, range(AT_ONCE)))
    return found
