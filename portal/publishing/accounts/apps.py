from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django's admin with the way in that officers need."""

    default_site = "portal.publishing.accounts.site.StaffSite"
