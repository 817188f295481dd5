from django.urls import path, re_path

from portal.pages import entries
from portal.pages.check.views import check_data, check_page
from portal.pages.corrections import Corrections
from portal.pages.follow import follow_page, qr_code
from portal.pages.home import home
from portal.pages.open_data import DATASETS, data_file, documentation
from portal.pages.posters import poster
from portal.pages.province import province_page
from portal.pages.push_subscriptions import Holding, Leaving, Moving, Subscribing
from portal.pages.search import search
from portal.pages.subscriptions import Ask, Confirm, Leave, Manage, asked
from portal.pages.verify import verify
from portal.web.pictures import DIGEST

DATA_FILE = rf"(?P<kind>{'|'.join(DATASETS)})\.(?P<extension>csv|json|geojson)$"

urlpatterns = [
    path("", home, name="home"),
    path("du-lieu/", documentation, name="open-data"),
    re_path(rf"^du-lieu/{DATA_FILE}", data_file, name="open-data-file"),
    re_path(rf"^(?P<province>[-\w]+)/{DATA_FILE}", data_file, name="province-data-file"),
    path("tim-kiem/", search, name="search"),
    path("theo-doi/xac-nhan/<slug:token>/", Confirm.as_view(), name="subscription-confirm"),
    path("theo-doi/thay-doi/<slug:token>/", Manage.as_view(), name="subscription-manage"),
    path("theo-doi/huy/<slug:token>/", Leave.as_view(), name="subscription-leave"),
    path("theo-doi/thiet-bi/doi/", Moving.as_view(), name="push-move"),
    path("xac-minh/", verify, name="verify"),
    path("kiem-tra/", check_page, name="check"),
    path("kiem-tra/data.json", check_data, name="check-data"),
    path("<slug:province>/", province_page, name="province"),
    path("<slug:province>/thong-bao/<slug:code>/", entries.NoticePage.as_view(), name="notice"),
    path("<slug:province>/dia-diem/<slug:code>/", entries.LocationPage.as_view(), name="location"),
    path("<slug:province>/chuyen-bay/<slug:code>/", entries.FlightPage.as_view(), name="flight"),
    path("<slug:province>/ca-benh/<slug:code>/", entries.CasePage.as_view(), name="case"),
    path("<slug:province>/dinh-chinh/", Corrections.as_view(), name="corrections"),
    path("<slug:province>/theo-doi/", follow_page, name="follow"),
    path("<slug:province>/theo-doi/email/", Ask.as_view(), name="subscription-ask"),
    path("<slug:province>/theo-doi/email/da-gui/", asked, name="subscription-asked"),
    path("<slug:province>/theo-doi/thiet-bi/", Subscribing.as_view(), name="push-subscribe"),
    path("<slug:province>/theo-doi/thiet-bi/xem/", Holding.as_view(), name="push-holding"),
    path("<slug:province>/theo-doi/thiet-bi/huy/", Leaving.as_view(), name="push-leave"),
    # The files are at hand beside the province page and beside the follow page.
    re_path(
        r"^(?P<province>[-\w]+)/(?:theo-doi/)?(?P<purpose>theo-doi|trang)"
        rf"{DIGEST}\.(?P<extension>svg|png)$",
        qr_code,
        name="qr-code",
    ),
    re_path(
        r"^(?P<province>[-\w]+)/(?:theo-doi/)?ap-phich(?P<page>-trang)?\.(?P<extension>pdf|png)$",
        poster,
        name="poster",
    ),
]
