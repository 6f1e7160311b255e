"""`manage.py rotate_keys`: wrap every data key with the newest master key, while the site goes on."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.encryption.data_keys import rotate_master_key
from accounts.encryption.master_keys import KeyMissing, newest_master_key
from accounts.encryption.sealing import SealError


class Command(BaseCommand):
    help = (
        "After a new key was put before the old ones in ENCRYPTION_KEYS, or on the first line of "
        "var/encryption_keys: wrap every data key with it. The texts stay as they are. Can be interrupted and run "
        "again; when it is done, the old keys can be taken away."
    )

    def handle(self, **options: Any) -> None:
        count = 0
        try:
            for rotated in rotate_master_key():
                count += rotated
                self.stderr.write(f"{count:,} data keys")
        except (KeyMissing, SealError) as error:
            raise CommandError(f"{error} ({count:,} data keys were wrapped before that, and stay so.)") from error
        if count:
            self.stdout.write(f"{count:,} data keys are wrapped with the master key {newest_master_key().id} now.")
        else:
            self.stdout.write(f"Nothing to do: all are wrapped with the master key {newest_master_key().id}.")
        if len(settings.ENCRYPTION_KEYS) > 1:
            self.stdout.write("The other master keys are not needed any more, but by backups made before.")
