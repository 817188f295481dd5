"""Notices by Zalo: one article of a province's official account, or a message to each follower.

A rehearsal unless ZALO_SEND is set: everything is done but the call.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_noop

from alerts.delivery.announcement import Announcement, announce
from alerts.delivery.channels import (
    Dead,
    Later,
    Outcome,
    Rehearsed,
    Sent,
    Unfinished,
    Unreachable,
)
from alerts.delivery.sealing import Unreadable
from alerts.delivery.zalo import followers, tokens
from alerts.delivery.zalo.account import Account
from alerts.delivery.zalo.article import article, copy_of, message
from alerts.delivery.zalo.broadcasting import broadcast
from alerts.delivery.zalo.client import (
    BadCredentials,
    Client,
    Code,
    NotReached,
    Refused,
    Unclear,
    ZaloError,
)
from alerts.models import Delivery, Kind, Notice, ZaloConnection
from locations.models import Province
from locations.models.province import OfficialAccount
from portal import clock
from portal.web.times import local

# Why it was only rehearsed, as officers read it.
NOT_CONNECTED = gettext_noop("the account is not connected")
NOT_ASKED_FOR = gettext_noop("ZALO_SEND is not set")
# Seconds of writing to followers before others have their turn.
SLICE = 2.0
# The account has to be connected again by somebody; messages wait, and look so often.
UNCONNECTED = timedelta(hours=1)
NEVER = (
    Code.INVALID,
    Code.TOO_LONG,
    Code.APP_DISABLED,
    Code.NOT_VERIFIED,
    Code.PACKAGE,
    Code.KIND_OF_ACCOUNT,
    Code.STANDARDS,
)


@dataclass(frozen=True)
class Message:
    """What is told of a notice, ready for either way of sending it."""

    delivery: int
    key: UUID
    notice: int
    province: int
    article: dict[str, Any]
    text: str
    picture: str


class ZaloChannel:
    name = "zalo"
    is_broadcast = True
    is_set_up = True
    at_once = 1

    def __init__(self) -> None:
        self._client = Client()
        self._warned_at: datetime | None = None

    def serves(self, province: Province) -> bool:
        """Whether the province speaks on Zalo at all."""
        is_there = province.accounts.filter(channel=OfficialAccount.Channel.ZALO).exists()
        return is_there or ZaloConnection.objects.filter(province=province).exists()

    def rehearses(self, province: Province) -> bool:
        """Whether what it is given reaches nobody at present."""
        is_connected = ZaloConnection.objects.filter(province=province).exists()
        return not (settings.ZALO_SEND and is_connected)

    def render(self, announcement: Announcement, delivery: Delivery) -> Message:
        dispatch = delivery.dispatch
        notice = Notice.objects.for_lists().get(pk=dispatch.notice_id)
        english = announce(dispatch, kind=Kind(delivery.kind), language="en", since=delivery.since)
        copy = copy_of(notice)
        return Message(
            delivery=delivery.pk,
            key=delivery.key,
            notice=notice.pk,
            province=notice.province_id,
            article=article(
                announcement, None if english.is_untranslated else english, copy.picture
            ),
            text=message(copy.share),
            picture=copy.picture,
        )

    def send(self, messages: Sequence[Message]) -> Sequence[Outcome]:
        return [self._send(message) for message in messages]

    def look_after(self) -> None:
        """What has to be done now and then, whether or not something is sent."""
        followers.sweep()
        if settings.ZALO_SEND:
            tokens.keep_alive(self._client)
        self._warned_at = tokens.warn(self._warned_at)

    def close(self) -> None:
        self._client.close()

    def _send(self, message: Message) -> Outcome:
        connection = ZaloConnection.objects.filter(province=message.province).first()
        if connection is None:
            return Rehearsed(NOT_CONNECTED)
        if not settings.ZALO_SEND:
            return Rehearsed(NOT_ASKED_FOR)
        account = Account(connection.pk, self._client)
        try:
            outcome = self._sent(account, connection, message)
        except ZaloError as error:
            tokens.note_error(connection.pk, str(error))
            outcome = _outcome(error)
        except Unreadable as error:
            tokens.note_error(connection.pk, str(error))
            outcome = Dead(str(error))
        else:
            account.note_quota()
        return outcome

    def _sent(self, account: Account, by: ZaloConnection, message: Message) -> Outcome:
        if by.mode == ZaloConnection.Mode.BROADCAST:
            broadcast(
                account,
                delivery=message.delivery,
                key=message.key,
                notice=message.notice,
                article=message.article,
            )
            return Sent()
        told = followers.send(
            account,
            delivery=message.delivery,
            text=message.text,
            picture=message.picture,
            seconds=SLICE,
        )
        if not told.is_done:
            return Unfinished()
        if told.refused and not told.reached:
            return Dead(f"Zalo takes no message for any of {told.refused} followers")
        note = f"{told.reached} followers reached, {told.refused} not" if told.refused else ""
        return Sent(note)


def _outcome(error: ZaloError) -> Outcome:
    """What becomes of a message; raises Unreachable."""
    why = str(error)
    match error:
        case NotReached():
            raise Unreachable(why) from None
        case BadCredentials():
            return Later(why, UNCONNECTED)
        case Unclear(after=after):
            return Later(why, after)
        # An account has so many articles and messages a day.
        case Refused(code=Code.QUOTA | Code.NOT_AUTHORISED):
            return Later(why, _until(hour=0))
        case Refused(code=Code.NIGHT):
            return Later(why, _until(hour=6))
        case Refused(code=Code.RATE):
            return Later(why, timedelta(minutes=1))
        case Refused(code=code) if code in NEVER:
            return Dead(why)
    return Later(why)


def _until(*, hour: int) -> timedelta:
    """How long until that hour strikes in Vietnam, and a minute more."""
    now = local(clock.now())
    then = now.replace(hour=hour, minute=1, second=0, microsecond=0)
    if then <= now:
        then += timedelta(days=1)
    return then - now
