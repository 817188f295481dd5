"""The models of what the API answers, made from the columns of open data."""

from functools import partial
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, BeforeValidator, create_model

from alerts.api.descriptions import as_schema, told
from portal.publishing.open_data.dataset import Column, Dataset, Type
from portal.publishing.open_data.files import said

# A value of each type as JSON Schema 2020-12 says it.
SCHEMAS: dict[Type, dict[str, Any]] = {
    Type.TEXT: {"type": "string"},
    Type.WHOLE_NUMBER: {"type": "integer"},
    Type.NUMBER: {"type": "number"},
    Type.DAY: {"type": "string", "format": "date"},
    Type.MOMENT: {"type": "string", "format": "date-time"},
    Type.DAY_OR_MOMENT: {
        "type": "string",
        "anyOf": [{"format": "date"}, {"format": "date-time"}],
    },
    Type.LIST: {"type": "array", "items": {"type": "string"}},
}
HELD: dict[Type, Any] = {
    Type.WHOLE_NUMBER: int,
    Type.NUMBER: float,
    Type.LIST: list[str],
}


def model_of(dataset: Dataset) -> type[BaseModel]:
    """One entry of `dataset`, with its parts in a list."""
    name = dataset.name.removesuffix("s").capitalize()
    fields = {one.name: _field(one) for one in dataset.columns if not one.of_part}
    parts = {one.name: _field(one) for one in dataset.columns if one.of_part}
    if parts:
        part = _model(dataset.parts.removesuffix("s").capitalize(), parts)
        fields[dataset.parts] = (list[part], told(PARTS[dataset.parts]))
    return _model(name, fields)


PARTS = {
    "windows": _("The windows of time in which people may have been exposed there; one at least."),
}


def _model(name: str, fields: dict[str, Any]) -> type[BaseModel]:
    model: type[BaseModel] = create_model(name, __base__=BaseModel, **fields)
    return model


def _field(column: Column) -> tuple[Any, Any]:
    schema = dict(SCHEMAS[column.holds])
    held: Any = HELD.get(column.holds, str)
    if column.choices:
        schema["enum"] = [value for value in column.choices.values if value]
    if not column.always:
        held |= None
        schema["type"] = [schema["type"], "null"]
        if column.choices:
            schema["enum"].append(None)
    return Annotated[held, BeforeValidator(said)], as_schema(schema, partial(_words, column))


def _words(column: Column) -> str:
    if not column.choices:
        return str(column.explanation)
    meanings = "; ".join(f"{value}: {label}" for value, label in column.choices.choices if value)
    return f"{column.explanation} {meanings}."
