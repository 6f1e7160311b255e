"""A disk without room, a real one of 64 KiB: what does not fit is refused in words, and no part of it stays."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from diary.models import Entry, Export
from diary.portability import exports
from tests.diary.portability.files import own_entry, own_json
from tests.factories import make_entry

pytestmark = pytest.mark.django_db(transaction=True)

NOISE = "".join(chr(0xAC00 + number * 7919 % 11172) for number in range(60_000))  # what no ZIP makes small


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB in memory; mounting it takes root."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "small", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small disk is not permitted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def files(small_disk: Path, settings: Settings) -> Path:
    """The site keeps its files there."""
    settings.VAR_DIR = small_disk
    return small_disk


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_upload_that_does_not_fit_is_told_and_leaves_nothing(
    owner_client: Client, files: Path, settings: Settings
) -> None:
    for limit in (settings.FILE_UPLOAD_MAX_MEMORY_SIZE, 1):  # kept in memory on its way, and in a file
        settings.FILE_UPLOAD_MAX_MEMORY_SIZE = limit
        settings.FILE_UPLOAD_TEMP_DIR = str(files)
        page = owner_client.post("/import/", {"file": SimpleUploadedFile("diary.json", own_json(own_entry(NOISE)))})
        assert (page.status_code, page["Retry-After"]) == (503, "10")
        assert "지금은 저장하지 못해요" in page.text
        assert files_in(files) == []


def test_api_import_that_does_not_fit_is_told_and_takes_nothing(
    owner_api: APIClient, files: Path, settings: Settings
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE, settings.FILE_UPLOAD_TEMP_DIR = 1, str(files)
    form = {"file": SimpleUploadedFile("diary.json", own_json(own_entry(NOISE)))}
    answer = owner_api.post("/api/v1/import/", form, format="multipart")
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:moduhyu:unavailable")
    assert files_in(files) == []
    assert not Entry.objects.exists()


def test_export_that_does_not_fit_fails_and_leaves_nothing(owner: User, files: Path) -> None:
    make_entry(owner, NOISE)
    export, _ = exports.begin_export(owner)
    assert export.status == Export.Status.FAILED
    assert files_in(files) == []
    assert Entry.objects.get().text == NOISE
