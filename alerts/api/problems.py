"""What the API says when it cannot answer: in the language of the address, by parameter."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel

from alerts.api.descriptions import told


class Problem(Exception):
    """Why a request is refused; `parameter` names what is wrong in it, if something is."""

    def __init__(self, message: str, *, parameter: str | None = None, status: int = 422) -> None:
        self.message = message
        self.parameter = parameter
        self.status = status
        super().__init__(message)


class Reason(BaseModel):
    parameter: str | None = told(gettext_lazy("The parameter that it is about; null for none."))
    message: str = told(gettext_lazy("What is wrong and the way out, for people."))


class Problems(BaseModel):
    errors: list[Reason] = told(gettext_lazy("Everything that is wrong, one reason each."))


def answer(problems: list[Problem], headers: Mapping[str, str] | None = None) -> JsonResponse:
    """All problems of one request, with the status of the first."""
    reasons = [{"parameter": one.parameter, "message": one.message} for one in problems]
    return JsonResponse(
        {"errors": reasons},
        status=problems[0].status,
        headers=headers,
        json_dumps_params={"ensure_ascii": False},
    )


def require_known(request: HttpRequest, known: tuple[str, ...]) -> None:
    """Raises Problem for a parameter that does not exist or is given twice: a filter that was
    misspelt must not look like an answer to what was asked."""
    for name, values in request.GET.lists():
        if name not in known:
            if known:
                words = _("There is no such parameter. There are: %s.") % ", ".join(known)
            else:
                words = _("There is no such parameter. This address takes none.")
            raise Problem(words, parameter=name[:60])
        if len(values) > 1:
            raise Problem(_("It is given more than once. Give it once."), parameter=name)


def not_found(request: HttpRequest, **kwargs: Any) -> JsonResponse:
    return answer([missing()])


def missing() -> Problem:
    return Problem(
        _("There is nothing at this address. /api/v1/ names all that there is."), status=404
    )
