"""다른 추천: others than an entry is answered with, as often as there are any, and nothing comes back soon."""

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from catalog.curation import writes
from catalog.models import Movie, Track
from diary import analysis, selectors, services
from diary.models import Entry, Feedback, Recommendation
from diary.recommend import NO_REPEAT, recommend_for
from ml.labels import Emotion, Strategy
from tests.factories import HAPPY, SAD, make_entry

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 11, 1)
HTMX = {"hx-request": "true", "hx-target": "recommendations"}


@pytest.fixture
def entry(owner: User, catalogue: None) -> Entry:
    return services.create_entry(user=owner, text=SAD, written_on=DAY)[0]


def answer_of(entry: Entry, strategy: Strategy = Strategy.MATCH) -> selectors.Answer:
    answer = selectors.answer_of(selectors.get_entry(user=entry.user, entry_id=entry.pk), strategy)
    assert answer is not None
    return answer


def movies(answer: selectors.Answer) -> list[int]:
    return [r.movie_id for r in answer.movies if r.movie_id]


def tracks(answer: selectors.Answer) -> list[int]:
    return [r.track_id for r in answer.tracks if r.track_id]


def url_of(entry: Entry) -> str:
    return reverse("diary:entry-recommend-again", args=[entry.pk])


def endpoint_of(entry: Entry) -> str:
    return f"/api/v1/entries/{entry.pk}/recommendations/others/"


def test_others_are_others_of_the_same_feeling(entry: Entry) -> None:
    seen: set[int] = set(movies(answer_of(entry)))
    for _ in range(3):
        services.recommend_again(entry=entry, strategy=Strategy.MATCH)
        answer = answer_of(entry)
        assert len(movies(answer)) == len(tracks(answer)) == 3
        assert {r.tag for r in answer.movies} == {"sadness"}
        assert seen.isdisjoint(movies(answer))
        seen.update(movies(answer))
    assert Recommendation.objects.filter(entry=entry, strategy="match").count() == 4 * 6


def test_others_leave_the_other_strategy_alone(entry: Entry) -> None:
    before = answer_of(entry, Strategy.SHIFT)
    services.recommend_again(entry=entry, strategy=Strategy.MATCH)
    assert answer_of(entry, Strategy.SHIFT) == before


def test_others_follow_the_correction(entry: Entry) -> None:
    services.correct_emotion(entry=entry, emotion=Emotion.ANGER)
    services.recommend_again(entry=entry, strategy=Strategy.MATCH)
    assert {r.tag for r in answer_of(entry).movies} == {Emotion.ANGER}


def test_replaced_ones_do_not_return_to_another_entry_within_thirty_days(owner: User, entry: Entry) -> None:
    replaced = set(movies(answer_of(entry)))
    services.recommend_again(entry=entry, strategy=Strategy.MATCH)
    keep_movies(replaced)
    another = services.create_entry(user=owner, text=SAD, written_on=DAY)[0]
    assert movies(answer_of(another)) == []
    Recommendation.objects.filter(entry=entry).update(created_at=timezone.now() - NO_REPEAT - timedelta(hours=1))
    later = services.create_entry(user=owner, text=SAD, written_on=DAY)[0]
    assert set(movies(answer_of(later))) == replaced


def test_what_a_correction_replaced_does_not_return_either(owner: User, entry: Entry) -> None:
    replaced = set(movies(answer_of(entry)))
    services.correct_emotion(entry=entry, emotion=Emotion.ANGER)
    keep_movies(replaced)
    another = services.create_entry(user=owner, text=SAD, written_on=DAY)[0]
    assert movies(answer_of(another)) == []


@pytest.mark.parametrize("said", [{"opinion": "dislike"}, {"is_seen": True}, {"opinion": "like", "is_seen": True}])
def test_disliked_and_seen_never_return(owner: User, entry: Entry, said: dict[str, object]) -> None:
    refused_movies, refused_tracks = movies(answer_of(entry)), tracks(answer_of(entry))
    for pk in refused_movies:
        Feedback.objects.create(user=owner, movie_id=pk, **said)
    for pk in refused_tracks:
        Feedback.objects.create(user=owner, track_id=pk, **said)
    Recommendation.objects.update(created_at=timezone.now() - 12 * NO_REPEAT)
    keep_movies({*refused_movies, others_than(refused_movies)})
    keep_tracks(set(refused_tracks))
    later = recommend_for(make_entry(owner), scores={Emotion.SADNESS: 1.0})
    assert not {r.movie_id for r in later if r.movie_id} & set(refused_movies)
    assert [r for r in later if r.movie_id]
    assert not [r for r in later if r.track_id]


def test_liked_may_return_after_thirty_days(owner: User, entry: Entry) -> None:
    liked = movies(answer_of(entry))
    for pk in liked:
        Feedback.objects.create(user=owner, movie_id=pk, opinion="like")
    keep_movies(set(liked))
    assert not [r for r in recommend_for(make_entry(owner), scores={Emotion.SADNESS: 1.0}) if r.movie_id]
    Recommendation.objects.update(created_at=timezone.now() - NO_REPEAT - timedelta(hours=1))
    later = recommend_for(make_entry(owner), scores={Emotion.SADNESS: 1.0})
    assert {r.movie_id for r in later if r.movie_id} == set(liked)


def test_what_another_person_refuses_may_come(owner: User, outsider: User, catalogue: None) -> None:
    for movie in Movie.objects.all():
        Feedback.objects.create(user=outsider, movie=movie, opinion="dislike")
    assert [r for r in recommend_for(make_entry(owner), scores={Emotion.SADNESS: 1.0}) if r.movie_id]
    assert not [r for r in recommend_for(make_entry(outsider), scores={Emotion.SADNESS: 1.0}) if r.movie_id]


def test_nothing_left_keeps_what_stands(entry: Entry) -> None:
    before = answer_of(entry)
    keep_movies(set())
    keep_tracks(set())
    again, has_others = services.recommend_again(entry=entry, strategy=Strategy.MATCH)
    assert not has_others
    assert answer_of(again) == before


def test_one_list_left_changes_that_one(entry: Entry) -> None:
    before = answer_of(entry)
    keep_movies(set())
    _, has_others = services.recommend_again(entry=entry, strategy=Strategy.MATCH)
    assert has_others
    assert movies(answer_of(entry)) == movies(before)
    assert not set(tracks(answer_of(entry))) & set(tracks(before))


def test_second_click_chooses_nothing_more(entry: Entry) -> None:
    newest_id = answer_of(entry).newest_id
    services.recommend_again(entry=entry, strategy=Strategy.MATCH, newest_id=newest_id)
    first = answer_of(entry)
    assert services.recommend_again(entry=entry, strategy=Strategy.MATCH, newest_id=newest_id)[1]
    assert answer_of(entry) == first
    services.recommend_again(entry=entry, strategy=Strategy.MATCH, newest_id=first.newest_id)
    assert answer_of(entry) != first


def at_once(number: int, act: Callable[[], object]) -> None:
    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_ten_clicks_at_once_are_one(entry: Entry) -> None:
    newest_id = answer_of(entry).newest_id
    told: list[bool] = []
    at_once(
        10,
        lambda: told.append(services.recommend_again(entry=entry, strategy=Strategy.MATCH, newest_id=newest_id)[1]),
    )
    assert told == [True] * 10
    assert Recommendation.objects.filter(entry=entry, strategy="match").count() == 2 * 6
    assert len(movies(answer_of(entry))) == len(tracks(answer_of(entry))) == 3


def test_six_asks_at_once_choose_six_times_and_nothing_twice(entry: Entry) -> None:
    told: list[bool] = []
    at_once(6, lambda: told.append(services.recommend_again(entry=entry, strategy=Strategy.MATCH)[1]))
    assert told == [True] * 6
    shown = Recommendation.objects.filter(entry=entry, strategy="match")
    assert shown.current().count() == 6
    ids = [pk for pk in shown.values_list("movie_id", flat=True) if pk]
    assert len(ids) == len(set(ids)) == 7 * 3


def test_reading_that_overlaps_a_new_choice_leaves_one_whole_answer(entry: Entry) -> None:
    [prediction] = analysis.get_predictor().predict([entry.text])
    chosen = recommend_for(entry, scores=prediction.scores)  # keeps what stands, as another model's reading would
    services.recommend_again(entry=entry, strategy=Strategy.MATCH)
    assert analysis.save_analysis(entry, prediction, chosen)
    assert len(movies(answer_of(entry))) == len(tracks(answer_of(entry))) == 3


def test_two_current_lists_are_refused_by_the_database(entry: Entry) -> None:
    item = Recommendation.objects.get(pk=answer_of(entry).movies[0].pk)
    item.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        item.save(force_insert=True)


def test_unread_entry_is_not_answered(owner: User, catalogue: None) -> None:
    entry = make_entry(owner)
    assert services.recommend_again(entry=entry, strategy=Strategy.MATCH) == (entry, False)
    assert not Recommendation.objects.exists()


def test_deleted_meanwhile(entry: Entry) -> None:
    Entry.objects.all().delete()
    with pytest.raises(Entry.DoesNotExist):
        services.recommend_again(entry=entry, strategy=Strategy.MATCH)


def test_page_shows_the_others(owner_client: Client, entry: Entry) -> None:
    before = movies(answer_of(entry, Strategy.SHIFT))
    data = {"strategy": "shift", "newest_id": str(answer_of(entry, Strategy.SHIFT).newest_id)}
    response = owner_client.post(url_of(entry), data, headers=HTMX)
    answer = answer_of(entry, Strategy.SHIFT)
    assert not set(movies(answer)) & set(before)
    for item in answer.movies:
        assert f'id="item-{item.pk}"' in response.text
    assert f'name="newest_id" value="{answer.newest_id}"' in response.text
    assert "다른 추천을 골랐어요." in response.text
    assert "<html" not in response.text


def test_page_says_when_nothing_is_left(owner_client: Client, entry: Entry) -> None:
    keep_movies(set())
    keep_tracks(set())
    response = owner_client.post(url_of(entry), {"strategy": "match"}, headers=HTMX)
    assert response.text.count("지금은 더 건넬 것이 없어서 그대로 두었어요.") == 2  # to be seen, and to be heard
    assert response.text.count('class="ticket ') == 3


def test_page_without_htmx_leads_to_the_answer(owner_client: Client, entry: Entry) -> None:
    response = owner_client.post(url_of(entry), {"strategy": "shift", "newest_id": "9" * 5000}, follow=True)
    assert response.redirect_chain[0][0].endswith("?strategy=shift#recommendations")
    assert "다른 추천을 골랐어요." in response.text


def test_page_outsider_404_anonymous_login(outsider_client: Client, entry: Entry) -> None:
    assert outsider_client.post(url_of(entry)).status_code == 404
    assert reverse("account_login") in Client().post(url_of(entry)).url
    assert outsider_client.put(url_of(entry)).status_code == 405
    assert Recommendation.objects.filter(is_current=False).count() == 0


def test_api_reads_by_strategy(owner_api: APIClient, entry: Entry) -> None:
    whole = owner_api.get(f"/api/v1/entries/{entry.pk}/").json()["recommendations"]
    url = f"/api/v1/entries/{entry.pk}/recommendations/"
    for query, strategy in (({}, "match"), ({"strategy": "match"}, "match"), ({"strategy": "shift"}, "shift")):
        assert owner_api.get(url, query).json() == {"strategy": strategy} | whole[strategy]
    assert owner_api.get(url, {"strategy": "sideways"}).json()["errors"][0]["pointer"] == "/strategy"


def test_api_asks_for_others(owner_api: APIClient, entry: Entry) -> None:
    before = answer_of(entry)
    body = {"strategy": "match", "newest_id": before.newest_id}
    first = owner_api.post(endpoint_of(entry), body, format="json")
    assert first.status_code == 200
    assert first.json()["has_others"] is True
    assert not {m["movie"]["id"] for m in first.json()["movies"]} & set(movies(before))
    assert owner_api.post(endpoint_of(entry), body, format="json").json() == first.json()  # a retry


def test_api_nothing_left(owner_api: APIClient, entry: Entry) -> None:
    keep_movies(set())
    keep_tracks(set())
    data = owner_api.post(endpoint_of(entry), {"strategy": "match"}, format="json").json()
    assert data["has_others"] is False
    assert [m["movie"]["id"] for m in data["movies"]] == movies(answer_of(entry))


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/strategy"),
        ({"strategy": "sideways"}, "/strategy"),
        ({"strategy": "match", "newest_id": "x"}, "/newest_id"),
        ({"strategy": "match", "newest": 3}, "/newest"),
    ],
)
def test_api_wrong_body(owner_api: APIClient, entry: Entry, body: dict[str, object], pointer: str) -> None:
    response = owner_api.post(endpoint_of(entry), body, format="json")
    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


def test_api_unread_entry_answers_409(owner_api: APIClient, owner: User, catalogue: None) -> None:
    entry = make_entry(owner)
    for response in (
        owner_api.get(f"/api/v1/entries/{entry.pk}/recommendations/"),
        owner_api.post(endpoint_of(entry), {"strategy": "match"}, format="json"),
    ):
        assert response.status_code == 409
        assert response["Content-Type"] == "application/problem+json"


def test_api_outsider_404_anonymous_401(outsider_api: APIClient, entry: Entry) -> None:
    reading = f"/api/v1/entries/{entry.pk}/recommendations/"
    assert outsider_api.get(reading).status_code == 404
    assert outsider_api.post(endpoint_of(entry), {}, format="json").status_code == 404
    assert APIClient().get(reading).status_code == 401
    assert APIClient().post(endpoint_of(entry), {}, format="json").status_code == 401


def test_choosing_asks_once_what_must_not_come(owner: User, catalogue: None) -> None:
    for movie in Movie.objects.all()[:20]:
        Feedback.objects.create(user=owner, movie=movie, is_seen=True)
    with CaptureQueriesContext(connection) as queries:
        recommend_for(make_entry(owner), scores={Emotion.SADNESS: 1.0})
    asked = [query["sql"] for query in queries if "diary_feedback" in query["sql"]]
    assert len(asked) == 1
    assert "diary_recommendation" in asked[0]  # what was shown lately, disliked or seen, in one
    assert sum("diary_recommendation" in query["sql"] for query in queries) == 1


def test_edit_keeps_the_fresh_choice_that_still_fits(entry: Entry) -> None:
    services.recommend_again(entry=entry, strategy=Strategy.MATCH)
    chosen = answer_of(entry)
    again = services.update_entry(entry=entry, text=f"{SAD} 많이 울었다.", written_on=DAY, revision=entry.revision)
    assert movies(answer_of(again)) == movies(chosen)
    happy = services.update_entry(entry=again, text=HAPPY, written_on=DAY, revision=again.revision)
    assert {r.tag for r in answer_of(happy).movies} == {"joy"}


def keep_movies(ids: set[int]) -> None:
    writes.set_hidden(Movie.objects.exclude(pk__in=ids), is_hidden=True)


def keep_tracks(ids: set[int]) -> None:
    writes.set_hidden(Track.objects.exclude(pk__in=ids), is_hidden=True)


def others_than(ids: list[int]) -> int:
    """A film that carries sadness, and is none of them."""
    return Movie.objects.filter(title__startswith="sadness").exclude(pk__in=ids).values_list("pk", flat=True)[0]
