from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from accounts.checks import check_master_keys


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("사용자")

    def ready(self) -> None:
        """Have `manage.py check --database default`, and `migrate`, look for missing keys; keep the security log."""
        checks.register(check_master_keys, checks.Tags.database)
        from accounts import security_log  # allauth's models are there only now

        security_log.listen()
