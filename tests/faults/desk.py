"""An officer at a desk: opens pages of the admin, types, and sends them later, perhaps too late."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client
from django.urls import reverse
from lxml import html

from locations.models import ExposureLocation
from portal import clock
from portal.publishing.models import Publishable, Revision

IMPORT = "admin:locations_exposurelocation_import"
# A field of each kind in which officers write freely.
FREE = {
    "province": "office",
    "exposurelocation": "note",
    "flight": "note",
    "notice": "body",
    "caseannouncement": "note",
    "figure": "what",
    "guidance": "points",
}
# What says in a form which version it shows.
TOKENS = ("version", "waiting", "fingerprint", "at")
FORGERIES = ("9" * 30, "9" * 5000, "1.draft.approved", "\u0663", "' OR 1=1 --", "-1", "None")


@dataclass
class Pending:
    """A filled-in page that was not sent yet."""

    client: Client
    address: str
    data: dict[str, Any] = field(default_factory=dict)

    def send(self) -> Any:
        return self.client.post(self.address, self.data)

    def without_token(self) -> "Pending":
        kept = {name: value for name, value in self.data.items() if name not in TOKENS}
        return Pending(self.client, self.address, kept)

    def forged(self, number: int) -> "Pending":
        token = FORGERIES[number % len(FORGERIES)]
        return Pending(
            self.client, self.address, self.data | dict.fromkeys(self.data.keys() & TOKENS, token)
        )


def form_of(response: Any, *, holding: str) -> dict[str, Any] | None:
    """What the form that has a field `holding` would send; None if the page has no such form."""
    if response.status_code != 200:
        return None
    for form in html.fromstring(response.content.decode()).forms:
        if holding in form.fields or form.xpath(f".//*[@name='{holding}']"):
            values: dict[str, Any] = {}
            for name, value in form.form_values():
                values.setdefault(name, []).append(value)
            return values
    return None


@dataclass(frozen=True)
class Desk:
    """Where `client` is signed in; whatever is typed there contains `words`."""

    client: Client
    words: str

    def opened(self, action: str, entry: Publishable) -> Pending | None:
        """The page for `action` on `entry`, filled in; None if there is nothing to fill in."""
        return PAGES[action](self, entry)

    def save(self, entry: Publishable, button: str = "_save") -> Pending | None:
        address = of_entry(entry, "change")
        data = form_of(self.client.get(address), holding="version")
        if data is None:
            return None
        for name in ("_save", "_submit", "_mine", "_theirs"):
            data.pop(name, None)
        free = FREE[entry._meta.model_name]
        return Pending(
            self.client, address, data | {free: self.words, "reason": self.words, button: "1"}
        )

    def submit(self, entry: Publishable) -> Pending | None:
        return self.save(entry, "_submit")

    def approve(self, entry: Publishable, button: str = "_approve") -> Pending | None:
        latest = Revision.objects.of(entry).first()
        address = reverse("admin:publishing_revision_review", args=[latest.pk])
        return self._decision(address, button)

    def send_back(self, entry: Publishable) -> Pending | None:
        return self.approve(entry, "_send_back")

    def approve_batch(self, entry: Publishable, button: str = "_approve") -> Pending | None:
        revision = Revision.objects.of(entry).exclude(batch=None).first()
        if revision is None:
            return None
        return self._decision(
            reverse("admin:publishing_batch_change", args=[revision.batch_id]), button
        )

    def send_batch_back(self, entry: Publishable) -> Pending | None:
        return self.approve_batch(entry, "_send_back")

    def _decision(self, address: str, button: str) -> Pending | None:
        data = form_of(self.client.get(address), holding="understood")
        if data is None:
            return None
        data.pop("_approve", None), data.pop("_send_back", None)
        data |= {"understood": "on", "note": self.words, button: "1"}
        if "privacy_reason" in data:
            data["privacy_reason"] = self.words
        return Pending(self.client, address, data)

    def withdraw(self, entry: Publishable) -> Pending | None:
        address = of_entry(entry, "withdraw")
        data = form_of(self.client.get(address), holding="reason")
        return data and Pending(self.client, address, data | {"reason": self.words})

    def hand_over(self, entry: Publishable) -> Pending | None:
        """The preview of a list in which the place has another name."""
        if not isinstance(entry, ExposureLocation):
            return None
        text = list_of(entry.external_id, entry.name, self.words)
        file = SimpleUploadedFile("list.csv", text)
        shown = self.client.post(reverse(IMPORT), {"province": entry.province_id, "file": file})
        data = form_of(shown, holding="fingerprint")
        return data and Pending(self.client, reverse(IMPORT), data)

    # --- what stock admin does, and this one refuses

    def delete(self, entry: Publishable) -> Pending:
        return Pending(self.client, of_entry(entry, "delete"), {"post": "yes"})

    def delete_chosen(self, entry: Publishable) -> Pending:
        chosen = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
        return Pending(self.client, of_kind(entry, "changelist"), chosen)

    def edit_list(self, entry: Publishable) -> Pending:
        data = {
            "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": entry.pk, "_save": "1",
            f"form-0-{FREE[entry._meta.model_name]}": self.words, "form-0-state": "published",
        }  # fmt: skip
        return Pending(self.client, of_kind(entry, "changelist"), data)

    def revert(self, entry: Publishable) -> Pending:
        first = Revision.objects.of(entry).last()
        return Pending(self.client, of_entry(entry, "history"), {"revert": first.pk, "post": "yes"})


PAGES: dict[str, Callable[[Desk, Any], Pending | None]] = {
    "save": Desk.save,
    "submit": Desk.submit,
    "approve": Desk.approve,
    "send back": Desk.send_back,
    "withdraw": Desk.withdraw,
    "hand a list over": Desk.hand_over,
    "approve a list": Desk.approve_batch,
    "send a list back": Desk.send_batch_back,
    "delete": Desk.delete,
    "delete chosen": Desk.delete_chosen,
    "edit in the list": Desk.edit_list,
    "revert": Desk.revert,
}
# No page of the admin offers these; whoever sends them all the same changes nothing.
REFUSED = ("delete", "delete chosen", "edit in the list", "revert")


def of_kind(entry: models.Model, page: str) -> str:
    return reverse(f"admin:{entry._meta.app_label}_{entry._meta.model_name}_{page}")


def of_entry(entry: models.Model, page: str) -> str:
    label = f"{entry._meta.app_label}_{entry._meta.model_name}"
    return reverse(f"admin:{label}_{page}", args=[entry.pk])


def list_of(external_id: str, name: str, note: str) -> bytes:
    """A file to import, with one place in it."""
    day = f"{clock.today():%d/%m/%Y}"
    return (
        f"external_id,name,kind,starts_at,note\n{external_id},{name},market,{day},{note}".encode()
    )
