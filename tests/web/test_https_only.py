"""Over http: people are led on, programs are refused."""

import pytest
from django.test import Client

from portal.environment import BASE_DIR
from portal.web.https_only import FOR_PROGRAMS

pytestmark = pytest.mark.django_db

PROGRAMS = (
    "/api/v1/locations",
    "/en/api/v1/openapi.json",
    "/hai-phong/dia-diem.csv",
    "/du-lieu/dia-diem.geojson",
    "/kiem-tra/data.json",
    "/feed.atom",
    "/hai-phong/thong-bao/abcdef.cap.xml",
)
PEOPLE = ("/", "/hai-phong/", "/Q/ABC", "/admin/", "/du-lieu/", "/hai-phong/?q=x.csv", "/apia/")


@pytest.fixture
def https(settings):
    settings.PUBLIC_BASE_URL = "https://testserver"
    settings.SECURE_SSL_REDIRECT = True


@pytest.mark.parametrize("path", PROGRAMS)
def test_programs_are_refused(path, https, hai_phong):
    refused = Client().get(path)
    assert refused.status_code == 403
    assert f"https://testserver{path}" in refused.content.decode()
    assert "default-src 'none'" in refused["Content-Security-Policy"]
    assert Client().get(path, secure=True).status_code in (200, 404)


@pytest.mark.parametrize("path", PEOPLE)
def test_people_are_led_on(path, https, hai_phong):
    led = Client().get(path)
    assert (led.status_code, led["Location"]) == (301, f"https://testserver{path}")


def test_nginx_has_the_same_addresses():
    template = (BASE_DIR / "deploy" / "nginx.conf.template").read_text()
    assert f'location ~ "{FOR_PROGRAMS.pattern}"' in template
