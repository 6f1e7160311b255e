"""Exports beside the request, through the API: begun, looked at, fetched in parts, deleted; nobody else's."""

import base64
import io
import json
import os
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.encryption.data_keys import forget_keys
from accounts.models import User
from diary.models import Entry, Export
from diary.portability.limits import MIB
from tests.diary.portability.test_exports import long_diary, pending_export
from tests.factories import make_entry

pytestmark = pytest.mark.django_db(transaction=True)

EXPORTS = "/api/v1/exports/"
ACCEPTED = ["application/zip", "*/*", "application/json"]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path / "exports"


def begin(api: APIClient) -> dict[str, Any]:
    return dict(api.post(EXPORTS).json())


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


@pytest.fixture
def ready(owner_api: APIClient, owner: User) -> dict[str, Any]:
    """An export of more than one sealed chunk."""
    long_diary(owner, 200, 8_000)
    export = begin(owner_api)
    assert export["size"] > MIB
    return export


def test_begin_without_workers_answers_what_is_ready(owner_api: APIClient, owner: User) -> None:
    make_entry(owner, "내 일기")
    response = owner_api.post(EXPORTS)
    assert response.status_code == 201
    data = response.json()
    assert (data["status"], data["progress"]) == ("ready", {"done": 1, "total": 1})
    assert data["download_url"] == f"http://testserver{EXPORTS}{data['id']}/download/"
    assert data["expires_at"].endswith("+09:00")
    assert "Retry-After" not in response
    assert owner_api.get(response["Location"]).json() == data
    assert owner_api.get(EXPORTS).json() == {"results": [data]}


def test_begin_while_one_is_made_answers_that_one(owner_api: APIClient, owner: User) -> None:
    export = pending_export(owner, status=Export.Status.RUNNING, entries_done=3, entries_total=9)
    response = owner_api.post(EXPORTS)
    assert (response.status_code, response["Retry-After"]) == (202, "2")
    data = response.json()
    assert (data["id"], data["status"], data["progress"]) == (str(export.pk), "running", {"done": 3, "total": 9})
    assert (data["size"], data["expires_at"], data["download_url"]) == (None, None, None)
    assert owner_api.get(response["Location"])["Retry-After"] == "2"


def test_begin_takes_no_fields(owner_api: APIClient) -> None:
    response = owner_api.post(EXPORTS, {"format": "csv"}, format="json")
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/format")
    assert owner_api.post(EXPORTS, b"<a/>", content_type="text/xml").status_code == 415
    assert not Export.objects.exists()


def test_begin_without_the_master_key(owner_api: APIClient, owner: User, settings: Settings) -> None:
    make_entry(owner)
    settings.ENCRYPTION_KEYS = (os.urandom(32),)
    forget_keys()
    response = owner_api.post(EXPORTS)
    assert (response.status_code, response["Content-Type"]) == (503, "application/problem+json")
    assert not Export.objects.exists()


def test_file_that_can_not_be_written_fails(owner_api: APIClient, folder: Path) -> None:
    folder.write_text("no folder")
    response = owner_api.post(EXPORTS)
    assert (response.status_code, response.json()["status"]) == (201, "failed")
    response = owner_api.get(f"{EXPORTS}{response.json()['id']}/download/")
    assert response.status_code == 409
    assert "만들지 못했어요" in response.json()["detail"]
    assert "Retry-After" not in response


@pytest.mark.parametrize("accept", ACCEPTED)
def test_download_is_the_whole_zip(owner_api: APIClient, ready: dict[str, Any], accept: str) -> None:
    response = owner_api.get(ready["download_url"], headers={"accept": accept})
    assert (response.status_code, response["Content-Type"]) == (200, "application/zip")
    assert response["Content-Length"] == str(ready["size"])
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Disposition"] == f'attachment; filename="moduhyu-{timezone.localdate()}.zip"'
    assert "no-store" in response["Cache-Control"]
    archive = zipfile.ZipFile(io.BytesIO(body_of(response)))
    assert archive.testzip() is None
    assert len(json.loads(archive.read("moduhyu.json"))["entries"]) == 200


def test_downloaded_zip_comes_back_without_a_loss(owner_api: APIClient, owner: User) -> None:
    make_entry(owner, "하나")
    make_entry(owner, "둘")
    before = sorted(Entry.objects.values_list("pk", "written_on", "created_at"))
    content = body_of(owner_api.get(begin(owner_api)["download_url"]))
    Entry.objects.all().delete()
    answer = owner_api.post("/api/v1/import/", content, content_type="application/zip")
    assert answer.json()["new"] == 2
    assert sorted(Entry.objects.values_list("pk", "written_on", "created_at")) == before
    assert {entry.text for entry in Entry.objects.all()} == {"하나", "둘"}


def test_download_that_broke_off_goes_on(owner_api: APIClient, ready: dict[str, Any]) -> None:
    whole = owner_api.get(ready["download_url"])
    content = body_of(whole)
    for start in (1, MIB - 1, MIB, MIB + 1, len(content) - 1):
        headers = {"range": f"bytes={start}-", "if-range": whole["ETag"]}
        rest = owner_api.get(ready["download_url"], headers=headers)
        assert rest.status_code == 206
        assert rest["Content-Range"] == f"bytes {start}-{len(content) - 1}/{len(content)}"
        assert rest["Content-Length"] == str(len(content) - start)
        assert content[:start] + body_of(rest) == content


@pytest.mark.parametrize(("asked", "start", "length"), [("bytes=0-99", 0, 100), ("bytes=-30", -30, 30)])
def test_part_of_a_download(owner_api: APIClient, ready: dict[str, Any], asked: str, start: int, length: int) -> None:
    content = body_of(owner_api.get(ready["download_url"]))
    response = owner_api.get(ready["download_url"], headers={"range": asked})
    assert (response.status_code, body_of(response)) == (206, content[start:][:length])


@pytest.mark.parametrize(
    "headers",
    [{"range": "bytes=5-4"}, {"range": "bytes=0-1,3-4"}, {"range": "bytes=1-", "if-range": '"another"'}],
)
def test_what_is_no_part_is_the_whole(owner_api: APIClient, ready: dict[str, Any], headers: dict[str, str]) -> None:
    response = owner_api.get(ready["download_url"], headers=headers)
    assert (response.status_code, len(body_of(response))) == (200, ready["size"])
    assert "Content-Range" not in response


def test_range_beyond_the_end(owner_api: APIClient, ready: dict[str, Any]) -> None:
    response = owner_api.get(ready["download_url"], headers={"range": f"bytes={ready['size']}-"})
    assert (response.status_code, response["Content-Type"]) == (416, "application/problem+json")
    assert response["Content-Range"] == f"bytes */{ready['size']}"


def test_head_tells_the_size_and_sends_nothing(owner_api: APIClient, ready: dict[str, Any]) -> None:
    response = owner_api.head(ready["download_url"], headers={"range": "bytes=0-9"})
    assert (response.status_code, response["Content-Length"]) == (200, str(ready["size"]))
    assert body_of(response) == b""


def test_download_before_it_is_ready(owner_api: APIClient, owner: User) -> None:
    response = owner_api.get(f"{EXPORTS}{pending_export(owner).pk}/download/")
    assert (response.status_code, response["Retry-After"]) == (409, "2")
    assert response["Content-Type"] == "application/problem+json"


def test_expired_export_is_told_and_gone(owner_api: APIClient, ready: dict[str, Any]) -> None:
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    data = owner_api.get(f"{EXPORTS}{ready['id']}/").json()
    assert (data["status"], data["download_url"]) == ("expired", None)
    response = owner_api.get(ready["download_url"])
    assert (response.status_code, response["Content-Type"]) == (410, "application/problem+json")


def test_delete_takes_the_file_along(owner_api: APIClient, ready: dict[str, Any], folder: Path) -> None:
    assert owner_api.delete(f"{EXPORTS}{ready['id']}/").status_code == 204
    assert list(folder.iterdir()) == []
    assert owner_api.get(ready["download_url"]).status_code == 404
    assert owner_api.delete(f"{EXPORTS}{ready['id']}/").status_code == 404


def test_outsider_finds_nothing(outsider_api: APIClient, ready: dict[str, Any]) -> None:
    assert outsider_api.get(EXPORTS).json() == {"results": []}
    for method, path in (("get", ""), ("delete", ""), ("get", "download/")):
        assert getattr(outsider_api, method)(f"{EXPORTS}{ready['id']}/{path}").status_code == 404
    assert Export.objects.filter(pk=ready["id"]).exists()
    assert outsider_api.get(f"{EXPORTS}{uuid.uuid4()}/").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"), [("get", ""), ("post", ""), ("get", "{}/"), ("delete", "{}/"), ("get", "{}/download/")]
)
def test_nobody_is_refused(db: None, method: str, path: str) -> None:
    response = getattr(APIClient(), method)(EXPORTS + path.format(uuid.uuid4()))
    assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json")


def test_list_costs_the_same_however_long_it_is(owner_api: APIClient, owner: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            owner_api.get(EXPORTS)
        return len(captured)

    begin(owner_api)
    few = queries()
    begin(owner_api)
    begin(owner_api)
    assert queries() == few


def test_status_tells_nothing_of_the_key(owner_api: APIClient, ready: dict[str, Any]) -> None:
    key = Export.objects.get().key
    assert base64.urlsafe_b64decode(key)
    for path in ("", f"{ready['id']}/"):
        assert key.encode() not in owner_api.get(EXPORTS + path).content
