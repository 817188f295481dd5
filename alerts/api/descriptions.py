"""Words in the models of the API that follow the language of whoever reads the document."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from pydantic import Field


def told(words: Promise, **field: Any) -> Any:
    """A field of a pydantic model that is explained by `words`."""
    return Field(json_schema_extra=_explained(words), **field)


def as_schema(schema: dict[str, Any], words: Callable[[], str], **field: Any) -> Any:
    """A field whose JSON Schema is `schema` whole, explained by what `words` returns then."""

    def replace(made: dict[str, Any]) -> None:
        made.clear()
        made.update(schema)
        made["description"] = words()

    return Field(json_schema_extra=replace, **field)


def _explained(words: Promise) -> Callable[[dict[str, Any]], None]:
    def explain(made: dict[str, Any]) -> None:
        made.pop("title", None)
        made["description"] = str(words)

    return explain
