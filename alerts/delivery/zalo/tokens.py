"""The tokens of a province's account at Zalo.

A refresh token is good for one use, and what it gives is the next one: to lose an answer is to
lose the account until somebody connects it again. So a token is used under a lock that only one
worker can have, and what comes back is committed before anybody uses it. One loss cannot be
prevented: a worker that dies (or a connection that breaks) between Zalo's answer and our commit.
Zalo refuses the old token then; the connection is marked as ended, officers and the log say so,
and `manage.py connect_zalo PROVINCE` with a new refresh token mends it. Messages wait meanwhile.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from alerts.delivery import sealing
from alerts.delivery.zalo.client import BadCredentials, Client, ZaloError
from alerts.models import ZaloConnection
from alerts.models.zalo import WARNED_BEFORE
from portal import clock

log = logging.getLogger(__name__)

# A token is not used any more shortly before its end.
MARGIN = timedelta(minutes=5)
# An account that says nothing for so long gets new tokens all the same, so that they do not end.
RENEWED_AFTER = timedelta(days=30)


def connect(connection: ZaloConnection, client: Client | None) -> None:
    """Keeps new credentials, and tries them if there is a `client`; then what was given is used up,
    and what came back is kept. Raises ZaloError; nothing is kept then."""
    with transaction.atomic():
        connection.save()
        if client is not None:
            _refresh(connection, client)


def access_token(key: int, client: Client, *, not_this: str = "") -> str:
    """A token to call Zalo with for the connection `key`; another than `not_this`, which Zalo
    refused. Raises ZaloError or `sealing.Unreadable`."""
    now = clock.now()
    try:
        # Committed when this block ends, and not with anything around it.
        with transaction.atomic(durable=True):
            # On SQLite the transaction itself keeps every other writer out, for as long as Zalo
            # takes to answer: once in 25 hours.
            connection = ZaloConnection.objects.select_for_update().get(pk=key)
            known = connection.access_token
            until = connection.access_expires_at
            if known and known != not_this and until and until > now + MARGIN:
                return known
            if connection.is_broken:
                raise BadCredentials("the account must be connected again")
            _refresh(connection, client)
        return connection.access_token
    except BadCredentials as error:
        note_error(key, str(error), is_broken=True)
        raise


def _refresh(connection: ZaloConnection, client: Client) -> None:
    tokens = client.refresh(
        app_id=connection.app_id,
        secret=connection.secret,
        refresh_token=connection.refresh_token,
    )
    connection.renew(tokens.refresh_token)
    connection.open_with(tokens.access_token, clock.now() + tokens.expires_in)
    connection.save()


def note_error(key: int, error: str, *, is_broken: bool = False) -> None:
    """What officers see of it in the admin."""
    changed = {"last_error": error[:200], "last_error_at": clock.now()}
    ended = {"is_broken": True} if is_broken else {}
    of_key = ZaloConnection.objects.filter(pk=key)
    if is_broken and of_key.filter(is_broken=False).exists():
        log.error("connection %s to Zalo has ended: run manage.py connect_zalo", key)
    of_key.update(**changed, **ended)


def note_quota(key: int, token: str, client: Client) -> None:
    """Asks how many messages are left, for the admin; it does no harm if that fails."""
    try:
        left = client.quota_left(token)
    except ZaloError:
        return
    ZaloConnection.objects.filter(pk=key).update(quota_left=left, quota_asked_at=clock.now())


def keep_alive(client: Client) -> None:
    """New tokens for connections that have not been used for long."""
    old = ZaloConnection.objects.filter(
        is_broken=False, refreshed_at__lte=clock.now() - RENEWED_AFTER
    )
    tried = Q(last_error_at__gt=clock.now() - timedelta(hours=6))
    for connection in old.exclude(tried):
        try:
            known = connection.access_token
            access_token(connection.pk, client, not_this=known)
        except (ZaloError, sealing.Unreadable) as error:
            note_error(connection.pk, str(error), is_broken=isinstance(error, BadCredentials))


def warn(since: datetime | None) -> datetime:
    """Says in the log, once a day, which connections have ended or end soon; `since` is when it
    was last looked. Returns when it was looked now."""
    now = clock.now()
    if since is not None and now - since < timedelta(days=1):
        return since
    for connection in ZaloConnection.objects.ending().select_related("province"):
        log.warning(
            "the connection of %s to Zalo ends on %s (warned %s days before): run"
            " manage.py connect_zalo",
            connection.province.slug,
            "an earlier day" if connection.is_broken else connection.refresh_expires_at.date(),
            WARNED_BEFORE.days,
        )
    return now


def reseal() -> int:
    """Seals all credentials with the newest of SUBSCRIPTION_KEYS; returns how many connections.

    Raises `sealing.Unreadable` if none of the keys opens one.
    """
    done = 0
    for key in ZaloConnection.objects.values_list("pk", flat=True):
        with transaction.atomic():
            connection = ZaloConnection.objects.select_for_update().get(pk=key)
            for name in ("sealed_secret", "sealed_refresh_token", "sealed_access_token"):
                if sealed := getattr(connection, name):
                    setattr(connection, name, sealing.seal(sealing.unseal(sealed)))
            connection.save()
            done += 1
    return done
