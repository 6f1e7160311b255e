"""Batches: each entry is answered by itself, and sending everything again changes nothing."""

import json
import uuid
from datetime import date
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from accounts.models import User
from diary import services
from diary.models import Entry
from tests.factories import HAPPY, SAD, make_entry

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/api/v1/entries/batch/"


def item(text: str = SAD, **fields: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "text": text, "written_on": "2026-11-01"} | fields


def send(client: APIClient, *entries: Any) -> list[dict[str, Any]]:
    response = client.post(URL, {"entries": list(entries)}, format="json")
    assert response.status_code == 200, response.text
    return list(response.json()["results"])


def test_batch_saves_reads_and_answers_in_order(owner_api: APIClient, catalogue: None) -> None:
    sent = [item(HAPPY), item(SAD, tags=["가족"]), item(HAPPY, written_on="2026-10-01")]
    results = send(owner_api, *sent)
    assert [result["status"] for result in results] == [201] * 3
    assert [result["entry"]["id"] for result in results] == [entry["id"] for entry in sent]
    assert [result["entry"]["analysis"]["label"] for result in results] == ["joy", "sadness", "joy"]
    assert results[1]["entry"]["tags"] == ["가족"]
    assert len(results[2]["entry"]["recommendations"]["match"]["movies"]) == 3
    assert [result["problem"] for result in results] == [None] * 3
    assert results[0]["entry"] == owner_api.get(f"/api/v1/entries/{sent[0]['id']}/").json()


def test_batch_sent_again_answers_200_and_saves_nothing(owner_api: APIClient) -> None:
    sent = [item(HAPPY), item(SAD)]
    first, second = send(owner_api, *sent), send(owner_api, *sent)
    assert [result["status"] for result in second] == [200, 200]
    assert [result["entry"] for result in second] == [result["entry"] for result in first]
    assert Entry.objects.count() == 2


def test_batch_bad_items_hold_up_no_other(owner_api: APIClient, owner: User, outsider: User) -> None:
    there, foreign = make_entry(owner), make_entry(outsider)
    gone, _ = services.create_entry(user=owner, text=SAD, written_on=date(2026, 11, 1), entry_id=uuid.uuid4())
    services.delete_entry(entry=gone, revision=1)
    good = item()
    results = send(
        owner_api,
        item(text=""),
        good,
        item(HAPPY, id=str(there.pk)),
        item(id=str(foreign.pk)),
        {"text": SAD, "written_on": "2026-11-01"},
        item(id=str(gone.pk)),
        item(mood="joy"),
        good,
        item(HAPPY, id=good["id"]),
        item(written_on="2999-01-01", tags=["가"] * 20),
        {},
    )
    assert [result["status"] for result in results] == [400, 201, 409, 409, 400, 410, 400, 200, 409, 400, 400]
    assert [[error["pointer"] for error in (r["problem"] or {}).get("errors", [])] for r in results] == [
        ["/entries/0/text"],
        [],
        [],
        [],
        ["/entries/4/id"],
        [],
        ["/entries/6/mood"],
        [],
        [],
        ["/entries/9/written_on", "/entries/9/tags"],
        ["/entries/10/id", "/entries/10/text", "/entries/10/written_on"],
    ]
    assert all(result["problem"]["title"] and result["problem"]["detail"] for result in results if result["problem"])
    assert Entry.objects.of(owner).count() == 2
    assert "할머니" not in json.dumps(results[3], ensure_ascii=False)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"entries": [item() for _ in range(101)]}, "/entries"),
        ({"entries": [item(), "글"]}, "/entries/1"),
        ({"entries": {}}, "/entries"),
        ({}, "/entries"),
        ([], ""),
        ({"entries": [], "atomic": True}, "/atomic"),
    ],
)
def test_batch_that_is_none_points_at_it_and_saves_nothing(owner_api: APIClient, body: Any, pointer: str) -> None:
    response = owner_api.post(URL, body, format="json")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert not Entry.objects.exists()


def test_batch_of_a_hundred_is_read_whole(owner_api: APIClient) -> None:
    results = send(owner_api, *(item(f"{SAD} {number}") for number in range(100)))
    assert {result["status"] for result in results} == {201}
    assert {result["entry"]["status"] for result in results} == {"analyzed"}


def test_batch_without_a_model_is_saved(owner_api: APIClient, settings: Settings, tmp_path: Any) -> None:
    settings.EMOTION_MODEL_DIR = tmp_path
    [result] = send(owner_api, item())
    assert (result["status"], result["entry"]["analysis"]) == (201, None)


def test_batch_query_count_of_what_was_sent_before(
    owner_api: APIClient, catalogue: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sent = [item(f"{SAD} {number}") for number in range(10)]
    send(owner_api, *sent)
    with django_assert_max_num_queries(3 + 10 * 12):
        send(owner_api, *sent)


def test_batch_too_large_answers_413(owner_api: APIClient) -> None:
    response = owner_api.post(URL, {"entries": [item("가" * 60_000) for _ in range(40)]}, format="json")
    assert response.status_code == 413
    assert not Entry.objects.exists()


def test_batch_of_nobody_is_refused(db: None) -> None:
    assert APIClient().post(URL, {"entries": [item()]}, format="json").status_code == 401


def test_batch_sent_again_reads_what_was_left_unread(
    owner_api: APIClient, settings: Settings, tmp_path: Any, catalogue: None
) -> None:
    model = settings.EMOTION_MODEL_DIR
    settings.EMOTION_MODEL_DIR = tmp_path
    sent = [item(HAPPY), item(SAD)]
    send(owner_api, *sent)
    settings.EMOTION_MODEL_DIR = model
    assert [r["entry"]["analysis"]["label"] for r in send(owner_api, *sent)] == ["joy", "sadness"]
