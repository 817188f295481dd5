"""The links that a subscriber is sent, whole, in the subscriber's language."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from alerts.delivery import sealing
from alerts.delivery.subscribing import CONFIRM, MANAGE
from alerts.models import Subscription


def confirm(subscription: Subscription) -> str:
    return _link("subscription-confirm", subscription, CONFIRM)


def manage(subscription: Subscription) -> str:
    return _link("subscription-manage", subscription, MANAGE)


def unsubscribe(subscription: Subscription) -> str:
    return _link("subscription-leave", subscription, MANAGE)


def _link(name: str, subscription: Subscription, purpose: str) -> str:
    with translation.override(subscription.language):
        path = reverse(name, args=[sealing.token(subscription.handle, purpose)])
    return settings.PUBLIC_BASE_URL + path
