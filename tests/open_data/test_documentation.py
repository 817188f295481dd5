"""The page that explains open data: exactly the columns of the files, in both languages."""

import pytest

from portal.pages.open_data import DATASETS
from tests import factories, states
from tests.open_data.reading import as_cell, rows
from tests.pages.reading import Page

pytestmark = pytest.mark.usefixtures("story_time")
# Letters of most Vietnamese sentences and of no English one.
VIETNAMESE = set("ạảăắặâấầậđẹêếềểệịọôốồổộơớờợụưứừự")
BOTH = pytest.mark.parametrize("prefix", ["", "/en"])


def columns(page: Page, name: str) -> list[str]:
    terms = page.section(name).all("dt")
    return [term.all("code")[0].text for term in terms]


@BOTH
def test_the_page_lists_exactly_the_columns_of_every_file(prefix, hai_phong, client):
    page = Page(client.get(f"{prefix}/du-lieu/"))
    for kind, dataset in DATASETS.items():
        states.entry_in("current", kind, hai_phong)
        file = b"".join(client.get(f"/du-lieu/{kind}.csv").streaming_content).decode()
        heads = file.splitlines()[0].split(",")
        assert columns(page, dataset.name) == heads
        [row] = rows(client.get(f"/du-lieu/{kind}.json"))
        assert list(row) == heads


@BOTH
def test_every_column_is_explained_in_the_language_of_the_page(prefix, hai_phong, client):
    page = Page(client.get(f"{prefix}/du-lieu/"))
    for dataset in DATASETS.values():
        told = page.section(dataset.name)
        for term, words in zip(told.all("dt"), told.all("dd")[::2], strict=True):
            name = term.all("code")[0].text
            assert words.text not in ("", name), name
            vietnamese = any(letter in VIETNAMESE for letter in words.text.lower())
            assert vietnamese == (prefix == ""), words.text


def test_every_value_that_there_can_be_is_named(client, hai_phong):
    page = Page(client.get("/du-lieu/"))
    for dataset in DATASETS.values():
        for column in dataset.columns:
            if column.choices:
                named = [code.text for code in page.section(dataset.name).all("code")]
                assert set(filter(None, column.choices.values)) <= set(named), column.name


@BOTH
def test_the_examples_are_what_stands_in_the_files(prefix, story, client):
    page = Page(client.get(f"{prefix}/du-lieu/"))
    for kind, dataset in DATASETS.items():
        if kind in ("chuyen-bay", "ca-benh"):  # of which the story has one
            [row] = rows(client.get(f"/du-lieu/{kind}.json"))
            examples = [
                dd.all("code") for dd in page.section(dataset.name).all("dd", class_="quiet")
            ]
            shown = [code[0].text if code else "" for code in examples]
            assert shown == [as_cell(value)[:90] for value in row.values()]


@BOTH
def test_every_file_is_linked_and_opens(prefix, hai_phong, client):
    page = Page(client.get(f"{prefix}/du-lieu/"))
    links = set(page.section("files").links.values())
    for kind, dataset in DATASETS.items():
        for extension in dataset.extensions:
            assert f"/du-lieu/{kind}.{extension}" in links
        assert f"/du-lieu/{kind}.csv?bom=1" in links
    for link in links:
        if link.startswith("/"):
            assert client.get(link).status_code == 200


@BOTH
def test_the_footer_of_every_page_leads_to_it(prefix, hai_phong, client):
    words = {"": "Dữ liệu mở", "/en": "Open data"}[prefix]
    for address in ("/", "/hai-phong/", "/hai-phong/dia-diem/", "/khong-co/"):
        page = Page(client.get(prefix + address))
        assert page.one("footer").links[words] == f"{prefix}/du-lieu/"


def test_the_page_stands_before_anything_is_published(db, client):
    page = Page(client.get("/du-lieu/"))
    assert columns(page, "locations")[0] == "id"


def test_the_page_asks_a_fixed_number_of_queries(hai_phong, client, django_assert_max_num_queries):
    for kind in states.KINDS:
        for number in range(3):
            states.entry_in("current", kind, hai_phong, number + 1)
    factories.province("Bình Dương", "74")
    client.get("/du-lieu/")
    with django_assert_max_num_queries(30):
        client.get("/du-lieu/")
