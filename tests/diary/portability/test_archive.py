"""ZIP files from people who mean harm, or whose download broke off."""

import io
import struct
import warnings
import zipfile
import zlib
from pathlib import Path

import pytest

from accounts.models import User
from diary.models import Entry
from diary.portability import archive, json_stream
from diary.portability.apply import import_file
from diary.portability.detect import open_import
from diary.portability.errors import UnreadableFileError
from tests.diary.portability.files import day_one_json, own_entry, own_json, zip_of

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = own_json(own_entry())


def refused(user: User, content: bytes, words: str) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        import_file(user, open_import(io.BytesIO(content)), skips_bad_rows=True)
    assert Entry.objects.count() == 0


def patched(content: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """The content with `value` written at an offset behind each such signature."""
    changed = bytearray(content)
    at = changed.find(signature)
    while at >= 0:
        changed[at + offset : at + offset + len(value)] = value
        at = changed.find(signature, at + 4)
    return bytes(changed)


def test_bomb_stops_at_the_ratio(owner: User) -> None:
    bomb = zip_of([("moduhyu.json", b'{"format": "moduhyu", "x": [' + b" " * 30_000_000 + b"]}")])
    assert len(bomb) < 100_000
    refused(owner, bomb, "너무 커지는")


def test_size_stops_where_the_ratio_does_not(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 1_000_000)
    entries = [own_entry(f"{number} {zlib.crc32(str(number).encode())}" * 20) for number in range(5_000)]
    refused(owner, zip_of([("moduhyu.json", own_json(*entries))]), "너무 커지는")


@pytest.mark.parametrize("claimed", [0, 10, 2**32 - 2])
def test_claimed_sizes_are_not_believed(owner: User, claimed: int) -> None:
    # Wrong sizes never lead to more than what is there: it is read or refused, and nothing is reserved for it.
    content = zip_of([("moduhyu.json", GOOD)])
    lie = patched(content, b"PK\x01\x02", 24, struct.pack("<L", claimed))
    try:
        import_file(owner, open_import(io.BytesIO(lie)), skips_bad_rows=True)
    except UnreadableFileError:
        assert Entry.objects.count() == 0
    else:
        assert Entry.objects.get().text == own_entry()["text"]


@pytest.mark.parametrize(
    "name", ["../moduhyu.json", "/moduhyu.json", "..\\moduhyu.json", "C:\\moduhyu.json", "a/../../moduhyu.json"]
)
def test_names_are_never_paths(owner: User, name: str, tmp_path: Path) -> None:
    content = zip_of([(name, GOOD), ("../../evil.txt", b"x")])
    try:
        result = import_file(owner, open_import(io.BytesIO(content)), skips_bad_rows=True)
        assert result.new == 1
    except UnreadableFileError as error:
        assert "찾지 못했어요" in str(error)
    assert not list(tmp_path.iterdir())


def test_symlinks_are_files_with_a_short_text(owner: User) -> None:
    buffer = io.BytesIO()
    link = zipfile.ZipInfo("moduhyu.json")
    link.create_system = 3
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(buffer, "w") as archive_file:
        archive_file.writestr(link, "/etc/passwd")
    refused(owner, buffer.getvalue(), "JSON")


def test_names_that_stand_twice_are_refused(owner: User) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        content = zip_of([("moduhyu.json", GOOD), ("moduhyu.json", own_json(own_entry("다른 글")))])
    refused(owner, content, "이름이 같은")


def test_empty_zip(owner: User) -> None:
    refused(owner, zip_of([]), "찾지 못했어요")


def test_zip_of_other_things(owner: User) -> None:
    refused(owner, zip_of([("photo.jpg", b"x"), ("deep/er/moduhyu.json", GOOD)]), "찾지 못했어요")


def test_encrypted_zip(owner: User) -> None:
    content = zip_of([("moduhyu.json", GOOD)])
    locked = patched(patched(content, b"PK\x01\x02", 8, b"\x01\x00"), b"PK\x03\x04", 6, b"\x01\x00")
    refused(owner, locked, "암호")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_methods(owner: User, method: int) -> None:
    refused(owner, zip_of([("moduhyu.json", GOOD)], method), "압축 방식")


@pytest.mark.parametrize("share", [0.3, 0.9, 0.99])
def test_zip_that_broke_off(owner: User, share: float) -> None:
    content = zip_of([("moduhyu.json", GOOD * 50)])
    refused(owner, content[: int(len(content) * share)], "손상됐어요")


def test_damaged_content(owner: User) -> None:
    content = bytearray(zip_of([("moduhyu.json", own_json(*(own_entry(f"글 {n}") for n in range(50))))]))
    content[60:80] = b"\xff" * 20
    refused(owner, bytes(content), "손상됐어요|JSON|UTF-8")


def test_wrong_checksum(owner: User) -> None:
    content = zip_of([("moduhyu.json", GOOD)])
    lie = patched(patched(content, b"PK\x01\x02", 16, b"\0\0\0\0"), b"PK\x03\x04", 14, b"\0\0\0\0")
    refused(owner, lie, "손상됐어요")


def test_table_of_contents_that_is_too_long(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_DIRECTORY_BYTES", 1_000)
    refused(owner, zip_of([("moduhyu.json", GOOD), *((f"{n}.md", b"") for n in range(50))]), "너무 많아요")


def test_table_of_contents_named_by_zip64_alone(owner: User) -> None:
    content = zip_of([("moduhyu.json", GOOD)])
    end = content.rindex(b"PK\x05\x06")
    record = b"PK\x06\x06" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, 1, 1, 2**40, 0)
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, end, 1)
    refused(owner, content[:end] + record + locator + content[end:], "너무 많아요")


def test_a_folder_named_like_the_file(owner: User) -> None:
    refused(owner, zip_of([("moduhyu.json/", b"")]), "찾지 못했어요")


def test_journals_that_are_too_large_together(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 1_500)
    journal = day_one_json({"text": "글" * 300, "creationDate": "2024-05-01T15:30:00Z"})
    refused(owner, zip_of([("a.json", journal), ("b.json", journal)]), "너무 커지는")


def test_too_many_journals(owner: User) -> None:
    refused(owner, zip_of([(f"{n}.json", "{}") for n in range(101)]), "너무 많아요")


def test_too_many_values(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "MAX_VALUES", 10)
    refused(owner, zip_of([("moduhyu.json", own_json(feedback=[{}] * 20))]), "너무 많아요")
