"""The two posters that a province hangs up, worded in the active language."""

from collections.abc import Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from locations.posters.layout import Poster


def follow_poster(
    *,
    province: str,
    issuer: str,
    account: str,
    channel: str,
    steps: Sequence[str],
    url: str,
    hotlines: Sequence[str] = (),
) -> Poster:
    """A poster to follow a province's official account on `channel` ("Zalo").

    `account` is the name under which the channel shows the account, `issuer` who publishes,
    `url` what the code holds (see `locations.qr.codes.printed_url`). `steps` come in the
    order in which they are done; hotlines as they are dialled and printed.
    """
    return Poster(
        language=get_language() or "vi",
        issuer=issuer,
        province=province,
        headline=_("Follow official outbreak news on %(channel)s") % {"channel": channel},
        steps=tuple(steps),
        account_label=_("Official %(channel)s account") % {"channel": channel},
        account=account,
        url=url,
        address_label=_("This QR code opens exactly this address"),
        hotline_label=_("Hotline"),
        hotlines=tuple(hotlines),
    )


def page_poster(*, province: str, issuer: str, url: str, hotlines: Sequence[str] = ()) -> Poster:
    """A poster that opens a province's page; the arguments are those of `follow_poster`."""
    return Poster(
        language=get_language() or "vi",
        issuer=issuer,
        province=province,
        headline=_("See urgent notices and places linked to cases"),
        steps=(_("Scan the QR code"), _("Read the newest notice at the top of the page")),
        account_label=_("Official page published by"),
        account=issuer,
        url=url,
        address_label=_("This QR code opens exactly this address"),
        hotline_label=_("Hotline"),
        hotlines=tuple(hotlines),
    )
