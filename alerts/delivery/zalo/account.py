"""An official account while something is sent by it: calls with a token that holds."""

from collections.abc import Callable
from typing import TypeVar

from alerts.delivery.zalo import tokens
from alerts.delivery.zalo.client import Client, Code, Refused

T = TypeVar("T")
TOKEN_IS_OVER = (Code.BAD_TOKEN, Code.OLD_TOKEN)


class Account:
    def __init__(self, key: int, client: Client) -> None:
        self.key, self.client = key, client
        self._token = ""

    def call(self, do: Callable[[str], T]) -> T:
        """What `do` returns for an access token; if Zalo refuses the token, for a new one.

        Raises ZaloError or `sealing.Unreadable`.
        """
        token = self._token or tokens.access_token(self.key, self.client)
        try:
            done = do(token)
        except Refused as refused:
            if refused.code not in TOKEN_IS_OVER:
                raise
            token = tokens.access_token(self.key, self.client, not_this=token)
            done = do(token)
        self._token = token
        return done

    def note_quota(self) -> None:
        tokens.note_quota(self.key, self._token, self.client)
