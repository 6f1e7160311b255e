"""`manage.py prepare`: migrate, set up roles, load the shipped catalogue; what `make run` does first."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS

from accounts.checks import check_master_keys
from accounts.models import User
from diary.retention import forget_what_is_over
from moduhyu.roles import set_up_roles


class Command(BaseCommand):
    help = (
        "Migrate the database, set up roles, load the shipped catalogue, and say how to go on after the first start."
    )

    def handle(self, **options: Any) -> None:
        for missing in check_master_keys([DEFAULT_DB_ALIAS]):
            raise CommandError(f"{missing.msg} {missing.hint}")
        call_command("migrate", interactive=False, verbosity=0)
        set_up_roles()
        call_command("load_catalog", stdout=self.stdout, stderr=self.stderr)
        forget_what_is_over()  # without a broker, nothing does that by the clock
        if not User.objects.filter(is_superuser=True).exists():
            self.stdout.write(
                "\n관리자가 아직 없어요. 다른 터미널에서 `make admin`으로 만들 수 있어요."
                "\nThere is no admin yet: `make admin` in another terminal makes one.\n"
            )
