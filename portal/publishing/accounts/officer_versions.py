"""Which version of an account somebody has open, and who changed it since."""

import hashlib
import json
from typing import Any

from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from portal.publishing.models import AccountEvent, Officer
from portal.web.times import shown

FIELDS = (
    "username", "first_name", "last_name", "email", "language", "provinces", "is_national",
    "groups", "is_active",
)  # fmt: skip


def token(officer: Officer) -> str:
    """What identifies the version of `officer` that somebody is looking at."""
    values = model_to_dict(officer, fields=FIELDS)
    for name in ("provinces", "groups"):
        values[name] = sorted(row.pk for row in values[name])
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:32]


def locked(officer: Officer) -> Officer:
    """The stored row, which nobody else changes until the transaction ends."""
    return Officer.objects.select_for_update(no_key=True).get(pk=officer.pk)


def what_happened(officer: Officer) -> str:
    """Who changed the account last, what and when, in words for whoever comes second."""
    changes = AccountEvent.objects.filter(officer=officer, kind=AccountEvent.Kind.RIGHTS_CHANGED)
    last = changes.select_related("by").first()
    words = _(
        "Since you opened this: %(who)s changed %(what)s (%(when)s). Nothing is lost, and what you "
        "typed is still here. Look at what is stored by now, then send yours again."
    )
    return words % {
        "who": (last and last.by) or "?",
        "what": ", ".join(_label(name) for name in last.details) if last else "?",
        "when": shown(last.at) if last else "?",
    }


def in_words(officer: Officer) -> dict[str, str]:
    """The values of the account, as an officer reads them."""
    return {
        name: _said(name, value) for name, value in model_to_dict(officer, fields=FIELDS).items()
    }


def typed_in_words(form: Any) -> dict[str, str]:
    """What was typed without mistakes, in the same words."""
    return {name: _said(name, value) for name, value in form.cleaned_data.items() if name in FIELDS}


def _said(name: str, value: Any) -> str:
    if name in ("provinces", "groups"):
        return ", ".join(sorted(map(str, value)))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(dict(_field(name).flatchoices).get(value, value))


def _label(name: str) -> str:
    if name == "roles":
        return _("roles")
    if name == "permissions":
        return _("permissions")
    return str(_field(name).verbose_name)


def _field(name: str) -> Any:
    return Officer._meta.get_field(name)
