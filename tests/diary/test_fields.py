"""Sealed columns: opened for whom and where they were sealed, whichever way a row is written or read."""

import copy
import io
import pickle
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from accounts.encryption.data_keys import forget_keys
from accounts.encryption.sealing import SealError
from accounts.models import User
from diary.fields import Sealed
from diary.models import Entry, Tag
from diary.tags import set_tags
from tests.factories import HAPPY, SAD, make_entry, rewrite

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 1)


def stored(model: Any, column: str, pk: object) -> bytes:
    """What the database itself has."""
    field = model._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM {model._meta.db_table} WHERE id = %s",  # noqa: S608 - names of this file
            [field.get_db_prep_value(pk, connection)],
        )
        return bytes(cursor.fetchone()[0])


def store(model: Any, column: str, pk: object, value: bytes) -> None:
    """Let the database have it, whatever it is."""
    model.objects.filter(pk=pk).update(**{column: Sealed(value)})


@pytest.mark.parametrize("text", [SAD, "", "☔👨‍👩‍👧‍👦", "a\x00b", "긴 글. " * 20_000])
def test_text_is_sealed_in_the_database_and_the_same_again(owner: User, text: str) -> None:
    entry = make_entry(owner, text)
    assert entry.text == text
    assert Entry.objects.get().text == text
    sealed = stored(Entry, "text", entry.pk)
    assert not text or text.encode() not in sealed
    assert len(sealed) == 1 + 8 + 12 + len(text.encode()) + 16


def test_text_is_sealed_anew_at_every_save(owner: User) -> None:
    entry = make_entry(owner)
    first = stored(Entry, "text", entry.pk)
    entry.save()
    assert stored(Entry, "text", entry.pk) != first


def test_save_of_what_nobody_looked_at_leaves_it_as_it_is(owner: User) -> None:
    first = stored(Entry, "text", make_entry(owner).pk)
    entry = Entry.objects.get()
    entry.save()
    assert stored(Entry, "text", entry.pk) == first
    assert entry.text == SAD


def test_update_fields_writes_the_text_only_where_it_is_named(owner: User) -> None:
    entry = make_entry(owner)
    entry.text, entry.status = HAPPY, Entry.Status.FAILED
    entry.save(update_fields=["status"])
    assert Entry.objects.get().text == SAD
    entry.save(update_fields=["text"])
    assert Entry.objects.get().text == HAPPY


def test_bulk_create_and_bulk_update_seal(owner: User, outsider: User) -> None:
    Entry.objects.bulk_create([Entry(user=user, text=SAD, written_on=DAY) for user in (owner, outsider)])
    entries = list(Entry.objects.all())
    assert [entry.text for entry in entries] == [SAD, SAD]
    for entry in entries:
        assert SAD.encode() not in stored(Entry, "text", entry.pk)


def test_refresh_from_db_reads_the_new_text(owner: User) -> None:
    entry = make_entry(owner)
    rewrite(Entry.objects.get(), HAPPY)
    entry.refresh_from_db()
    assert entry.text == HAPPY


@pytest.mark.parametrize("entries", [lambda: Entry.objects.defer("text"), lambda: Entry.objects.only("user")])
def test_deferred_text_is_fetched_at_the_first_look(owner: User, entries: Any) -> None:
    make_entry(owner)
    entry = entries().get()
    assert "text" not in entry.__dict__
    assert entry.text == SAD


def test_text_is_opened_at_the_first_look_and_not_before(owner: User) -> None:
    make_entry(owner)
    entry = Entry.objects.get()
    assert isinstance(entry.__dict__["text"], Sealed)
    assert entry.text is entry.text


def test_copies_and_pickles_hold_the_text(owner: User) -> None:
    make_entry(owner)
    for again in (copy.copy, copy.deepcopy, lambda entry: pickle.loads(pickle.dumps(entry))):  # noqa: S301 - its own
        assert again(Entry.objects.get()).text == SAD
        looked_at = Entry.objects.get()
        assert looked_at.text == again(looked_at).text == SAD


def test_pickle_of_what_nobody_looked_at_holds_no_plain_text(owner: User) -> None:
    make_entry(owner)
    assert SAD.encode() not in pickle.dumps(Entry.objects.get())


def test_copy_under_another_id_is_sealed_for_its_own_row_or_refused(owner: User) -> None:
    entry = make_entry(owner)
    looked_at, unseen = Entry.objects.get(), Entry.objects.get()
    assert looked_at.text == SAD
    for one in (looked_at, unseen):
        one.pk = Entry().pk
        one._state.adding = True
    looked_at.save()
    assert {one.text for one in Entry.objects.all()} == {SAD}
    with pytest.raises(SealError), transaction.atomic():
        unseen.save()
    assert Entry.objects.exclude(pk__in=[entry.pk, looked_at.pk]).count() == 0


@pytest.mark.parametrize("is_same_user", [True, False])
def test_text_moved_to_another_entry_does_not_open(owner: User, outsider: User, is_same_user: bool) -> None:
    mine, other = make_entry(owner, SAD), make_entry(owner if is_same_user else outsider, HAPPY)
    store(Entry, "text", other.pk, stored(Entry, "text", mine.pk))
    with pytest.raises(SealError, match=str(other.pk)):
        _ = Entry.objects.get(pk=other.pk).text
    assert Entry.objects.get(pk=mine.pk).text == SAD


def test_text_and_tag_do_not_open_as_each_other(owner: User) -> None:
    entry = make_entry(owner)
    set_tags(entry, ["가족", "비"])
    first, second = Tag.objects.all()
    text, name = stored(Entry, "text", entry.pk), stored(Tag, "name", first.pk)
    store(Entry, "text", entry.pk, name)
    store(Tag, "name", first.pk, text)
    store(Tag, "name", second.pk, name)
    for look in (
        lambda: Entry.objects.get().text,
        lambda: Tag.objects.get(pk=first.pk).name,
        lambda: Tag.objects.get(pk=second.pk).name,
    ):
        with pytest.raises(SealError):
            look()


@pytest.mark.parametrize("change", [lambda sealed: sealed[:-1], lambda sealed: b"", lambda sealed: b"plain text"])
def test_text_that_was_changed_does_not_open_and_the_error_holds_none_of_it(owner: User, change: Any) -> None:
    entry = make_entry(owner)
    store(Entry, "text", entry.pk, change(stored(Entry, "text", entry.pk)))
    with pytest.raises(SealError, match=str(entry.pk)) as raised:
        _ = Entry.objects.get().text
    assert "plain text" not in str(raised.value)


def test_entry_of_another_person_under_the_same_key_does_not_open(owner: User, outsider: User) -> None:
    entry = make_entry(owner)
    Entry.objects.filter(pk=entry.pk).update(user=outsider)
    with pytest.raises(SealError):
        _ = Entry.objects.get().text


@pytest.mark.parametrize(
    "use",
    [
        lambda: Entry.objects.filter(text=SAD),
        lambda: Entry.objects.exclude(text=b"bytes"),
        lambda: Entry.objects.update(text=SAD),
        lambda: Entry.objects.update(text=b"bytes"),
        lambda: Tag.objects.get_or_create(name="가족", digest=b"", user_id=1),
    ],
)
def test_plain_text_in_a_query_is_refused_in_words(owner: User, use: Any) -> None:
    make_entry(owner)
    with pytest.raises(TypeError, match="is encrypted"):
        use()


@pytest.mark.parametrize("lookup", ["startswith", "iexact", "icontains", "regex", "in", "gt"])
def test_lookups_in_sealed_texts_do_not_exist(owner: User, lookup: str) -> None:
    with pytest.raises(FieldError):
        Entry.objects.filter(**{f"text__{lookup}": SAD}).exists()


def test_null_can_be_looked_for(owner: User) -> None:
    make_entry(owner)
    assert not Entry.objects.filter(text=None).exists()
    assert Entry.objects.filter(text__isnull=False, text=F("text")).exists()


def test_bytes_are_no_text(owner: User) -> None:
    with pytest.raises(TypeError):
        make_entry(owner, b"bytes")  # type: ignore[arg-type]


def test_dumpdata_refuses(owner: User) -> None:
    make_entry(owner)
    out = io.StringIO()
    with pytest.raises(CommandError, match="dumpdata"):
        call_command("dumpdata", "diary.entry", stdout=out)
    assert "할머니" not in out.getvalue()


def test_tag_is_found_in_any_case_and_form_by_its_owner_alone(owner: User, outsider: User) -> None:
    set_tags(make_entry(owner), ["Café"])
    for name in ("CAFÉ", "Cafe\u0301", "café\x00"):
        assert Entry.objects.of(owner).tagged(name, owner).count() == 1
    assert Tag.digest_of("Café", owner.pk) != Tag.digest_of("Café", outsider.pk)


def test_forgotten_keys_are_read_again(owner: User) -> None:
    make_entry(owner)
    forget_keys()
    assert Entry.objects.get().text == SAD
