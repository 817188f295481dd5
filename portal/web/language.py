"""The language of a page follows from its address alone: /en/… is English, all else Vietnamese."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

ENGLISH_PREFIX = "/en/"
# What browsers read as the beginning of another host: "//", "/\\", "/<tab>/".
HOST_BEFORE = re.compile(r"^[/\\\x00-\x20]+")


def language_of(path: str) -> str:
    return "en" if path.startswith(ENGLISH_PREFIX) else settings.LANGUAGE_CODE


def in_language(path: str, language: str) -> str:
    """The address of the same page in `language`; on this host, whatever `path` begins with."""
    bare = path.removeprefix(ENGLISH_PREFIX.rstrip("/")) if language_of(path) == "en" else path
    bare = HOST_BEFORE.sub("/", bare)
    return ENGLISH_PREFIX.rstrip("/") + bare if language == "en" else bare


class LanguageFromPathMiddleware:
    """Activates the language of the address. Django's own asks cookies and headers as well,
    and a page must never depend on who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request.path_info)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
