"""The API: everything that the pages do, one shape of errors, and nobody else's entries."""

import json
import uuid
from datetime import date, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from diary import services
from diary.models import Entry
from tests.factories import HAPPY, PASSWORD, SAD, make_entry

pytestmark = pytest.mark.django_db(transaction=True)

ENTRIES = "/api/v1/entries/"
DAY = date(2026, 11, 1)
READ_FIRST = {"if-match": '"1"'}


def url_of(entry: Entry) -> str:
    return f"{ENTRIES}{entry.pk}/"


@pytest.fixture
def entry(owner: User, catalogue: None) -> Entry:
    return services.create_entry(user=owner, text=SAD, written_on=DAY)[0]


def test_create_answers_with_analysis_and_recommendations(owner_api: APIClient, catalogue: None) -> None:
    response = owner_api.post(ENTRIES, {"text": SAD, "written_on": "2026-11-01"}, format="json")
    assert response.status_code == 201
    data = response.json()
    assert data["status"] == "analyzed"
    assert data["analysis"]["label"] == "sadness"
    assert sum(data["analysis"]["scores"].values()) == pytest.approx(1, abs=1e-3)
    assert [m["emotion"] for m in data["recommendations"]["match"]["movies"]] == ["sadness"] * 3
    assert [t["mood"] for t in data["recommendations"]["shift"]["tracks"]] == ["happy"] * 3
    assert data["recommendations"]["match"]["tracks"][0]["track"]["url"].startswith("https://open.spotify.com/track/")
    assert response["ETag"].startswith('"1-')


def test_create_again_with_the_same_id_answers_200(owner_api: APIClient) -> None:
    body = {"id": str(uuid.uuid4()), "text": SAD, "written_on": "2026-11-01"}
    first = owner_api.post(ENTRIES, body, format="json")
    second = owner_api.post(ENTRIES, body, format="json")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"] == body["id"]


def test_create_with_the_id_of_another_text_answers_409(owner_api: APIClient, entry: Entry) -> None:
    body = {"id": str(entry.pk), "text": HAPPY, "written_on": "2026-11-01"}
    response = owner_api.post(ENTRIES, body, format="json")
    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"text": "", "written_on": "2026-11-01"}, "/text"),
        ({"text": "가" * 100_001, "written_on": "2026-11-01"}, "/text"),
        ({"text": None, "written_on": "2026-11-01"}, "/text"),
        ({"text": ["글"], "written_on": "2026-11-01"}, "/text"),
        ({"written_on": "2026-11-01"}, "/text"),
        ({"text": SAD, "written_on": "2999-01-01"}, "/written_on"),
        ({"text": SAD, "written_on": "어제"}, "/written_on"),
        ({"text": SAD}, "/written_on"),
        ({"text": SAD, "written_on": "2026-11-01", "id": "nope"}, "/id"),
        ({"text": 5, "written_on": "2026-11-01"}, "/text"),
        ({"text": SAD, "written_on": "2026-11-01", "tags": [5]}, "/tags/0"),
        ({"text": SAD, "written_on": "2026-11-01", "tags": ["가" * 31]}, "/tags/0"),
        ({"text": SAD, "written_on": "2026-11-01", "tags": ["가"] * 11}, "/tags"),
        ({"text": SAD, "written_on": "2026-11-01", "id": 5}, "/id"),
        ([], ""),
    ],
)
def test_create_bad_input_points_at_the_field(owner_api: APIClient, body: object, pointer: str) -> None:
    response = owner_api.post(ENTRIES, body, format="json")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert problem["detail"]
    assert not Entry.objects.exists()


def test_create_broken_json(owner_api: APIClient) -> None:
    response = owner_api.post(ENTRIES, b'{"text": "', content_type="application/json")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_create_with_the_id_of_an_outsiders_entry_answers_409(owner_api: APIClient, outsider: User) -> None:
    entry = make_entry(outsider)
    body = {"id": str(entry.pk), "text": entry.text, "written_on": "2026-11-01"}
    response = owner_api.post(ENTRIES, body, format="json")
    assert response.status_code == 409
    assert "할머니" not in response.text


@pytest.mark.parametrize("query", [{}, {"updated_since": "1970-01-01T00:00:00Z"}])
def test_list_brings_recommendations_when_it_is_asked_to(
    owner_api: APIClient, entry: Entry, query: dict[str, str]
) -> None:
    whole = owner_api.get(url_of(entry)).json()
    [listed] = owner_api.get(ENTRIES, query).json()["results"]
    assert listed == {name: value for name, value in whole.items() if name != "recommendations"}
    [listed] = owner_api.get(ENTRIES, query | {"include": "recommendations"}).json()["results"]
    assert listed == whole
    assert owner_api.get(ENTRIES, query | {"include": "everything"}).status_code == 400


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"q": "말 " * 3000}, 200),
        ({"q": "\x00"}, 400),
        ({"cursor": "garbage"}, 400),
        ({"page_size": "x"}, 400),
        ({"page_size": "0"}, 400),
        ({"page_size": "100"}, 200),
        ({"page_size": "101"}, 400),
        ({"page_size": "9" * 5000}, 400),
        ({"emotion": ""}, 400),
        ({"from": ""}, 400),
        ({"to": "20261126"}, 400),
        ({"to": "2026-W48-4"}, 400),
        ({"format": "xml"}, 400),
    ],
)
def test_list_strange_queries(owner_api: APIClient, owner: User, query: dict[str, str], status: int) -> None:
    make_entry(owner)
    response = owner_api.get(ENTRIES, query)
    assert response.status_code == status
    assert (response["Content-Type"] == "application/problem+json") == (status != 200)
    if status == 400:
        assert [error["pointer"] for error in response.json()["errors"]] == [f"/{name}" for name in query]


def test_create_too_deep_or_too_large(owner_api: APIClient) -> None:
    deep = owner_api.post(ENTRIES, "[" * 100_000, content_type="application/json")
    large = owner_api.post(ENTRIES, '{"text": "' + "a" * 6_000_000 + '"}', content_type="application/json")
    assert (deep.status_code, large.status_code) == (400, 413)
    assert deep["Content-Type"] == large["Content-Type"] == "application/problem+json"


def test_unknown_address_of_the_api_answers_a_problem(client: Client) -> None:
    response = client.get("/api/v1/nope/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_answers_are_not_stored(owner_api: APIClient, entry: Entry) -> None:
    for url in (ENTRIES, url_of(entry)):
        assert "no-store" in owner_api.get(url)["Cache-Control"]


@pytest.mark.parametrize(
    "text", ["널\x00문자", "반쪽 \ud83d 글자", "😭👨‍👩‍👧", "\u202e뒤집힌\u202c", "문장이다. " * 50]
)
def test_create_strange_text_is_read(owner_api: APIClient, text: str) -> None:
    body = json.dumps({"text": text, "written_on": "2026-11-01"})
    response = owner_api.post(ENTRIES, body, content_type="application/json")
    assert response.status_code == 201
    assert response.json()["status"] == "analyzed"


def test_read(owner_api: APIClient, entry: Entry) -> None:
    response = owner_api.get(url_of(entry))
    assert response.status_code == 200
    assert response.json()["text"] == SAD


def test_read_unanalysed_has_nulls(owner_api: APIClient, owner: User) -> None:
    data = owner_api.get(url_of(make_entry(owner))).json()
    assert (data["status"], data["analysis"], data["recommendations"]) == ("pending", None, None)


@pytest.mark.parametrize("count", [1, 20])
def test_list_query_count_does_not_grow(
    owner_api: APIClient,
    owner: User,
    catalogue: None,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        services.create_entry(user=owner, text=SAD, written_on=DAY - timedelta(days=number))
    with django_assert_num_queries(2):  # entries with analyses, tags
        assert len(owner_api.get(ENTRIES).json()["results"]) == count


def test_list_filters(owner_api: APIClient, owner: User, entry: Entry) -> None:
    services.create_entry(user=owner, text=HAPPY, written_on=DAY)
    assert [e["text"] for e in owner_api.get(ENTRIES, {"q": "합격"}).json()["results"]] == [HAPPY]
    assert [e["text"] for e in owner_api.get(ENTRIES, {"emotion": "sadness"}).json()["results"]] == [SAD]
    assert owner_api.get(ENTRIES, {"emotion": "hunger"}).status_code == 400


def test_patch_text_is_read_anew(owner_api: APIClient, entry: Entry) -> None:
    response = owner_api.patch(url_of(entry), {"text": HAPPY}, format="json", headers=READ_FIRST)
    assert response.status_code == 200
    assert response.json()["analysis"]["label"] == "joy"
    assert response.json()["written_on"] == "2026-11-01"
    assert response["ETag"].startswith('"2-')


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', '"0"', '"7"', '"not-a-number"', '"' + "9" * 5000 + '"'])
def test_patch_outdated_answers_412_with_the_current_entry(owner_api: APIClient, entry: Entry, tag: str) -> None:
    services.update_entry(entry=entry, text="다른 기기에서 쓴 글", written_on=DAY, revision=1)
    response = owner_api.patch(url_of(entry), {"text": HAPPY}, format="json", headers={"if-match": tag})
    assert response.status_code == 412
    assert response.json()["current"]["text"] == "다른 기기에서 쓴 글"
    assert response.json()["current"]["revision"] == 2


@pytest.mark.parametrize("tag", ["2", '"', '"a b"', '"1', "W/1", '"1 "', '"가"'.encode().decode("latin-1")])
def test_change_with_what_is_no_entity_tag_answers_400(owner_api: APIClient, entry: Entry, tag: str) -> None:
    for response in (
        owner_api.patch(url_of(entry), {"text": HAPPY}, format="json", headers={"if-match": tag}),
        owner_api.delete(url_of(entry), headers={"if-match": tag}),
    ):
        assert response.status_code == 400
        assert [error["pointer"] for error in response.json()["errors"]] == ["/If-Match"]
    assert Entry.objects.get().text == entry.text


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_change_without_if_match_answers_428(owner_api: APIClient, entry: Entry, method: str) -> None:
    response = getattr(owner_api, method)(url_of(entry), {"text": HAPPY}, format="json")
    assert response.status_code == 428
    assert "If-Match" in response.json()["detail"]
    entry.refresh_from_db()
    assert entry.text == SAD


def test_patch_with_a_star_overwrites(owner_api: APIClient, entry: Entry) -> None:
    services.update_entry(entry=entry, text="다른 기기에서 쓴 글", written_on=DAY, revision=1)
    response = owner_api.patch(url_of(entry), {"text": HAPPY}, format="json", headers={"if-match": "*"})
    assert response.status_code == 200
    assert response.json()["text"] == HAPPY


def test_delete_outdated_answers_412(owner_api: APIClient, entry: Entry) -> None:
    services.update_entry(entry=entry, text=HAPPY, written_on=DAY, revision=1)
    assert owner_api.delete(url_of(entry), headers=READ_FIRST).status_code == 412
    assert Entry.objects.exists()


def test_delete(owner_api: APIClient, entry: Entry) -> None:
    assert owner_api.delete(url_of(entry), headers=READ_FIRST).status_code == 204
    assert owner_api.get(url_of(entry)).status_code == 404


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_outsider_finds_nothing(outsider_api: APIClient, entry: Entry, method: str) -> None:
    body = {"text": "남의 글"} if method != "get" else None
    response = getattr(outsider_api, method)(url_of(entry), body, format="json", headers=READ_FIRST)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    entry.refresh_from_db()
    assert entry.text == SAD


def test_outsider_lists_nothing(outsider_api: APIClient, entry: Entry) -> None:
    assert outsider_api.get(ENTRIES).json()["results"] == []


@pytest.mark.parametrize("method", ["get", "post", "patch", "delete"])
def test_anonymous_is_refused(entry: Entry, method: str) -> None:
    url = ENTRIES if method == "post" else url_of(entry)
    response = getattr(APIClient(), method)(url, {"text": HAPPY}, format="json")
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"


def test_session_cookie_needs_a_csrf_token(owner: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(owner)
    response = client.post(ENTRIES, {"text": SAD, "written_on": "2026-11-01"}, format="json")
    assert response.status_code == 403


def test_sign_up_by_the_app_gives_a_token_that_works_and_ends(catalogue: None) -> None:
    client = Client()
    account = {"email": "phone@example.com", "password": PASSWORD}
    response = client.post("/_allauth/app/v1/auth/signup", account, content_type="application/json")
    assert response.status_code == 200, response.text
    token = {"x-session-token": response.json()["meta"]["session_token"]}
    body = {"text": SAD, "written_on": "2026-11-01"}
    created = Client().post(ENTRIES, body, content_type="application/json", headers=token)
    assert created.status_code == 201
    assert created.json()["analysis"]["label"] == "sadness"

    Client().delete("/_allauth/app/v1/auth/session", headers=token)
    assert Client().get(ENTRIES, headers=token).status_code == 401


def test_made_up_token_is_refused(db: None) -> None:
    assert Client().get(ENTRIES, headers={"x-session-token": "made-up"}).status_code == 401


def test_api_unknown_field_is_refused_and_nothing_saved(owner_api: APIClient) -> None:
    body = {"text": SAD, "written_on": "2026-11-01", "writtenOn": "2026-11-02"}
    response = owner_api.post("/api/v1/entries/", body, format="json")
    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == ["/writtenOn"]
    assert not Entry.objects.exists()


def test_api_what_was_read_can_be_sent_back(owner_api: APIClient, catalogue: None) -> None:
    created = owner_api.post("/api/v1/entries/", {"text": SAD, "written_on": "2026-11-01"}, format="json").json()
    response = owner_api.patch(
        f"/api/v1/entries/{created['id']}/", created | {"text": HAPPY}, format="json", headers={"If-Match": "*"}
    )
    assert (response.status_code, response.json()["text"]) == (200, HAPPY)


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", [3, 2, 1]),
        ("from=2026-11-02", [3, 2]),
        ("to=2026-11-02", [2, 1]),
        ("from=2026-11-02&to=2026-11-02", [2]),
        ("from=2026-11-03&to=2026-11-01", []),
    ],
)
def test_api_list_of_a_period(owner_api: APIClient, owner: User, query: str, days: list[int]) -> None:
    for day in (1, 2, 3):
        make_entry(owner, written_on=date(2026, 11, day))
    found = owner_api.get(f"/api/v1/entries/?{query}").json()["results"]
    assert [entry["written_on"] for entry in found] == [f"2026-11-{day:02d}" for day in days]


@pytest.mark.parametrize("query", ["from=yesterday", "to=2026-13-01", "from=%00"])
def test_api_list_of_no_day_says_so(owner_api: APIClient, query: str) -> None:
    response = owner_api.get(f"/api/v1/entries/?{query}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == f"/{query.partition('=')[0]}"


@pytest.mark.parametrize("body", ['{"label": "\\ud800"}', '{"label": "joy", "\\ud800": 1}'])
def test_api_error_quotes_what_utf8_cannot_carry(owner_api: APIClient, owner: User, body: str) -> None:
    entry = make_entry(owner)
    response = owner_api.put(f"/api/v1/entries/{entry.pk}/correction/", body, content_type="application/json")
    assert response.status_code == 400
    assert "ud800" in json.dumps(response.json())


def test_api_error_does_not_echo_a_long_value(owner_api: APIClient, owner: User) -> None:
    entry = make_entry(owner)
    response = owner_api.put(f"/api/v1/entries/{entry.pk}/correction/", {"label": "x" * 100_000}, format="json")
    assert response.status_code == 400
    assert len(response.content) < 5_000
