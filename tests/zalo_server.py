"""A stand-in for Zalo: a real HTTP server on this machine that speaks its protocol and errors.

    with ZaloServer() as zalo:
        settings.ZALO_API_URL = settings.ZALO_OAUTH_URL = zalo.url
        refresh_token = zalo.grant()

What stands at Zalo then: `articles` (by id, as last updated), `broadcasts` (ids, and what the
article said at that moment), `messages` (to followers). `calls` are all calls in their order.
What is to go wrong is said by `fail`, `quota`, `processing`, and by the `followers`; what is to
happen at a moment by `before`.
"""

import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

TOKENS = "/v4/oa/access_token"
CREATE, UPDATE, VERIFY = "/v2.0/article/create", "/v2.0/article/update", "/v2.0/article/verify"
BROADCAST = "/v2.0/oa/message"
FOLLOWERS = "/v3.0/oa/user/getlist"
MESSAGE = "/v3.0/oa/message/cs"
QUOTA = "/v3.0/oa/quota/message"


@dataclass
class Answer:
    """Something else than what the protocol says."""

    error: int | None = None
    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    # Seconds before the answer; the connection is closed without one if `is_cut`.
    delay: float = 0
    is_cut: bool = False
    # Whether Zalo has done what was asked all the same.
    is_done: bool = False


@dataclass
class Follower:
    user_id: str
    # What is answered to a message to this one; 0 if it is taken.
    error: int = 0


class ZaloServer:
    app_id = "1234567890"
    secret = "the-app-secret"

    def __init__(self) -> None:
        self.articles: dict[str, dict[str, Any]] = {}
        self.broadcasts: list[tuple[str, dict[str, Any]]] = []
        self.messages: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.followers: list[Follower] = []
        # Broadcasts and messages that may still be sent; no limit if None.
        self.quota: int | None = None
        # How often `verify` says that an article is not made yet.
        self.processing = 0
        # Called with no lock held, before a call of the path is handled.
        self.before: dict[str, Callable[[], Any]] = {}
        self._planned: dict[str, deque[Answer]] = defaultdict(deque)
        # By refresh token: whether it was used. By article token: the article's id.
        self.refresh_tokens: dict[str, bool] = {}
        self.access_token = ""
        self.expires_in = 90000
        # How a used refresh token is answered: both have been seen.
        self.is_silent_on_used = False
        self._making: dict[str, str] = {}
        self._numbers = count(1)
        self._lock = threading.RLock()
        handler = type("Handler", (_Handler,), {"zalo": self})
        self._http = _Server(("127.0.0.1", 0), handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=[0.02], daemon=True).start()
        return self

    def __exit__(self, *exception: Any) -> None:
        self._http.shutdown()
        self._http.server_close()

    def grant(self) -> str:
        """A refresh token, as an administrator of the account gets one."""
        with self._lock:
            token = f"refresh-token-{next(self._numbers)}"
            self.refresh_tokens[token] = False
            return token

    def expire(self) -> None:
        """The access token that was given does not hold any more."""
        self.access_token = ""

    def fail(self, path: str, *answers: Answer) -> None:
        """The next calls of `path` are answered so."""
        self._planned[path].extend(answers)

    def called(self, path: str) -> int:
        return self.calls.count(path)

    # --- what Zalo does

    def handle(self, path: str, headers: Any, form: dict[str, str], body: Any) -> Answer | dict:
        if path in self.before:
            self.before[path]()
        with self._lock:
            self.calls.append(path)
            planned = self._planned[path].popleft() if self._planned[path] else None
            if planned and not planned.is_done:
                return planned
            answer = self._done(path, headers, form, body)
            return planned or answer

    def _done(self, path: str, headers: Any, form: dict[str, str], body: Any) -> Answer | dict:
        if path == TOKENS:
            return self._tokens(headers, form)
        if not self.access_token or headers.get("access_token") != self.access_token:
            return {"error": -216, "message": "Access token is invalid"}
        known = {
            CREATE: self._create,
            UPDATE: self._update,
            VERIFY: self._verify,
            BROADCAST: self._broadcast,
            FOLLOWERS: self._followers,
            MESSAGE: self._message,
            QUOTA: self._quota,
        }
        if path not in known:
            return Answer(status=404, body=b"not found")
        return known[path](json.loads(form["data"]) if path == FOLLOWERS else body)

    def _tokens(self, headers: Any, form: dict[str, str]) -> Answer | dict:
        if headers.get("secret_key") != self.secret or form.get("app_id") != self.app_id:
            return {"error": -14004, "error_name": "Invalid app", "error_reason": ""}
        if form.get("grant_type") != "refresh_token":
            return {"error": -14005, "error_name": "Invalid grant type"}
        given = form.get("refresh_token", "")
        if self.refresh_tokens.get(given, True):
            if self.is_silent_on_used and given in self.refresh_tokens:
                return Answer(body=b"")
            return {"error": -14014, "error_name": "Invalid refresh token.", "message": given}
        self.refresh_tokens[given] = True
        self.access_token = f"access-token-{next(self._numbers)}"
        return {
            "access_token": self.access_token,
            "refresh_token": self.grant(),
            "expires_in": str(self.expires_in),
        }

    def _create(self, body: Any) -> dict:
        if problem := self._problem(body):
            return problem
        article_id = f"article-{next(self._numbers)}"
        self.articles[article_id] = deepcopy(body)
        return self._made(article_id)

    def _update(self, body: Any) -> dict:
        if body.get("id") not in self.articles:
            return {"error": -201, "message": "id is invalid"}
        if problem := self._problem(body):
            return problem
        self.articles[body["id"]] = {k: deepcopy(v) for k, v in body.items() if k != "id"}
        return self._made(body["id"])

    def _problem(self, body: Any) -> dict | None:
        lengths = {"title": 150, "author": 50, "description": 300}
        for name, most in lengths.items():
            if not isinstance(body.get(name), str) or not 0 < len(body[name]) <= most:
                return {"error": -210, "message": f"{name} exceeds allowable limit"}
        cover, parts = body.get("cover", {}), body.get("body") or [{}]
        is_right = (
            body.get("type") == "normal"
            and cover.get("cover_type") == "photo"
            and str(cover.get("photo_url", "")).startswith("http")
            and body.get("status") in {"show", "hide"}
            and all(part.get("type") == "text" and part.get("content") for part in parts)
        )
        return None if is_right else {"error": -201, "message": "params is invalid"}

    def _made(self, article_id: str) -> dict:
        token = f"article-token-{next(self._numbers)}"
        self._making[token] = article_id
        return {"error": 0, "message": "Success", "data": {"token": token}}

    def _verify(self, body: Any) -> dict:
        if body.get("token") not in self._making:
            return {"error": -201, "message": "token is invalid"}
        if self.processing:
            self.processing -= 1
            return {"error": -214, "message": "Article is being processed"}
        return {"error": 0, "message": "Success", "data": {"id": self._making[body["token"]]}}

    def _broadcast(self, body: Any) -> dict:
        target = body["recipient"]["target"]
        (element,) = body["message"]["attachment"]["payload"]["elements"]
        article = self.articles.get(element["attachment_id"])
        if article is None or article["status"] != "show" or target.get("gender") != "0":
            return {"error": -201, "message": "attachment_id is invalid"}
        if not self._spend():
            return {"error": -211, "message": "Out of quota"}
        self.broadcasts.append((element["attachment_id"], deepcopy(article)))
        return self._accepted()

    def _message(self, body: Any) -> dict:
        user_id, text = body["recipient"]["user_id"], body["message"]["text"]
        follower = next((one for one in self.followers if one.user_id == user_id), None)
        if follower is None:
            return {"error": -213, "message": f"User has not followed OA {user_id}"}
        if follower.error:
            return {"error": follower.error, "message": f"not for {user_id}"}
        if len(text) > 2000:
            return {"error": -210, "message": "text exceeds allowable limit"}
        if not self._spend():
            return {"error": -211, "message": "Out of quota"}
        (element,) = body["message"]["attachment"]["payload"]["elements"]
        self.messages.append({"to": user_id, "text": text, "picture": element["url"]})
        return self._accepted()

    def _followers(self, asked: Any) -> dict:
        if asked["count"] > 50:
            return {"error": -210, "message": "count exceeds allowable limit"}
        page = self.followers[asked["offset"] : asked["offset"] + asked["count"]]
        users = [{"user_id": one.user_id} for one in page]
        data = {"total": len(self.followers), "count": len(page), "users": users}
        return {"error": 0, "message": "Success", "data": data}

    def _quota(self, body: Any) -> dict:
        left = 1000 if self.quota is None else self.quota
        part = {"asset_id": "a", "product_type": "cs", "total": 1000, "remain": left}
        return {"error": 0, "message": "Success", "data": [part]}

    def _spend(self) -> bool:
        if self.quota == 0:
            return False
        if self.quota is not None:
            self.quota -= 1
        return True

    def _accepted(self) -> dict:
        data = {"message_id": f"message-{next(self._numbers)}"}
        return {"error": 0, "message": "Success", "data": data}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked has gone, or was killed."""


class _Handler(BaseHTTPRequestHandler):
    zalo: ZaloServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer({}, None)

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Content-Type", "").startswith("application/json"):
            self._answer({}, json.loads(data))
        else:
            self._answer(_flat(data.decode()), None)

    def _answer(self, form: dict[str, str], body: Any) -> None:
        address = urlsplit(self.path)
        answer = self.zalo.handle(
            address.path, self.headers, {**form, **_flat(address.query)}, body
        )
        if isinstance(answer, dict):
            answer = Answer(body=json.dumps(answer).encode())
        if answer.delay:
            time.sleep(answer.delay)
        if answer.is_cut:
            self.close_connection = True
            return
        content = answer.body
        if content is None:
            said = {"error": answer.error or 0, "message": "planned"}
            content = b"" if answer.status != 200 else json.dumps(said).encode()
        try:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True  # whoever asked has gone

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
