"""Data keys: one a person, wrapped, made once, gone with the account; and the rotation of master keys."""

import os
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from pytest_django import Settings

from accounts.encryption.data_keys import forget_keys, open_key, seal_text, unseal_text
from accounts.encryption.master_keys import KeyMissing, newest_master_key
from accounts.encryption.sealing import SealError
from accounts.models import DataKey, User

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "아무에게도 보이지 않을 글"
PLACE = "diary.entry.text 1"


def rotate() -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out, stderr=StringIO())
    return out.getvalue()


def test_text_opens_for_its_owner_in_its_place_only(owner: User, outsider: User) -> None:
    sealed = seal_text(owner.pk, TEXT, PLACE)
    forget_keys()
    assert unseal_text(owner.pk, sealed, PLACE) == TEXT
    for user, place in ((outsider, PLACE), (owner, "diary.entry.text 2")):
        with pytest.raises(SealError):
            unseal_text(user.pk, sealed, place)


def test_data_key_lies_wrapped_in_the_database(owner: User) -> None:
    open_key(owner.pk)
    row = DataKey.objects.get()
    assert (row.user_id, row.master_key_id) == (owner.pk, newest_master_key().id)
    assert len(bytes(row.wrapped)) == 12 + 32 + 16


def test_data_key_of_another_does_not_open_under_ones_name(owner: User, outsider: User) -> None:
    open_key(owner.pk)
    open_key(outsider.pk)
    theirs = DataKey.objects.get(user=outsider)
    DataKey.objects.filter(user=owner).update(wrapped=theirs.wrapped)
    forget_keys()
    with pytest.raises(SealError):
        open_key(owner.pk)


def test_key_made_in_a_transaction_that_fails_is_not_remembered(owner: User) -> None:
    with transaction.atomic():
        seal_text(owner.pk, TEXT, PLACE)
        transaction.set_rollback(True)
    assert not DataKey.objects.exists()
    sealed = seal_text(owner.pk, TEXT, PLACE)
    forget_keys()
    assert unseal_text(owner.pk, sealed, PLACE) == TEXT


def test_two_that_make_a_key_at_once_get_the_same(owner: User) -> None:
    keys: list[int] = []

    def make() -> None:
        forget_keys()
        keys.append(open_key(owner.pk).id)
        connection.close()

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keys == [DataKey.objects.get().pk] * 8


def test_deleted_account_takes_its_key_along(owner: User) -> None:
    open_key(owner.pk)
    owner.delete()
    assert not DataKey.objects.exists()


def test_digest_is_the_same_for_one_person_alone(owner: User, outsider: User) -> None:
    assert open_key(owner.pk).digest("가족") == open_key(owner.pk).digest("가족")
    assert open_key(owner.pk).digest("가족") != open_key(outsider.pk).digest("가족")


def test_rotate_keys_goes_on_reading_and_needs_the_old_key_no_more(owner: User, settings: Settings) -> None:
    old, new = settings.ENCRYPTION_KEYS[0], os.urandom(32)
    sealed = seal_text(owner.pk, TEXT, PLACE)
    settings.ENCRYPTION_KEYS = (new, old)
    assert "1 data keys" in rotate()
    assert "Nothing to do" in rotate()
    settings.ENCRYPTION_KEYS = (new,)
    forget_keys()
    assert unseal_text(owner.pk, sealed, PLACE) == TEXT


def test_missing_master_key_is_named_and_loses_nothing(owner: User, settings: Settings) -> None:
    old = settings.ENCRYPTION_KEYS
    sealed = seal_text(owner.pk, TEXT, PLACE)
    name = newest_master_key().id
    settings.ENCRYPTION_KEYS = (os.urandom(32),)
    forget_keys()
    with pytest.raises(KeyMissing, match=name):
        unseal_text(owner.pk, sealed, PLACE)
    with pytest.raises(KeyMissing):
        seal_text(owner.pk, TEXT, PLACE)
    with pytest.raises(CommandError, match=name):
        rotate()
    settings.ENCRYPTION_KEYS = old
    assert unseal_text(owner.pk, sealed, PLACE) == TEXT
