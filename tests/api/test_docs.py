"""The page of the API: everything of the document, in both languages, from this portal alone."""

import ast
import re
from html import unescape

import pytest

from tests.api.mirror import answer
from tests.pages.reading import Page

BOTH = pytest.mark.parametrize("prefix", ["", "/en"])


@BOTH
def test_the_page_tells_every_address_parameter_and_field(prefix, db, client):
    document = answer(client, f"{prefix}/api/v1/openapi.json")
    page = Page(client.get(f"{prefix}/api/v1/docs"))
    told = page.section("addresses").text
    for path, item in document["paths"].items():
        assert f"GET {path}" in told
        for parameter in item["get"]["parameters"]:
            assert parameter["description"] in told
    for name, schema in document["components"]["schemas"].items():
        section = page.section(name)
        terms = [term.all("code")[0].text for term in section.all("dt")]
        assert terms == list(schema["properties"])
        assert all(term.one("span").text for term in section.all("dt"))
        for field in schema["properties"].values():
            assert field["description"] in section.text


@BOTH
def test_every_link_within_the_page_leads_somewhere(prefix, db, client):
    response = client.get(f"{prefix}/api/v1/docs")
    html = response.content.decode()
    inside = {link[1:] for link in Page(response).main.links.values() if link.startswith("#")}
    assert len(inside) > 10
    assert all(f'id="{name}"' in html for name in inside)
    assert "<script>" not in html and "Set-Cookie" not in response.headers


@BOTH
def test_the_page_of_open_data_leads_to_it(prefix, hai_phong, client):
    page = Page(client.get(f"{prefix}/du-lieu/"))
    assert f"{prefix}/api/v1/docs" in page.main.links.values()


def test_the_example_of_a_mirror_is_a_program(db, client):
    html = client.get("/en/api/v1/docs").content.decode()
    [_shell, program] = re.findall(r"<pre[^>]*><code>(.*?)</code>", html, re.DOTALL)
    ast.parse(unescape(program))
