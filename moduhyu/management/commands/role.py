"""`manage.py role`: give somebody a role in the admin, take it back, or list who has which."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from moduhyu.roles import give_role, list_holders, take_role


class Command(BaseCommand):
    help = "Give an account a role in the admin (curator, lead_curator, operator), take it back, or list who has one."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        for action, explanation in {"give": "let an account in with a role", "take": "take a role back"}.items():
            subparser = actions.add_parser(action, help=explanation)
            subparser.add_argument("email", metavar="EMAIL")
            subparser.add_argument("role", metavar="ROLE", help=", ".join(Role.values))
        actions.add_parser("list", help="who has which role")

    def handle(self, *, action: str, **options: Any) -> None:
        {"give": self.give, "take": self.take, "list": self.list_roles}[action](**options)

    def give(self, *, email: str, role: str, **options: Any) -> None:
        """Let an account into the admin."""
        user, known = _find_user(email), _find_role(role)
        if not user.is_active:
            inactive = _("%(email)s: 비활성화된 계정이에요. 먼저 다시 활성화해 주세요.")
            raise CommandError(inactive % {"email": user.email})
        give_role(user, known)
        done = _("%(email)s 계정은 이제 %(role)s 역할을 맡아요. /admin/에 들어갈 수 있어요.")
        self.stdout.write(done % _words(user, known))

    def take(self, *, email: str, role: str, **options: Any) -> None:
        """Take a role back."""
        user, known = _find_user(email), _find_role(role)
        if user.email not in list_holders(known):
            raise CommandError(_("%(email)s 계정은 %(role)s 역할을 맡고 있지 않아요.") % _words(user, known))
        take_role(user, known)
        self.stdout.write(_("%(email)s 계정은 이제 %(role)s 역할을 맡지 않아요.") % _words(user, known))

    def list_roles(self, **options: Any) -> None:
        """A line for each role."""
        for role in Role:
            holders = ", ".join(list_holders(role)) or _("아무도 없어요")
            self.stdout.write(f"{role.label} ({role.value}): {holders}")


def _words(user: User, role: Role) -> dict[str, str]:
    return {"email": user.email, "role": str(role.label)}


def _find_user(email: str) -> User:
    try:
        return User.objects.get(email=email.strip().lower())
    except User.DoesNotExist:
        raise CommandError(
            _("%(email)s: 이 주소의 계정이 없어요. 먼저 사이트에서 가입해야 역할을 받을 수 있어요.") % {"email": email}
        ) from None


def _find_role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        roles = ", ".join(f"{role.value} ({role.label})" for role in Role)
        raise CommandError(
            _("%(name)s: 이런 역할은 없어요. 줄 수 있는 역할: %(roles)s") % {"name": name, "roles": roles}
        ) from None
