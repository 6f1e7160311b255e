"""How accounts are called where staff read who did something: addresses of accounts are for superusers."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User

NOBODY = "—"


def name_account(account: User | None, reader: Any) -> str:
    """'나' to the account itself, its address to superusers, its number to others; a dash where it is deleted."""
    if account is None:
        return NOBODY
    if account.pk == reader.pk:
        return _("나")
    return account.email if reader.is_superuser else _("계정 %(number)d") % {"number": account.pk}
