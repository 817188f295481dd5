"""Django admin of officers and revisions, and the base for every kind of entry."""

from django.contrib import admin

# Imported for what they register, so that it can be taken out again whatever the order of apps:
# roles are said in code, and the keys of second factors are nobody's to read.
from django.contrib.auth import admin as _auth  # noqa: F401
from django.contrib.auth.models import Group
from django_otp.plugins.otp_static import admin as _otp_static  # noqa: F401
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp import admin as _otp_totp  # noqa: F401
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.publishing.admin.account_events import AccountEventAdmin
from portal.publishing.admin.batches import BatchAdmin
from portal.publishing.admin.officers import OfficerAdmin
from portal.publishing.admin.revisions import RevisionAdmin

admin.site.unregister([Group, StaticDevice, TOTPDevice])

__all__ = ["AccountEventAdmin", "BatchAdmin", "OfficerAdmin", "RevisionAdmin"]
