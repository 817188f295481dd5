"""The A4 posters of a province: to follow its official account, and to open its page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from locations.models import Province
from locations.posters.layout import Poster
from locations.posters.pdf import poster_pdf
from locations.posters.png import poster_png
from locations.posters.wording import follow_poster, page_poster
from locations.qr.pictures import FOLLOW, PAGE, province_code_url
from portal.publishing.views import public_province

RENDERERS: dict[str, tuple[str, Callable[[Poster], bytes]]] = {
    "pdf": ("application/pdf", poster_pdf),
    "png": ("image/png", poster_png),
}


@require_safe
def poster(
    request: HttpRequest, province: str, extension: str, page: str | None = None
) -> HttpResponse:
    """The poster that follows the account, or with `page` the one that opens the province page."""
    publisher = public_province(province)
    content_type, render_poster = RENDERERS[extension]
    content = render_poster(_page(publisher) if page else _follow(publisher))
    return HttpResponse(content, content_type=content_type)


def _follow(province: Province) -> Poster:
    account = next(iter(province.accounts.all()), None)
    if account is None:
        return _page(province)
    return follow_poster(
        province=province.name,
        issuer=province.issuer,
        account=account.name,
        channel=account.get_channel_display(),
        steps=(_("Scan the QR code"), _("Press “Quan tâm” (Follow)")),
        url=province_code_url(province, FOLLOW),
        hotlines=_hotlines(province),
    )


def _page(province: Province) -> Poster:
    return page_poster(
        province=province.name,
        issuer=province.issuer,
        url=province_code_url(province, PAGE),
        hotlines=_hotlines(province),
    )


def _hotlines(province: Province) -> list[str]:
    return [hotline.number for hotline in province.hotlines.all()]
