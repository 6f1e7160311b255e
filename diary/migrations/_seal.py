"""What the migrations 0007 and 0008 do to rows: seal them, look whether they open, and open them on the way back.

The places that texts are bound to are written out: they are what `diary.fields` binds to, whatever a column is called
meanwhile.
"""

import unicodedata
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from accounts.encryption.data_keys import open_key, seal_text, unseal_text
from accounts.encryption.sealing import Locked, SealError

ROWS_AT_ONCE = 500


def seal_everything(apps: Any, schema_editor: Any) -> None:
    """Seal every entry and tag that is not sealed yet."""
    _overwrite_what_is_freed(schema_editor)
    Entry, Tag = apps.get_model("diary", "Entry"), apps.get_model("diary", "Tag")
    for entries in _batches(Entry.objects.filter(sealed_text=None)):
        _seal_entries(Entry, entries)
    for tags in _batches(Tag.objects.filter(sealed_name=None)):
        _seal_tags(Tag, tags)


def check_everything(apps: Any, schema_editor: Any) -> None:
    """Seal what was written or changed since, while nobody else can write.

    Whatever this leaves behind, the next step drops for good: so each row is opened and compared.
    """
    _overwrite_what_is_freed(schema_editor)
    Entry, Tag = apps.get_model("diary", "Entry"), apps.get_model("diary", "Tag")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("LOCK TABLE diary_entry, diary_tag, diary_entry_tags IN ACCESS EXCLUSIVE MODE")
    for entries in _batches(Entry.objects.all()):
        _seal_entries(Entry, [entry for entry in entries if not _opens_to_its_text(entry)])
    for tags in _batches(Tag.objects.all()):
        _seal_tags(Tag, [tag for tag in tags if not _opens_to_its_name(tag)])
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table can be altered that has checks to come


def open_everything(apps: Any, schema_editor: Any) -> None:
    """Write every text and tag in plain again."""
    Entry, Tag = apps.get_model("diary", "Entry"), apps.get_model("diary", "Tag")
    for entries in _batches(Entry.objects.filter(text=None)):
        for entry in entries:
            entry.text = _in_plain(entry, bytes(entry.sealed_text), f"diary.entry.text {entry.pk}")
        Entry.objects.bulk_update(entries, ["text"])
    for tags in _batches(Tag.objects.filter(name=None)):
        for tag in tags:
            tag.name = _in_plain(tag, bytes(tag.sealed_name), f"diary.tag.name {bytes(tag.digest).hex()}")
        Tag.objects.bulk_update(tags, ["name"])


def _batches(rows: Any) -> Iterator[list[Any]]:
    """The rows in the order of their ids, ROWS_AT_ONCE at a time."""
    rows = rows.order_by("pk")
    batch = list(rows[:ROWS_AT_ONCE])
    while batch:
        last = batch[-1].pk
        yield batch
        batch = list(rows.filter(pk__gt=last)[:ROWS_AT_ONCE])


def _seal_entries(Entry: Any, entries: list[Any]) -> None:
    _open_keys(entries)
    for entry in entries:
        entry.sealed_text = seal_text(entry.user_id, entry.text or "", f"diary.entry.text {entry.pk}")
    Entry.objects.bulk_update(entries, ["sealed_text"])


def _seal_tags(Tag: Any, tags: list[Any]) -> None:
    """Of a person's tags that differ in case alone, the first one takes the entries of the others."""
    _open_keys(tags)
    for tag in tags:
        name = unicodedata.normalize("NFC", tag.name)
        tag.digest = open_key(tag.user_id).digest(f"tag {name.casefold()}")
        tag.sealed_name = seal_text(tag.user_id, tag.name, f"diary.tag.name {tag.digest.hex()}")
        with transaction.atomic():
            first = Tag.objects.filter(user_id=tag.user_id, digest=tag.digest).exclude(pk=tag.pk).first()
            if first is None:
                tag.save(update_fields=["digest", "sealed_name"])
            else:
                for entry in tag.entries.all():
                    entry.tags.add(first)
                tag.delete()


def _open_keys(rows: list[Any]) -> None:
    """Make the keys that are missing, before any text needs them."""
    try:
        for user_id in {row.user_id for row in rows}:
            open_key(user_id)
    except Locked as error:
        raise CommandError(str(error)) from error


def _opens_to_its_text(entry: Any) -> bool:
    return _opens_to(entry, entry.sealed_text, f"diary.entry.text {entry.pk}", entry.text or "")


def _opens_to_its_name(tag: Any) -> bool:
    if tag.digest is None:
        return False
    return _opens_to(tag, tag.sealed_name, f"diary.tag.name {bytes(tag.digest).hex()}", tag.name)


def _opens_to(row: Any, sealed: Any, place: str, text: str) -> bool:
    try:
        return sealed is not None and unseal_text(row.user_id, bytes(sealed), place) == text
    except SealError:
        return False


def _in_plain(row: Any, sealed: bytes, place: str) -> str:
    try:
        # No form lets NUL in; PostgreSQL would refuse it in plain.
        return unseal_text(row.user_id, sealed, place).replace("\x00", "")
    except Locked as error:
        raise CommandError(f"{place}: {error}") from error


def _overwrite_what_is_freed(schema_editor: Any) -> None:
    """SQLite leaves what was deleted in the file, unless it is told not to."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("PRAGMA secure_delete = ON")
