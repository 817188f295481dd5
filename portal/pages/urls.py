from django.urls import path, re_path

from portal.pages.check.views import check_data, check_page
from portal.pages.corrections import Corrections
from portal.pages.follow import follow_page, qr_code
from portal.pages.home import home
from portal.pages.posters import poster
from portal.pages.province import province_page
from portal.pages.search import search

urlpatterns = [
    path("", home, name="home"),
    path("tim-kiem/", search, name="search"),
    path("kiem-tra/", check_page, name="check"),
    path("kiem-tra/data.json", check_data, name="check-data"),
    path("<slug:province>/", province_page, name="province"),
    path("<slug:province>/dinh-chinh/", Corrections.as_view(), name="corrections"),
    path("<slug:province>/theo-doi/", follow_page, name="follow"),
    # The files are at hand beside the province page and beside the follow page.
    re_path(
        r"^(?P<province>[-\w]+)/(?:theo-doi/)?(?P<purpose>theo-doi|trang)\.(?P<extension>svg|png)$",
        qr_code,
        name="qr-code",
    ),
    re_path(
        r"^(?P<province>[-\w]+)/(?:theo-doi/)?ap-phich(?P<page>-trang)?\.(?P<extension>pdf|png)$",
        poster,
        name="poster",
    ),
]
