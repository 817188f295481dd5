"""The OpenAPI document: valid, and nothing in it without its explanation, in both languages."""

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from alerts.open_data import DATASETS
from tests.api.mirror import answer, is_vietnamese

VIETNAMESE = set("ạảăắặấầậđẹêếềểệịọôốồổộơớờợụưứừự")
BOTH = pytest.mark.parametrize("prefix", ["", "/en"])


@pytest.fixture
def document(client, db):
    return answer(client, "/api/v1/openapi.json")


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


@BOTH
def test_it_is_valid(prefix, client, db):
    OpenAPIV31SpecValidator(answer(client, f"{prefix}/api/v1/openapi.json")).validate()


def test_it_says_version_licence_and_server(document, settings, client):
    assert document["openapi"].startswith("3.1")
    assert document["info"]["version"] == "1.0.0"
    assert document["info"]["license"]["url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert document["servers"] == [{"url": "http://testserver/api/v1"}]
    settings.PUBLIC_BASE_URL = "https://canhbao.example.vn"
    english = answer(client, "/en/api/v1/openapi.json")
    assert english["servers"] == [{"url": "https://canhbao.example.vn/en/api/v1"}]


def test_it_has_every_address_and_every_way_is_only_read(document):
    kinds = {dataset.name for dataset in DATASETS.values()}
    assert set(document["paths"]) == {
        "/", "/changes", "/provinces", "/provinces/{province}",
        *(f"/{kind}" for kind in kinds), *(f"/{kind}/{{province}}/{{code}}" for kind in kinds),
    }  # fmt: skip
    assert {method for _, method, _ in operations(document)} == {"get"}


@BOTH
def test_every_operation_parameter_and_field_is_explained_in_the_language(prefix, client, db):
    document = answer(client, f"{prefix}/api/v1/openapi.json")
    words = [document["info"]["description"], document["info"]["title"]]
    for _path, _method, operation in operations(document):
        words += [operation["summary"], operation["description"]]
        for parameter in operation["parameters"]:
            words.append(parameter["description"])
            assert parameter.get("example", "") != "" or "cursor" in parameter["schema"]["format"]
    for schema in document["components"]["schemas"].values():
        words += [field["description"] for field in schema["properties"].values()]
    assert len(words) > 200
    for text in words:
        assert len(text) > 3
        assert is_vietnamese(text) == (prefix == ""), text


def test_an_object_has_the_columns_of_open_data_with_their_types(document):
    schemas = document["components"]["schemas"]
    models = {"locations": "Location", "flights": "Flight", "notices": "Notice", "cases": "Case",
              "figures": "Figure"}  # fmt: skip
    for dataset in DATASETS.values():
        fields = dict(schemas[models[dataset.name]]["properties"])
        if dataset.parts:
            assert fields.pop(dataset.parts)["items"] == {"$ref": "#/components/schemas/Window"}
            fields |= schemas["Window"]["properties"]
        assert set(fields) == {column.name for column in dataset.columns}
        for column in dataset.columns:
            may_be_null = "null" in fields[column.name]["type"]
            assert may_be_null != column.always, column.name
            if column.choices:
                told = set(fields[column.name]["enum"]) - {None}
                assert told == set(column.choices.values) - {""}
    assert schemas["Location"]["properties"]["added"]["format"] == "date-time"
    assert schemas["Figure"]["properties"]["since"]["format"] == "date"
    assert schemas["Case"]["properties"]["cases"]["type"] == "integer"
