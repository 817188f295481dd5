"""Officers' accounts; only national administrators reach them."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.utils.translation import gettext_lazy as _

from portal.publishing.models import Officer


@admin.register(Officer)
class OfficerAdmin(UserAdmin):
    list_display = ("username", "first_name", "last_name", "is_active", "is_national")
    list_filter = ("is_active", "is_national", "groups", "provinces")
    filter_horizontal = ("groups", "provinces")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Where"), {"fields": ("provinces", "is_national")}),
        (_("What"), {"fields": ("is_active", "is_staff", "groups", "is_superuser")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "usable_password", "password1", "password2")}),
        (_("Where"), {"fields": ("provinces", "is_national")}),
        (_("What"), {"fields": ("is_staff", "groups")}),
    )
