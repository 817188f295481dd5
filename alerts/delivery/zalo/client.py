"""Zalo's HTTP interface for official accounts, as far as notices need it. No database here.

Where the facts are from. Zalo's own pages (developers.zalo.me, docs.zaloplatforms.com) could not
be opened when this was written; M is a Vietnamese mirror of them in a public repository, T are
public programs that call Zalo.

- Tokens: `POST /v4/oa/access_token`, a form, header `secret_key`; access tokens live 25 hours,
  refresh tokens 3 months, and each of these is good for one use (M, T). `expires_in` comes as a
  string (M). A refresh token that is not good is answered by HTTP 200 with error -14014, and one
  that was used before now and then by an empty body (T).
- Every answer is HTTP 200 with `error` in the JSON, 0 if all is well (T).
- Articles: `/v2.0/article/create`, `update`, `verify`; made in the background, hence the token
  that `verify` turns into an id (M, T; the id is called `id` in M, `article_id` in T). -214: not
  made yet. Title at most 150 letters, author 50, description 300, pictures 1 MB (M).
- Broadcast: `POST /v2.0/oa/message` with `recipient.target`; looked at by Zalo for half an hour
  before it goes out (M, T). Gender 0 means everybody (M); an empty target was not tried.
- Followers: `GET /v3.0/oa/user/getlist?data=…`, at most 50 a page (T); offsets end at 10,000 in T.
- One follower: `POST /v3.0/oa/message/cs`, 2,000 letters, a picture by its address; only to whom
  has written to the account within seven days, else -230 (M, T).
- Quota: `POST /v3.0/oa/quota/message`, an array of what is left by source (M).
- Limits: -32 beyond 4,000 calls a minute, which count anew each minute; -211 is a used-up quota;
  the quota of a day begins at midnight (M). No source has a `Retry-After`; if one comes, it is
  obeyed.

Not confirmed by any source: whether an article's text may hold markup (we send none), whether
`update` keeps a broadcast article's address, and whether Zalo tells a broadcast from its
repetition.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import Any

import requests
from django.conf import settings
from urllib3.exceptions import MaxRetryError, NewConnectionError

from alerts.delivery.retry_after import wait_of

# Seconds: to connect, between two pieces of an answer, and for all of it.
CONNECT, READ, WHOLE = 5.0, 15.0, 30.0
LONGEST_ANSWER = 1 << 20
PAGE = 50


class Code(IntEnum):
    """Those of Zalo's error codes that something follows from (its table "mã lỗi", M)."""

    RATE = -32
    INVALID = -201
    TOO_LONG = -210
    QUOTA = -211
    NOT_FOLLOWING = -213
    IN_PROCESS = -214
    BAD_TOKEN = -216
    BLOCKED = -217
    RECEIVER_QUOTA = -218
    APP_DISABLED = -219
    OLD_TOKEN = -220
    NOT_VERIFIED = -221
    INACTIVE_45_DAYS_OLD = -222
    NOT_AUTHORISED = -223
    PACKAGE = -224
    INACTIVE_45_DAYS = -227
    NO_INTERACTION_7_DAYS = -230
    INTERACTION_EXPIRED = -232
    NIGHT = -234
    KIND_OF_ACCOUNT = -235
    RESTRICTED_BY_USER = -244
    STANDARDS = -248
    BAD_REFRESH_TOKEN = -14014


class ZaloError(Exception):
    """Something went wrong. The text holds no token and no id of a follower, and none of Zalo's
    own words, which may hold either."""


class NotReached(ZaloError):
    """There was no connection: nothing was handed over."""


class Unclear(ZaloError):
    """Zalo may or may not have done it. `after` if it named a time."""

    def __init__(self, why: str, after: timedelta | None = None) -> None:
        super().__init__(why)
        self.after = after


class Refused(ZaloError):
    """Zalo has not done it, and said why by a number."""

    def __init__(self, code: int) -> None:
        name = next((known.name for known in Code if known == code), "not known to us")
        super().__init__(f"Zalo answered {code}: {name.lower().replace('_', ' ')}")
        self.code = code


class BadCredentials(ZaloError):
    """Zalo gives no tokens for these credentials: somebody has to connect the account again."""


@dataclass(frozen=True)
class Tokens:
    access_token: str
    refresh_token: str
    expires_in: timedelta


class Client:
    """Calls Zalo. Redirects are not followed, answers are bounded in size and time."""

    def __init__(self) -> None:
        self._session = requests.Session()

    def close(self) -> None:
        self._session.close()

    def refresh(self, *, app_id: str, secret: str, refresh_token: str) -> Tokens:
        """New tokens for a refresh token, which Zalo never takes again.

        Raises BadCredentials, or another ZaloError, after which the token may be used up.
        """
        answer = self._asked(
            "POST",
            f"{settings.ZALO_OAUTH_URL}/v4/oa/access_token",
            headers={"secret_key": secret},
            data={
                "refresh_token": refresh_token,
                "app_id": app_id,
                "grant_type": "refresh_token",
            },
            empty_is={"error": Code.BAD_REFRESH_TOKEN},
        )
        if _error(answer):
            raise BadCredentials(f"Zalo gives no tokens: {_error(answer)}")
        access, fresh = answer.get("access_token"), answer.get("refresh_token")
        if not (isinstance(access, str) and access and isinstance(fresh, str) and fresh):
            raise Unclear("Zalo's answer has no tokens")
        try:
            seconds = int(answer["expires_in"])
            return Tokens(access, fresh, timedelta(seconds=seconds))
        except (KeyError, TypeError, ValueError, OverflowError):
            # The tokens are too dear to lose for the want of a number: one hour is safe.
            return Tokens(access, fresh, timedelta(hours=1))

    def create_article(self, token: str, article: Mapping[str, Any]) -> str:
        """The token for the id of an article that Zalo makes in the background."""
        return _text(self._called("POST", "/v2.0/article/create", token, article), "token")

    def update_article(self, token: str, article_id: str, article: Mapping[str, Any]) -> str:
        """As `create_article`, for one that is there."""
        body = {**article, "id": article_id}
        return _text(self._called("POST", "/v2.0/article/update", token, body), "token")

    def verify_article(self, token: str, article_token: str) -> str:
        """The article's id; raises Refused with IN_PROCESS while it is made."""
        found = self._called("POST", "/v2.0/article/verify", token, {"token": article_token})
        return _text(found, "id", "article_id")

    def broadcast(self, token: str, article_id: str) -> str:
        """Sends the article to all followers; returns the message's id."""
        element = {"media_type": "article", "attachment_id": article_id}
        body = {
            "recipient": {"target": {"gender": "0"}},
            "message": {
                "attachment": {
                    "type": "template",
                    "payload": {"template_type": "media", "elements": [element]},
                }
            },
        }
        return _text(self._called("POST", "/v2.0/oa/message", token, body), "message_id")

    def send(self, token: str, user_id: str, text: str, picture: str) -> str:
        """Sends one follower a text with a picture; returns the message's id."""
        element = {"media_type": "image", "url": picture}
        body = {
            "recipient": {"user_id": user_id},
            "message": {
                "text": text,
                "attachment": {
                    "type": "template",
                    "payload": {"template_type": "media", "elements": [element]},
                },
            },
        }
        return _text(self._called("POST", "/v3.0/oa/message/cs", token, body), "message_id")

    def followers(self, token: str, offset: int) -> tuple[list[str], int]:
        """A page of followers' ids from `offset`, and how many there are in all."""
        data = json.dumps({"offset": offset, "count": PAGE, "is_follower": "true"})
        found = self._called("GET", "/v3.0/oa/user/getlist", token, params={"data": data})
        try:
            return [str(user["user_id"]) for user in found["users"]], int(found["total"])
        except (KeyError, TypeError, ValueError):
            raise Unclear("Zalo's answer has no followers") from None

    def quota_left(self, token: str) -> int:
        """How many messages the account may still send, whatever gave it the right to."""
        body = {"quota_owner": "OA"}
        found = self._called("POST", "/v3.0/oa/quota/message", token, body)
        try:
            return sum(max(int(part["remain"]), 0) for part in found)
        except (KeyError, TypeError, ValueError):
            raise Unclear("Zalo's answer has no quota") from None

    def _called(
        self,
        method: str,
        path: str,
        token: str,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Any:
        """The `data` of the answer; raises Refused, or another ZaloError."""
        answer = self._asked(
            method,
            settings.ZALO_API_URL + path,
            headers={"access_token": token},
            json=body,
            params=params,
        )
        if code := _error(answer):
            raise Refused(code)
        return answer.get("data")

    def _asked(
        self, method: str, url: str, empty_is: dict[str, Any] | None = None, **more: Any
    ) -> dict[str, Any]:
        try:
            with self._session.request(
                method, url, timeout=(CONNECT, READ), allow_redirects=False, stream=True, **more
            ) as response:
                if response.status_code != 200:
                    after = wait_of(response.headers.get("Retry-After", ""))
                    raise Unclear(f"Zalo answered HTTP {response.status_code}", after)
                body = _whole(response)
        except (requests.ConnectTimeout, requests.exceptions.SSLError) as error:
            raise NotReached(f"Zalo is not reached: {type(error).__name__}") from None
        except requests.ConnectionError as error:
            if _was_connected(error):
                raise Unclear("the connection to Zalo broke") from None
            raise NotReached(f"Zalo is not reached: {type(error).__name__}") from None
        except requests.RequestException as error:
            raise Unclear(f"Zalo did not answer: {type(error).__name__}") from None
        if not body.strip() and empty_is is not None:
            return empty_is
        try:
            answer = json.loads(body)
        except ValueError:
            raise Unclear("Zalo's answer cannot be read") from None
        if not isinstance(answer, dict):
            raise Unclear("Zalo's answer cannot be read")
        return answer


def _was_connected(error: requests.ConnectionError) -> bool:
    """Whether the request may have been read before the connection was lost."""
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return not isinstance(reason, NewConnectionError)


def _whole(response: requests.Response) -> bytes:
    end = time.monotonic() + WHOLE
    body = b""
    for piece in response.iter_content(1 << 16):
        body += piece
        if len(body) > LONGEST_ANSWER:
            raise Unclear("Zalo's answer is too long")
        if time.monotonic() > end:
            raise Unclear("Zalo's answer takes too long")
    return body


def _error(answer: Mapping[str, Any]) -> int:
    """The code of an error; 0 if there is none."""
    try:
        return int(answer.get("error", 0))
    except (TypeError, ValueError):
        raise Unclear("Zalo's answer cannot be read") from None


def _text(found: Any, *names: str) -> str:
    """The first of these names that `found` has a text (or number) for."""
    for name in names:
        value = found.get(name) if isinstance(found, dict) else None
        if isinstance(value, str | int) and value:
            return str(value)
    raise Unclear(f"Zalo's answer has no {names[0]}")
