"""What the API reads: JSON that says one thing, and no field that it does not know, in any operation."""

import json
import unicodedata
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from accounts.models import User
from catalog.models import Movie, Track
from diary import services
from diary.models import Entry
from tests.factories import HAPPY, SAD

pytestmark = pytest.mark.django_db(transaction=True)

ENTRIES = "/api/v1/entries/"
DAY = date(2026, 11, 1)
JSON = "application/json"
UNKNOWN = "모르는 이름"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"text": "a", "text": "b", "written_on": "2026-11-01"}', "같은 이름이 두 번"),
        (b'{"text": "a", "written_on": "2026-11-01", "tags": [{"a": 1, "a": 1}]}', "같은 이름이 두 번"),
        (b'{"text": NaN, "written_on": "2026-11-01"}', "올바른 JSON"),
        (b'{"text": -Infinity, "written_on": "2026-11-01"}', "올바른 JSON"),
        (b'{"text": 1e999, "written_on": "2026-11-01"}', "올바른 JSON"),
        (b'{"text": ' + b"9" * 5_000 + b"}", "올바른 JSON"),
        (b'{"text": "a", "written_on": "2026-11-01"} {}', "올바른 JSON"),
        (b"{'text': 'a'}", "올바른 JSON"),
        (b'\xef\xbb\xbf{"text": "a", "written_on": "2026-11-01"}', "올바른 JSON"),
        (b'{"text": "\xed\xa0\x80", "written_on": "2026-11-01"}', "UTF-8"),
        ('{"text": "가", "written_on": "2026-11-01"}'.encode("euc-kr"), "UTF-8"),
        ('{"text": "가", "written_on": "2026-11-01"}'.encode("utf-16"), "UTF-8"),
        (b"[" * 100_000, "너무 깊어요"),
        (b'{"text":' * 50_000, "너무 깊어요"),
    ],
)
def test_body_that_is_refused(owner_api: APIClient, body: bytes, words: str) -> None:
    response = owner_api.post(ENTRIES, body, content_type=JSON)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert words in response.json()["detail"]
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointers"), [("null", [""]), ("[]", [""]), ('"글"', [""]), ("", ["/text", "/written_on"])]
)
def test_body_that_is_no_object(owner_api: APIClient, body: str, pointers: list[str]) -> None:
    response = owner_api.post(ENTRIES, body, content_type=JSON)
    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == pointers


def test_body_is_utf8_whatever_its_type_claims(owner_api: APIClient) -> None:
    body = json.dumps({"text": HAPPY, "written_on": "2026-11-01"}, ensure_ascii=False)
    response = owner_api.post(ENTRIES, body.encode(), content_type=f"{JSON}; charset=euc-kr")
    assert (response.status_code, response.json()["text"]) == (201, HAPPY)


def test_decomposed_hangul_is_composed(owner_api: APIClient) -> None:
    tag = "강남역에서만난사람들과함께"  # decomposed longer than a tag may be
    body = {"text": unicodedata.normalize("NFD", HAPPY), "written_on": "2026-11-01"}
    body |= {"tags": [unicodedata.normalize("NFD", tag), f"#{'가' * 30}"]}
    answer = owner_api.post(ENTRIES, body, format="json").json()
    assert (answer["text"], answer["tags"]) == (HAPPY, ["가" * 30, tag])


def test_half_a_character_is_replaced(owner_api: APIClient) -> None:
    body = b'{"text": "\\ud83d \\ubc18\\ucabd", "written_on": "2026-11-01"}'
    assert owner_api.post(ENTRIES, body, content_type=JSON).json()["text"] == "\ufffd 반쪽"


def document() -> dict[str, Any]:
    output = StringIO()
    call_command("spectacular", "--format", "openapi-json", stdout=output)
    return json.loads(output.getvalue())


def writing_operations(openapi: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and schema of every operation that reads a JSON object."""
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            schema = resolve(openapi, content.get(JSON, {}).get("schema", {}))
            if path.startswith("/api/v1/") and schema.get("properties"):
                yield method, path, schema


def resolve(openapi: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    for part in schema.get("allOf", []):
        schema = resolve(openapi, part) | schema
    if "$ref" in schema:
        return resolve(openapi, openapi["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    return schema


def bodies_with_unknown_fields(openapi: dict[str, Any], schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """JSON pointer and body, for the object itself and for every object in it that is read."""
    yield f"/{UNKNOWN}", {UNKNOWN: 1}
    for name, child in schema.get("properties", {}).items():
        found = resolve(openapi, child)
        is_list = found.get("type") == "array"
        if is_list:
            found = resolve(openapi, found["items"])
        if child.get("readOnly") or found.get("readOnly") or not found.get("properties"):
            continue
        for pointer, body in bodies_with_unknown_fields(openapi, found):
            yield f"/{name}{'/0' if is_list else ''}{pointer}", {name: [body] if is_list else body}


def test_every_operation_refuses_unknown_fields(owner_api: APIClient, owner: User, catalogue: None) -> None:
    entry = services.create_entry(user=owner, text=SAD, written_on=DAY)[0]
    recommendation = entry.recommendations.all()[0]
    values = {"id": entry.pk, "entry_id": entry.pk, "recommendation_id": recommendation.pk}
    values |= {"movie_id": Movie.objects.all()[0].pk, "track_id": Track.objects.all()[0].pk}
    openapi = document()
    tried = []
    for method, path, schema in writing_operations(openapi):
        for pointer, body in bodies_with_unknown_fields(openapi, schema):
            address = path.format(**values)
            response = getattr(owner_api, method)(address, body, format="json", headers={"if-match": "*"})
            assert response.status_code == 400, f"{method} {path} {pointer}: {response.status_code}"
            assert pointer in {error["pointer"] for error in response.json()["errors"]}, f"{method} {path} {pointer}"
            tried.append((method, path, pointer))
    assert len(tried) >= 7
    assert ("patch", "/api/v1/settings/", f"/reminder/{UNKNOWN}") in tried


def test_unknown_fields_are_told_with_the_other_mistakes(owner_api: APIClient) -> None:
    errors = owner_api.post(ENTRIES, {"txt": SAD, "written_on": "어제"}, format="json").json()["errors"]
    assert {error["pointer"] for error in errors} == {"/txt", "/text", "/written_on"}


@pytest.mark.parametrize("day", ["2026-W48-1", "20261126", "2026-2-3", "２０２６-11-26", "2026-11-26T10:00:00Z"])
def test_days_are_written_in_one_way(owner_api: APIClient, day: str) -> None:
    answer = owner_api.post(ENTRIES, {"text": SAD, "written_on": day}, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/written_on"


@pytest.mark.parametrize("path", [ENTRIES, f"{ENTRIES}batch/"])
def test_null_is_answered_in_korean(owner_api: APIClient, path: str) -> None:
    answer = owner_api.post(path, "null", content_type=JSON)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["detail"] == "내용이 비어 있어요. JSON 객체로 보내 주세요."
