"""An entry of every kind in every state in which it can be, as the workflow leaves it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from alerts.models import Figure
from locations.models import Province
from portal import clock
from tests import factories

REASON = "Nhầm cơ sở cùng tên"


def figure(of: Province | None, **values: Any) -> Figure:
    defaults = {"what": "ca mắc", "value": 5, "as_of": clock.now()}
    return factories.publish(Figure(province=of, **defaults | values))


# By kind: what makes one, and what a correction changes.
Make = Callable[..., Any]
KINDS: dict[str, tuple[Make, dict[str, Any]]] = {
    "thong-bao": (factories.notice, {"action": "Ở yên tại nhà.", "action_en": "Stay at home."}),
    "dia-diem": (factories.location, {"name": "Chợ Đổ"}),
    "chuyen-bay": (factories.flight, {"seat_rows": "12-16"}),
    "ca-benh": (factories.cases, {"cases": 4}),
    "so-lieu": (figure, {"value": 7}),
}
STATES = ("current", "corrected", "withdrawn", "past", "embargoed", "exercise", "draft")
# What residents may read of.
PUBLIC = ("current", "corrected", "withdrawn", "past")


def entry_in(state: str, kind: str, of: Province, number: int = 1) -> Any:
    """An entry of `kind` in `state`; `number` tells flights apart."""
    make, change = KINDS[kind]
    values: dict[str, Any] = {"number": f"VN{number}"} if kind == "chuyen-bay" else {}
    now = clock.now()
    if state == "past":
        return make(of, expires_at=now - timedelta(minutes=1), **values)
    if state == "embargoed":
        return make(of, publish_from=now + timedelta(hours=1), **values)
    if state == "exercise":
        return make(of, is_exercise=True, **values)
    entry = make(of, **values)
    if state == "draft":
        # As a row is before its first approval; the workflow leaves none of the content public.
        type(entry).objects.filter(pk=entry.pk).update(
            state="draft", revision_number=0, published_at=None, updated_at=None
        )
    if state == "corrected":
        return factories.correct(entry, REASON, **change)
    return factories.withdraw(entry, REASON) if state == "withdrawn" else entry


def one_in_every_state(kind: str, of: Province) -> dict[str, Any]:
    return {state: entry_in(state, kind, of, number) for number, state in enumerate(STATES, 1)}
