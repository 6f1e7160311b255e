"""Export and import through the API."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from diary.models import Entry
from diary.portability.limits import MAX_UPLOAD_BYTES
from tests.diary.portability.files import DAY_ONE_ENTRY, DAYLIO_HEADER, day_one_zip, export_zip, own_entry, own_json
from tests.factories import make_entry

pytestmark = pytest.mark.django_db(transaction=True)

EXPORT, IMPORT = "/api/v1/export/", "/api/v1/import/"
BAD = own_entry(written_on="2999-01-01")


def send(api: APIClient, content: bytes, content_type: str = "application/json", query: str = "") -> Any:
    return api.generic("POST", IMPORT + query, content, content_type=content_type)


@pytest.mark.parametrize("accept", ["application/zip", "*/*", "application/json"])
def test_export_streams_a_zip(owner_api: APIClient, owner: User, accept: str) -> None:
    make_entry(owner, "내 일기")
    response = owner_api.get(EXPORT, headers={"accept": accept})
    assert (response.status_code, response["Content-Type"]) == (200, "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert json.loads(archive.read("moduhyu.json"))["entries"][0]["text"] == "내 일기"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (own_json(own_entry()), "application/json"),
        ((DAYLIO_HEADER + "2026-10-01,,,,좋음,,,글\n").encode(), "text/csv"),
        (day_one_zip(DAY_ONE_ENTRY), "application/zip"),
    ],
)
def test_import_of_a_body(owner_api: APIClient, content: bytes, content_type: str) -> None:
    response = send(owner_api, content, content_type)
    assert response.status_code == 200
    data = response.json()
    assert (data["dry_run"], data["new"], data["doubles"], data["bad"], data["unread"]) == (False, 1, 0, 0, 0)
    assert send(owner_api, content, content_type).json()["doubles"] == 1
    assert Entry.objects.count() == 1


def test_import_of_a_form(owner_api: APIClient, owner: User) -> None:
    make_entry(owner, "내 일기")
    content = export_zip(owner)
    Entry.objects.all().delete()
    response = owner_api.post(IMPORT, {"file": SimpleUploadedFile("diary.zip", content)}, format="multipart")
    assert response.json()["new"] == 1


def test_dry_run_saves_nothing(owner_api: APIClient) -> None:
    data = send(owner_api, own_json(own_entry("하나", tags=["비"]), BAD), query="?dry_run=true").json()
    assert (data["format"], data["found"], data["new"], data["bad"]) == ("moduhyu", 2, 1, 1)
    assert data["examples"] == [{"written_on": "2026-10-01", "text": "하나", "tags": ["비"]}]
    assert data["first_day"] == data["last_day"] == "2026-10-01"
    assert data["bad_rows"][0]["place"] == "2번째 일기"
    assert Entry.objects.count() == 0


def test_refuse_names_the_bad_rows(owner_api: APIClient) -> None:
    response = send(owner_api, own_json(own_entry(), BAD), query="?on_error=refuse")
    assert (response.status_code, response["Content-Type"]) == (422, "application/problem+json")
    assert response.json()["errors"][0]["place"] == "2번째 일기"
    assert Entry.objects.count() == 0


@pytest.mark.parametrize("query", ["?on_error=maybe", "?dry_run=perhaps"])
def test_options_that_are_none(owner_api: APIClient, query: str) -> None:
    assert send(owner_api, own_json(own_entry()), query=query).status_code == 400


def test_unreadable_file(owner_api: APIClient) -> None:
    response = send(owner_api, b"PK\x03\x04", "application/zip")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert "손상됐어요" in response.json()["detail"]


def test_empty_body_and_form_without_a_file(owner_api: APIClient) -> None:
    assert send(owner_api, b"").status_code == 400
    assert owner_api.post(IMPORT, {"other": "x"}, format="multipart").json()["errors"][0]["pointer"] == "/file"


def test_unknown_kind_of_file(owner_api: APIClient) -> None:
    assert send(owner_api, b"x", "image/png").status_code == 415


def test_body_over_the_limit(owner_api: APIClient) -> None:
    response = owner_api.generic(
        "POST", IMPORT, b"PK", content_type="application/zip", CONTENT_LENGTH=MAX_UPLOAD_BYTES + 1
    )
    assert response.status_code == 413


@pytest.mark.parametrize(("method", "path"), [("get", EXPORT), ("post", IMPORT)])
def test_nobody_is_refused(client: Client, method: str, path: str) -> None:
    response = getattr(APIClient(), method)(path, headers={"accept": "application/zip, application/json"})
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == 401
