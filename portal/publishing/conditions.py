"""Whether a condition of a database constraint holds for a row, told without asking the database.

The constraints on the models stay the only place where a rule is written; this reads them.
"""

import operator
from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models import F, Q

Truth = bool | None  # None: not known, either in SQL's sense or because it is not understood here

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "startswith": lambda value, beginning: value.startswith(beginning),
    "in": lambda value, choices: value in choices,
    "range": lambda value, ends: ends[0] <= value <= ends[1],
}


def truth(condition: Any, row: models.Model) -> Truth:
    """True or False if `condition` certainly does or does not hold for `row`, else None."""
    if not isinstance(condition, Q):
        if not isinstance(condition, tuple):
            return None
        name, expected = condition
        return _compared(name, expected, row)
    truths = [truth(child, row) for child in condition.children]
    if condition.connector == Q.AND:
        combined = _all(truths)
    elif condition.connector == Q.OR:
        combined = _not(_all([_not(one) for one in truths]))
    else:
        return None
    return _not(combined) if condition.negated else combined


def _compared(name: str, expected: Any, row: models.Model) -> Truth:
    attribute, _, lookup = name.partition("__")
    value = getattr(row, attribute, None)
    if isinstance(expected, F):
        expected = getattr(row, str(expected.name), None)  # type: ignore[attr-defined]
    elif expected is None and lookup in ("", "exact"):
        return value is None
    elif hasattr(expected, "resolve_expression"):
        return None
    if lookup == "isnull":
        return (value is None) == expected
    compare = COMPARISONS.get(lookup or "exact")
    if compare is None or value is None or expected is None:
        return None
    try:
        return compare(value, expected)
    except (AttributeError, TypeError):
        return None


def _all(truths: list[Truth]) -> Truth:
    if False in truths:
        return False
    return None if None in truths else True


def _not(one: Truth) -> Truth:
    return None if one is None else not one
