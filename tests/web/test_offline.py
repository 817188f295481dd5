"""What the server says for phones without a network: the worker, its release, and no cookies."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from portal.environment import BASE_DIR
from portal.web import release
from portal.web.headers import SecurityHeadersMiddleware


def told(script: str) -> dict:
    """What the worker's first line tells it."""
    return json.loads(script.splitlines()[0].removeprefix("const PORTAL = ").removesuffix(";"))


def fresh_release() -> str:
    """As a process says that starts now."""
    release.digest_of.cache_clear()
    return release.release()


@pytest.fixture
def new_sources(tmp_path, monkeypatch):
    """A release of its own in a folder, and how to change it."""
    (tmp_path / "portal").mkdir()
    (tmp_path / "portal" / "page.py").write_text("old")
    monkeypatch.setattr(release, "BASE_DIR", tmp_path)
    monkeypatch.setattr(release, "SOURCES", ("portal", "requirements.txt"))
    yield tmp_path
    release.digest_of.cache_clear()


class TestWorker:
    def test_it_is_a_script_that_is_asked_for_anew_at_every_visit(self, client):
        response = client.get("/sw.js")
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-cache"
        assert not response.cookies

    def test_it_is_told_of_the_release_and_of_files_that_exist(self, client):
        portal = told(client.get("/sw.js").content.decode())
        assert portal["release"] == release.release()
        names = [file.removeprefix("/static/") for file in portal["files"]]
        assert "css/portal.css" in names
        assert [name for name in names if not finders.find(name)] == []
        assert portal["offline"] == {"vi": "/ngoai-tuyen/", "en": "/en/ngoai-tuyen/"}

    def test_it_has_every_file_ready_that_the_offline_page_asks_for(self, client):
        portal = told(client.get("/sw.js").content.decode())
        page = client.get("/ngoai-tuyen/").content.decode()
        asked = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
        # Signs for the home screen are the system's business, once the app is installed.
        assert {file for file in asked if not file.endswith(".png")} <= set(portal["files"])

    def test_switched_off_it_removes_itself_and_pages_do_not_ask_for_it(self, client, settings):
        assert b'data-worker="/sw.js"' in client.get("/ngoai-tuyen/").content
        settings.SERVICE_WORKER = False
        script = client.get("/sw.js").content.decode()
        assert "registration.unregister()" in script
        assert "PORTAL" not in script
        assert b"data-worker" not in client.get("/ngoai-tuyen/").content

    def test_no_page_of_staff_asks_for_it(self, client, author, location):
        client.force_login(author)
        change = reverse("admin:locations_exposurelocation_change", args=[location.pk])
        preview = reverse("admin:locations_exposurelocation_preview", args=[location.pk])
        for address in ("/admin/", change, preview, "/en/admin/"):
            response = client.get(address)
            assert response.status_code == 200, address
            assert b"data-worker" not in response.content


class TestRelease:
    def test_it_is_the_same_for_the_same_content(self, new_sources):
        assert fresh_release() == fresh_release()
        assert re.fullmatch("[0-9a-f]{12}", release.release())

    @pytest.mark.parametrize("change", ["content", "name", "addition", "packages"])
    def test_it_changes_with(self, change, new_sources):
        before = fresh_release()
        file = new_sources / "portal" / "page.py"
        if change == "content":
            file.write_text("new")
        elif change == "name":
            file.rename(file.with_name("other.py"))
        elif change == "addition":
            (new_sources / "portal" / "more.html").write_text("")
        else:
            (new_sources / "requirements.txt").write_text("Django==6")
        assert fresh_release() != before

    def test_compiled_code_makes_no_release(self, new_sources):
        before = fresh_release()
        (new_sources / "portal" / "__pycache__").mkdir()
        (new_sources / "portal" / "__pycache__" / "page.pyc").write_text("x")
        assert fresh_release() == before

    def test_its_sources_are_there(self):
        assert all((BASE_DIR / source).exists() for source in release.SOURCES)


def test_an_answer_with_a_cookie_is_kept_by_nobody():
    """The worker cannot see cookies, so the server has to say it."""

    def with_cookie(request):
        response = HttpResponse()
        response.set_cookie("a", "b")
        return response

    request = RequestFactory().get("/hai-phong/")
    response = SecurityHeadersMiddleware(with_cookie)(request)
    assert response.headers["Cache-Control"] == "no-store"
    without = SecurityHeadersMiddleware(lambda request: HttpResponse())(request)
    assert "Cache-Control" not in without.headers
