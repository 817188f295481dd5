"""What search engines read of a notice, checked by tools that are not ours: PyLD for JSON-LD, and
models that are generated from schema.org's own definitions for the vocabulary."""

from importlib import import_module
from typing import Any

import pydantic.v1
import pytest
from pyld import jsonld

from tests import factories

SCHEMA = "https://schema.org/"


def without_network(url: str, options: Any) -> dict[str, Any]:
    """schema.org's context says of every term that it is one of the vocabulary."""
    assert url.rstrip("/") == SCHEMA.rstrip("/"), url
    context = {"@vocab": SCHEMA, "id": "@id", "type": "@type"}
    return {"document": {"@context": context}, "documentUrl": url, "contextUrl": None}


def checked(node: Any) -> Any:
    """`node` as an instance of its schema.org class, which is to have its properties, with values
    of their kinds, to any depth."""
    if not isinstance(node, dict):
        return node
    name = node["@type"]
    model = getattr(import_module(f"pydantic2_schemaorg.{name}"), name)
    known = {field.alias for field in model.__fields__.values()} | {*model.__fields__}
    assert node.keys() <= known, f"{name} has no {node.keys() - known}"
    return model(**{key: checked(value) for key, value in node.items()})


@pytest.fixture
def announcements(hai_phong, read) -> list[dict[str, Any]]:
    place, flight = factories.location(hai_phong), factories.flight(hai_phong)
    notice = factories.notice(hai_phong, title_en="Market", locations=[place], flights=[flight])
    factories.correct(notice, why="Sai giờ", action="Gọi 1900 9095")
    factories.withdraw(factories.notice(hai_phong), "Nhầm chợ")
    path = notice.get_absolute_url()
    pages = [read(prefix + address) for prefix in ("", "/en") for address in (path, "/hai-phong/")]
    found = [one for page in pages for one in page.json_ld()]
    assert len(found) == 4
    return found


def test_it_is_json_ld_that_says_what_is_written(announcements):
    for one in announcements:
        (node,) = jsonld.expand(one, {"documentLoader": without_network})
        assert node["@type"] == [f"{SCHEMA}SpecialAnnouncement"]
        assert {*node} - {"@id", "@type"} == {SCHEMA + key for key in one if key[0] != "@"}
        assert node[f"{SCHEMA}name"] == [{"@value": one["name"]}]
        assert jsonld.to_rdf(one, {"documentLoader": without_network})


def test_schema_org_knows_what_it_says(announcements):
    for one in announcements:
        checked(one)


@pytest.mark.parametrize(
    "wrong",
    [
        {"datePosted": {"@type": "Person"}},
        {"headlines": "Chợ Sắt"},
        {"publisher": {"@type": "AdministrativeArea", "name": "Hải Phòng"}},
        {"spatialCoverage": {"@type": "GovernmentOrganization"}},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_the_tool_would_find_what_is_wrong(wrong, announcements):
    with pytest.raises((AssertionError, pydantic.v1.ValidationError)):
        checked(announcements[0] | wrong)
