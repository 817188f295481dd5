"""What a kind of page is, and how it is asked for by whoever may see it."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from portal.publishing.models import Officer
from tests.audit.content import Content
from tests.conftest import StaffClient

PREFIXES = {"vi": "", "en": "/en"}


@dataclass
class Reader:
    """Somebody who asks for pages in one language, {names} of `content` filled in."""

    content: Content
    language: str
    client: Client = field(default_factory=Client)

    def as_officer(self, username: str) -> "Reader":
        """The same, signed in the whole way."""
        client = StaffClient()
        client.force_login(Officer.objects.get(username=username))
        return Reader(self.content, self.language, client)

    def get(self, address: str, **extra: Any) -> Any:
        return self.client.get(self._filled(address), **extra)

    def post(self, address: str, data: Any, **extra: Any) -> Any:
        return self.client.post(self._filled(address), data, **extra)

    def _filled(self, address: str) -> str:
        return PREFIXES[self.language] + address.format(**vars(self.content))


@dataclass(frozen=True)
class At:
    """The page at an address; asked for by an officer if one is named."""

    address: str
    status: int = 200
    officer: str = ""

    def __call__(self, reader: Reader) -> Any:
        asking = reader.as_officer(self.officer) if self.officer else reader
        return asking.get(self.address)


@dataclass(frozen=True)
class When:
    """The page that `asked` leads to, where an address does not say it all."""

    asked: Any
    status: int = 200

    def __call__(self, reader: Reader) -> Any:
        return self.asked(reader)
