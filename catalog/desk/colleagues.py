"""How colleagues are named in the admin: who did something is told by number, for an address is its owner's."""

from typing import Any

from django.utils.translation import gettext as _


def name_colleague(colleague: Any, viewer: Any) -> str:
    """Who somebody of the staff is to somebody else: '나', '계정 7'; the e-mail address for superusers alone.

    A dash for an account that is gone.
    """
    if colleague is None:
        return "—"
    if colleague.pk == viewer.pk:
        return _("나")
    return str(colleague) if viewer.is_superuser else _("계정 %(number)s") % {"number": colleague.pk}
