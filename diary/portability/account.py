"""The end of an account: what lies in the database, and what lies beside it."""

from functools import partial

from django.db import transaction

from accounts.models import User
from accounts.services import delete_account
from diary import changes
from diary.portability import export_files, uploads


def delete_everything(user: User) -> None:
    """Delete a person's account, diary, uploads and exports, at once and for good.

    What another device is writing is finished first; what it begins meanwhile fails when this is over.
    """
    user_id = user.pk  # Django forgets the key of what it has deleted
    with transaction.atomic():
        changes.take_turn(user_id)
        User.objects.select_for_update().filter(pk=user_id).first()  # a row that hangs on the user's waits for this
        delete_account(user)
        # Only what can't be taken back any more: the admin deletes within a transaction of its own.
        transaction.on_commit(partial(uploads.forget_all, user_id))
        # A worker that is making one finds its row gone, and deletes what it has written since.
        transaction.on_commit(partial(export_files.forget_all, user_id))
