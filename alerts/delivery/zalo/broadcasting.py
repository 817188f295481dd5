"""One article for each notice, and one broadcast for each thing that is to be told of it.

What Zalo has made is noted, and committed, before the next call. So a worker that dies repeats the
one call that was under way, and no other. A creation that is repeated leaves an article that
nobody sees: articles are made hidden, and shown when their id is known.
"""

import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from alerts.delivery.zalo.account import Account
from alerts.delivery.zalo.client import Code, Refused, Unclear
from alerts.models import Delivery, ZaloArticle
from portal import clock

# Zalo makes an article in seconds: it is asked so often, so many seconds apart.
ASKED, BETWEEN = 3, 1.0


def broadcast(
    account: Account, *, delivery: int, key: UUID, notice: int, article: Mapping[str, Any]
) -> None:
    """Makes the notice's article say `article`, and sends it to all followers. Raises ZaloError."""
    article_id = publish(account, key=key, notice=notice, article=article)
    # From here on somebody may have read it, whatever the answer.
    Delivery.objects.filter(pk=delivery).update(has_begun=True)
    account.call(lambda token: account.client.broadcast(token, article_id))


def publish(account: Account, *, key: UUID, notice: int, article: Mapping[str, Any]) -> str:
    """The id of the notice's article, which says `article`."""
    kept, _made = ZaloArticle.objects.get_or_create(notice_id=notice)
    _find_id(account, kept)
    if not kept.article_id:
        hidden = {**article, "status": "hide"}
        kept.token = account.call(lambda token: account.client.create_article(token, hidden))
        kept.save()
        _find_id(account, kept)
    if kept.says != key:
        shown, known = {**article, "status": "show"}, kept.article_id
        kept.token = account.call(lambda token: account.client.update_article(token, known, shown))
        kept.says, kept.changed_at = key, clock.now()
        kept.save()
        _find_id(account, kept)
    return kept.article_id


def _find_id(account: Account, kept: ZaloArticle) -> None:
    """Turns the token of what Zalo is making into the article's id."""
    if not kept.token:
        return
    for again in range(ASKED):
        try:
            kept.article_id = account.call(
                lambda token: account.client.verify_article(token, kept.token)
            )
            break
        except Refused as refused:
            if refused.code == Code.INVALID:
                # Zalo does not know this token any more: what it stood for is made anew.
                kept.token, kept.says = "", None
                kept.save()
                raise Unclear("Zalo has lost what it was making") from None
            if refused.code != Code.IN_PROCESS or again == ASKED - 1:
                raise
            time.sleep(BETWEEN)
    kept.token = ""
    kept.save()
