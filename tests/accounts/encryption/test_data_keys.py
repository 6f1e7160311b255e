"""Data keys: one a person, wrapped, made once, gone with the account; and the rotation of master keys."""

import os
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.encryption.data_keys import forget_keys, open_key, seal_text, text_opener, unseal_text
from accounts.encryption.master_keys import KeyMissing, newest_master_key
from accounts.encryption.sealing import Locked, SealError
from accounts.models import DataKey, User
from accounts.services import delete_account
from tests.factories import make_user

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


def test_key_of_an_open_transaction_opens_what_it_sealed_without_asking_again(owner: User) -> None:
    with transaction.atomic():
        sealed = seal_text(owner.pk, TEXT, PLACE)
        with CaptureQueriesContext(connection) as queries:
            assert unseal_text(owner.pk, sealed, PLACE) == TEXT
            assert text_opener(owner.pk, "diary.entry.text")(1, sealed) == TEXT
        assert len(queries) == 0
    with CaptureQueriesContext(connection) as queries:
        assert unseal_text(owner.pk, seal_text(owner.pk, TEXT, PLACE), PLACE) == TEXT
    assert len(queries) == 0  # remembered, now that it is committed


def test_key_that_was_rolled_back_and_made_anew_opens_what_was_sealed_since(owner: User) -> None:
    with transaction.atomic():
        seal_text(owner.pk, TEXT, PLACE)
        transaction.set_rollback(True)
    with transaction.atomic():
        sealed = seal_text(owner.pk, TEXT, PLACE)
        assert unseal_text(owner.pk, sealed, PLACE) == TEXT
    assert unseal_text(owner.pk, sealed, PLACE) == TEXT


def test_key_made_in_a_savepoint_that_fails_does_not_seal(owner: User) -> None:
    with transaction.atomic():
        with transaction.atomic():
            seal_text(owner.pk, TEXT, PLACE)
            transaction.set_rollback(True)
        sealed = seal_text(owner.pk, TEXT, PLACE)
    forget_keys()
    assert unseal_text(owner.pk, sealed, PLACE) == TEXT


def test_known_key_is_read_once_even_in_transactions(owner: User) -> None:
    open_key(owner.pk)
    forget_keys()
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        for _ in range(3):
            open_key(owner.pk)
    assert len(queries) == 1


def test_deleted_account_is_forgotten_in_this_process(owner: User) -> None:
    sealed = seal_text(owner.pk, TEXT, PLACE)
    user_id = owner.pk
    delete_account(owner)
    with pytest.raises((SealError, IntegrityError)), transaction.atomic():
        unseal_text(user_id, sealed, PLACE)
    assert not DataKey.objects.exists()


def test_rotation_while_others_write_and_read_disturbs_nobody(settings: Settings) -> None:
    users = [make_user(f"{number}@example.com") for number in range(6)]
    texts = {user.pk: seal_text(user.pk, TEXT, PLACE) for user in users}
    settings.ENCRYPTION_KEYS = (os.urandom(32), *settings.ENCRYPTION_KEYS)
    newcomers = [make_user(f"new{number}@example.com") for number in range(6)]
    stop, failures, rounds = threading.Event(), list[BaseException](), [0]

    def go_on() -> None:
        try:
            while not stop.is_set():
                for user_id, sealed in texts.items():
                    forget_keys()
                    assert unseal_text(user_id, sealed, PLACE) == TEXT
                    assert unseal_text(user_id, seal_text(user_id, TEXT, PLACE), PLACE) == TEXT
                rounds[0] += 1
        except (AssertionError, Locked, DatabaseError) as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=go_on) for _ in range(2)]
    for thread in threads:
        thread.start()
    for newcomer in newcomers:
        rotate()
        open_key(newcomer.pk)
    before = rounds[0]
    while rounds[0] < before + 2 and not failures:
        stop.wait(0.01)
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert set(DataKey.objects.values_list("master_key_id", flat=True)) == {newest_master_key().id}
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    forget_keys()
    assert all(unseal_text(user_id, sealed, PLACE) == TEXT for user_id, sealed in texts.items())
