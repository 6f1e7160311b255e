"""What readers say of films and tracks: remembered by person and item, and kept to in what comes next."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from diary import selectors, services
from diary.feedback import give_feedback
from diary.models import Entry, Feedback, Recommendation
from ml.labels import Strategy
from tests.factories import SAD

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 11, 1)
HTMX = {"hx-request": "true"}


@pytest.fixture
def entry(owner: User, catalogue: None) -> Entry:
    return services.create_entry(user=owner, text=SAD, written_on=DAY)[0]


@pytest.fixture
def movie_item(entry: Entry) -> Recommendation:
    return first_of(entry, "movies")


@pytest.fixture
def track_item(entry: Entry) -> Recommendation:
    return first_of(entry, "tracks")


def first_of(entry: Entry, kind: str) -> Recommendation:
    answer = selectors.answer_of(entry, Strategy.MATCH)
    assert answer is not None
    item: Recommendation = getattr(answer, kind)[0]
    return item


def page_of(item: Recommendation) -> str:
    return reverse("diary:recommendation-feedback", args=[item.pk])


def endpoint_of(item: Recommendation) -> str:
    return f"/api/v1/recommendations/{item.pk}/feedback/"


def said() -> list[tuple[str, bool]]:
    return list(Feedback.objects.values_list("opinion", "is_seen"))


def test_give_feedback_twice_is_one_row(owner: User, movie_item: Recommendation) -> None:
    for _ in range(2):
        give_feedback(user=owner, recommendation_id=movie_item.pk, opinion="like")
    assert said() == [("like", False)]


def test_give_feedback_seen_stands_beside_the_opinion(owner: User, track_item: Recommendation) -> None:
    give_feedback(user=owner, recommendation_id=track_item.pk, opinion="like")
    give_feedback(user=owner, recommendation_id=track_item.pk, is_seen=True)
    assert said() == [("like", True)]
    give_feedback(user=owner, recommendation_id=track_item.pk, opinion="dislike")
    assert said() == [("dislike", True)]
    give_feedback(user=owner, recommendation_id=track_item.pk, is_seen=False)
    assert said() == [("dislike", False)]


def test_give_feedback_taken_back_leaves_nothing(owner: User, movie_item: Recommendation) -> None:
    give_feedback(user=owner, recommendation_id=movie_item.pk, opinion="dislike")
    for _ in range(2):
        give_feedback(user=owner, recommendation_id=movie_item.pk, opinion="")
        assert said() == []


def test_give_feedback_is_told_with_the_item(
    owner: User, movie_item: Recommendation, track_item: Recommendation
) -> None:
    give_feedback(user=owner, recommendation_id=movie_item.pk, opinion="like", is_seen=True)
    told = {
        item.pk: (item.opinion, item.is_seen) for item in Recommendation.objects.of(owner).with_items().order_by("pk")
    }
    assert told.pop(movie_item.pk) == ("like", True)
    assert set(told.values()) == {("", False)}
    assert track_item.pk in told


def test_give_feedback_holds_for_the_person_alone(owner: User, outsider: User, movie_item: Recommendation) -> None:
    Feedback.objects.create(user=outsider, movie_id=movie_item.movie_id, opinion="dislike", is_seen=True)
    item = selectors.get_recommendation(user=owner, recommendation_id=movie_item.pk)
    assert (item.opinion, item.is_seen) == ("", False)


def test_give_feedback_on_another_persons_item(outsider: User, movie_item: Recommendation) -> None:
    with pytest.raises(Recommendation.DoesNotExist):
        give_feedback(user=outsider, recommendation_id=movie_item.pk, opinion="like")
    assert said() == []


def test_feedback_goes_with_its_user(owner: User, movie_item: Recommendation) -> None:
    give_feedback(user=owner, recommendation_id=movie_item.pk, opinion="like")
    owner.delete()
    assert said() == []


@pytest.mark.parametrize(
    ("button", "expected", "next_button"),
    [
        ("like", [("like", False)], "no-opinion"),
        ("dislike", [("dislike", False)], "no-opinion"),
        ("seen", [("", True)], "unseen"),
    ],
)
def test_page_button_says_it_and_the_next_press_takes_it_back(
    owner_client: Client, movie_item: Recommendation, button: str, expected: list[tuple[str, bool]], next_button: str
) -> None:
    for _ in range(2):  # a double click
        response = owner_client.post(page_of(movie_item), {"feedback": button}, headers=HTMX)
        assert said() == expected
    assert f'id="{button}-{movie_item.pk}" name="feedback" value="{next_button}" aria-pressed="true"' in response.text
    assert 'role="status"' in response.text
    assert ("다시 건네지 않을게요." in response.text) == (button != "like")
    owner_client.post(page_of(movie_item), {"feedback": next_button}, headers=HTMX)
    assert said() == []


def test_page_without_htmx_leads_back_to_the_item(
    owner_client: Client, entry: Entry, track_item: Recommendation
) -> None:
    response = owner_client.post(page_of(track_item), {"feedback": "seen"})
    place = reverse("diary:entry-detail", args=[entry.pk])
    assert response.url == f"{place}?strategy=match#item-{track_item.pk}"
    page = owner_client.get(response.url).text
    assert f'id="item-{track_item.pk}"' in page
    assert f'id="seen-{track_item.pk}" name="feedback" value="unseen" aria-pressed="true"' in page


@pytest.mark.parametrize("value", ["", "love", "\x00"])
def test_page_senseless_button_changes_nothing(owner_client: Client, movie_item: Recommendation, value: str) -> None:
    assert owner_client.post(page_of(movie_item), {"feedback": value}, headers=HTMX).status_code == 200
    assert said() == []


def test_page_outsider_404_anonymous_login(outsider_client: Client, movie_item: Recommendation) -> None:
    assert outsider_client.post(page_of(movie_item), {"feedback": "like"}).status_code == 404
    assert outsider_client.post(page_of(movie_item), {"feedback": "love"}).status_code == 404
    assert reverse("account_login") in Client().post(page_of(movie_item), {"feedback": "like"}).url
    assert outsider_client.get(page_of(movie_item)).url == reverse("diary:home")  # as after a log-in
    assert outsider_client.put(page_of(movie_item)).status_code == 405
    assert said() == []


def test_page_of_no_recommendation_at_all(owner_client: Client, entry: Entry) -> None:
    url = f"/recommendations/{'9' * 30}/feedback/"
    assert owner_client.post(url, {"feedback": "like"}).status_code == 404


def test_api_put_and_delete(owner_api: APIClient, entry: Entry, movie_item: Recommendation) -> None:
    body = {"opinion": "like", "is_seen": True}
    for _ in range(2):
        response = owner_api.put(endpoint_of(movie_item), body, format="json")
        assert (response.status_code, response.json()) == (200, body)
    assert said() == [("like", True)]
    shown = owner_api.get(f"/api/v1/entries/{entry.pk}/").json()["recommendations"]["match"]["movies"]
    assert shown[0]["id"] == movie_item.pk
    assert [item["feedback"] for item in shown] == [body] + [{"opinion": None, "is_seen": False}] * 2
    for _ in range(2):
        assert owner_api.delete(endpoint_of(movie_item)).status_code == 204
        assert said() == []


def test_api_put_replaces_all_that_was_said(owner_api: APIClient, movie_item: Recommendation) -> None:
    owner_api.put(endpoint_of(movie_item), {"opinion": "dislike", "is_seen": True}, format="json")
    owner_api.put(endpoint_of(movie_item), {"opinion": None, "is_seen": True}, format="json")
    assert said() == [("", True)]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"opinion": "love", "is_seen": False}, "/opinion"),
        ({"opinion": "like"}, "/is_seen"),
        ({"is_seen": True}, "/opinion"),
        ({"opinion": "like", "is_seen": "perhaps"}, "/is_seen"),
        ({"opinion": "like", "is_seen": True, "stars": 5}, "/stars"),
        ([], ""),
    ],
)
def test_api_put_wrong_body(owner_api: APIClient, movie_item: Recommendation, body: object, pointer: str) -> None:
    response = owner_api.put(endpoint_of(movie_item), body, format="json")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert said() == []


@pytest.mark.parametrize("method", ["put", "delete"])
def test_api_outsider_404_anonymous_401(outsider_api: APIClient, movie_item: Recommendation, method: str) -> None:
    response = getattr(outsider_api, method)(endpoint_of(movie_item), {}, format="json")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert getattr(APIClient(), method)(endpoint_of(movie_item), {}, format="json").status_code == 401
    assert said() == []


def test_api_feedback_query_count(
    owner: User, movie_item: Recommendation, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    give_feedback(user=owner, recommendation_id=movie_item.pk, opinion="like")
    # begin, turn, the item before, lock, update, sweep, the item after, entries that show it, commit
    with django_assert_max_num_queries(12):
        give_feedback(user=owner, recommendation_id=movie_item.pk, opinion="dislike")
