"""Which rights each role of the staff has, and who has which role.

None may see accounts, groups or what people write. What is given here beyond the table lasts until the next
`manage.py prepare`: whoever needs other rights gets a group of their own, or another line in the table.
"""

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from accounts.security_log import tell

READ_CATALOGUE = frozenset(
    {"catalog.view_movie", "catalog.view_movietag", "catalog.view_track", "catalog.view_tracktag"}
)
CURATE = READ_CATALOGUE | {
    "catalog.change_movie",
    "catalog.change_movietag",
    "catalog.change_track",
    "catalog.change_tracktag",
    "catalog.view_curation",
}
LEAD = CURATE | {"catalog.import_catalogue", "catalog.undo_curation"}
OPERATE = frozenset({"diary.operate_models", "diary.view_entry"})

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.CURATOR: CURATE,
    Role.LEAD_CURATOR: LEAD,
    Role.OPERATOR: READ_CATALOGUE | OPERATE,
}


def set_up_roles() -> None:
    """Make the group of each role and give it the rights of the table, neither more nor fewer.

    The permissions are there only after `migrate`, so that no migration can do this; it may be done again at any
    time. Raises ImproperlyConfigured when the table names a permission that does not exist.
    """
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    with transaction.atomic():
        for role, names in PERMISSIONS.items():
            if unknown := names - known.keys():
                raise ImproperlyConfigured(f"{role}: no such permission: {', '.join(sorted(unknown))}")
            group, _is_new = Group.objects.get_or_create(name=role.value)
            group.permissions.set([known[name] for name in names])


def give_role(user: User, role: Role) -> None:
    """Let somebody into the admin with the rights of a role, and tell the security log."""
    set_up_roles()
    with transaction.atomic():
        user.groups.add(Group.objects.get(name=role.value))
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    tell("role_given", account=user.pk, by=None, role=role.value)


def take_role(user: User, role: Role) -> None:
    """Take a role back, and the admin with it from who has no other right there; tell the security log."""
    with transaction.atomic():
        user.groups.remove(*Group.objects.filter(name=role.value))
        user.is_staff = user.is_superuser or user.groups.exists() or user.user_permissions.exists()
        user.save(update_fields=["is_staff"])
    tell("role_taken", account=user.pk, by=None, role=role.value)


def list_holders(role: Role) -> list[str]:
    """The e-mail addresses of all who have a role, in order."""
    return list(User.objects.filter(groups__name=role.value).order_by("email").values_list("email", flat=True))
