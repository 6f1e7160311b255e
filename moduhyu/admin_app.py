"""Django's admin with a site of ours: INSTALLED_APPS names it, before there are any models."""

from django.contrib.admin.apps import AdminConfig


class SiteAdminConfig(AdminConfig):
    default_site = "moduhyu.admin_site.SecuredAdminSite"
