"""QR codes as pictures with addresses: those of a province, and that of an entry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from locations.models import Province
from locations.qr.codes import printed_url, qr_png, qr_svg
from portal.web.pictures import PLAIN, moved, picture_answer, picture_digest

DRAWN_BY = ("locations/qr", "requirements.txt")
FOLLOW, PAGE = "theo-doi", "trang"


@dataclass(frozen=True)
class CodePicture:
    """The code of `url`, `title` for who cannot see it; answered by the view called `name`."""

    url: str
    title: str
    name: str = field(repr=False)
    kwargs: Mapping[str, Any] = field(repr=False)

    @property
    def digest(self) -> str:
        return picture_digest(self, drawn_by=DRAWN_BY)

    def address(self, extension: str) -> str:
        """Where exactly this picture is."""
        told = {**self.kwargs, "digest": self.digest, "extension": extension}
        return reverse(self.name, kwargs=told)

    def answer(self, request: HttpRequest, asked: str | None, extension: str) -> HttpResponseBase:
        """`asked`: the digest in the address that the reader asks for, if there is one."""
        if asked not in (None, self.digest):
            return moved(self.address(extension))
        is_png = extension == "png"
        return picture_answer(
            request,
            lambda: qr_png(self.url) if is_png else qr_svg(self.url, title=self.title),
            digest=self.digest,
            content_type="image/png" if is_png else "image/svg+xml",
            seconds=None if asked else PLAIN,
        )


def province_code(province: Province, purpose: str) -> CodePicture:
    """The code that leads to the follow page ("theo-doi") or to the province page ("trang")."""
    title = _("Follow the official account of %s") if purpose == FOLLOW else _("Page of %s")
    return CodePicture(
        province_code_url(province, purpose),
        title % province.name,
        "qr-code",
        {"province": province.slug, "purpose": purpose},
    )


def province_code_url(province: Province, purpose: str) -> str:
    """What the QR code of `purpose` holds: only a short permanent address."""
    code = province.follow_code if purpose == FOLLOW else province.code
    return printed_url(settings.PUBLIC_BASE_URL, code)


def entry_code(code: str) -> CodePicture:
    """The code of the short address of `code`, for the printed page of an entry."""
    url = printed_url(settings.PUBLIC_BASE_URL, code)
    return CodePicture(url, url, "entry-qr", {"code": code})
