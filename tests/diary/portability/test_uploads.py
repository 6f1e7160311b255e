"""What lies on the disk between preview and import: sealed, owned, and soon gone."""

import os
import stat
import time
from io import BytesIO
from pathlib import Path

import pytest

from accounts.models import User
from diary.portability import sealed_files, uploads
from diary.portability.errors import UnreadableFileError
from diary.portability.limits import MIB

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: object, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path / "imports"


@pytest.mark.parametrize("size", [0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB])
def test_content_comes_back_in_any_order(owner: User, size: int) -> None:
    content = (os.urandom(1024) * (size // 1024 + 1))[:size]
    kept = uploads.keep(owner, [content[:100], content[100:]])
    with uploads.open_kept(owner, kept) as file:
        assert file.read() == content
        for offset in (0, size // 2, max(0, size - 10), size, size + 10):
            file.seek(offset)
            assert file.read(50) == content[offset : offset + 50]
        assert file.seek(0, 2) == size


def test_nothing_of_it_can_be_read_without_the_key(owner: User, folder: Path) -> None:
    kept = uploads.keep(owner, ["아무도 모르는 일기".encode() * 100])
    [path] = folder.iterdir()
    assert "일기".encode() not in path.read_bytes()
    assert kept.key.encode() not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with pytest.raises(UnreadableFileError):
        uploads.open_kept(owner, uploads.Kept(kept.name, sealed_files.new_key()))


def test_changed_or_swapped_chunks_are_refused(owner: User, folder: Path) -> None:
    kept = uploads.keep(owner, [b"a" * MIB, b"b" * MIB, b"c"])
    [path] = folder.iterdir()
    first, second, third = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(second + first + third)
    with uploads.open_kept(owner, kept) as file, pytest.raises(UnreadableFileError):
        file.read()


def test_an_upload_is_its_owners_alone(owner: User, outsider: User) -> None:
    kept = uploads.keep(owner, [b"x"])
    with pytest.raises(UnreadableFileError):
        uploads.open_kept(outsider, kept)
    uploads.forget(outsider, kept)
    with uploads.open_kept(owner, kept) as file:
        assert file.read() == b"x"


@pytest.mark.parametrize("name", ["../secret_key", "1-../../etc", "", "1-" + "0" * 32 + "/x"])
def test_a_name_is_never_a_way_elsewhere(owner: User, name: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret_key"
    secret.write_text("secret")
    key = sealed_files.new_key()
    with pytest.raises(UnreadableFileError):
        uploads.open_kept(owner, uploads.Kept(name, key))
    uploads.forget(owner, uploads.Kept(name, key))
    assert secret.exists()


def test_the_next_upload_deletes_what_is_an_hour_old(owner: User, outsider: User, folder: Path) -> None:
    old, young = uploads.keep(outsider, [b"x"]), uploads.keep(outsider, [b"y"])
    past = time.time() - uploads.KEPT_SECONDS - 1
    os.utime(folder / old.name, (past, past))
    with pytest.raises(UnreadableFileError):
        uploads.open_kept(outsider, old)
    mine = uploads.keep(owner, [b"z"])
    assert {path.name for path in folder.iterdir()} == {young.name, mine.name}


def test_too_large_leaves_nothing(owner: User, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_UPLOAD_BYTES", 10)
    with pytest.raises(UnreadableFileError):
        uploads.keep(owner, [b"12345", b"678901"])
    assert not list(folder.iterdir())


def test_forget_all_takes_one_persons_files_only(folder: Path) -> None:
    first, second = User(pk=1), User(pk=11)
    uploads.keep(first, [b"x"])
    uploads.keep(first, [b"y"])
    kept = uploads.keep(second, [b"z"])
    uploads.forget_all(1)
    assert [path.name for path in folder.iterdir()] == [kept.name]


def test_open_is_seekable_for_zipfile(owner: User) -> None:
    kept = uploads.keep(owner, [b"PK"])
    with uploads.open_kept(owner, kept) as file:
        assert file.seekable()
        assert BytesIO(file.read()).getvalue() == b"PK"
