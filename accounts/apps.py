from allauth.usersessions.apps import UserSessionsConfig
from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from accounts.checks import check_master_keys


class AccountsConfig(AppConfig):
    name = "accounts"
    default = True
    verbose_name = _("사용자")

    def ready(self) -> None:
        """Check keys at `check --database default` and `migrate`, take each code once, keep a security log."""
        checks.register(check_master_keys, checks.Tags.database)
        from accounts import one_time_codes, security_log  # allauth's models are there only now

        one_time_codes.make_codes_one_time()
        security_log.listen()


class SessionListConfig(UserSessionsConfig):  # type: ignore[misc]
    """allauth's table of sessions and its addresses, without its signals: `accounts.sessions` writes the rows.

    allauth would write the keys of sessions as they are, and looks for them so.
    """

    default = False

    def ready(self) -> None:
        """Connect nothing."""
