"""The links that a subscriber is sent, whole, in the subscriber's language."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from alerts.delivery import sealing
from alerts.delivery.subscribing import CONFIRM, MANAGE
from alerts.models import Subscription


def token(subscription: Subscription, purpose: str = MANAGE) -> str:
    """What makes a link the subscriber's own."""
    return sealing.token(subscription.handle, purpose)


def confirm(subscription: Subscription) -> str:
    own = token(subscription, CONFIRM)
    return _link("subscription-confirm", own, subscription.language)


def manage(own: str, language: str) -> str:
    return _link("subscription-manage", own, language)


def unsubscribe(own: str, language: str) -> str:
    return _link("subscription-leave", own, language)


def _link(name: str, own: str, language: str) -> str:
    with translation.override(language):
        return settings.PUBLIC_BASE_URL + reverse(name, args=[own])
