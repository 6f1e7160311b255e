"""The curators' review page: who gets in, what it shows, what its buttons do, without any script."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog import services
from catalog.curation import queue, writes
from catalog.curation.candidates import Candidate
from catalog.models import Action, Curation, Kind, Movie, MovieTag, Reason, ReviewItem, Source, Track
from catalog.weights import track_weights
from diary import review_desk
from diary.tasks import fill_review_queue_task
from ml.labels import Mood
from tests.factories import log_in, make_user, movie_row, track_row

pytestmark = pytest.mark.django_db

PAGE = reverse("admin:review")
RIGHTS = ("change_movie", "change_track")


def make_curator(email: str, *rights: str) -> User:
    user = make_user(email, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


@pytest.fixture
def curator(db: None) -> Client:
    return log_in(make_curator("curator@example.com", *RIGHTS))


@pytest.fixture
def other(db: None) -> Client:
    return log_in(make_curator("other@example.com", *RIGHTS))


@pytest.fixture
def films(db: None) -> list[Movie]:
    """Weak ones: each is uncertain."""
    services.upsert_movies([movie_row(number, review_count=1) for number in range(1, 4)])
    return list(Movie.objects.order_by("pk"))


def in_hand(client: Client, query: str = "") -> int:
    """The id of the item that the page shows, as its form has it."""
    found = re.search(r'name="review" value="(\d+)"', client.get(PAGE + query).text)
    assert found, "no item on the page"
    return int(found[1])


def send(client: Client, choice: str, review_id: int | None = None, **fields: object) -> str:
    """What the page says after a button was pressed."""
    data = {"choice": choice, "review": in_hand(client) if review_id is None else review_id, **fields}
    response = client.post(PAGE, data, follow=True)
    assert response.redirect_chain == [(PAGE, 302)]
    return "".join(re.findall(r'<li class="review-message[^>]*>(.*?)</li>', response.text))


@pytest.mark.parametrize("rights", [(), ("change_movie",), ("change_track",), ("view_movie", "view_track")])
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_not_change_films_and_tracks_gets_403(
    films: list[Movie], rights: tuple[str, ...], method: str
) -> None:
    client = log_in(make_curator("half@example.com", *rights))
    assert getattr(client, method)(PAGE).status_code == 403
    assert not ReviewItem.objects.exists()


def test_who_is_no_staff_is_led_to_the_log_in(owner_client: Client, client: Client) -> None:
    for visitor in (owner_client, client):
        assert visitor.get(PAGE).status_code == 302


def test_the_page_fills_an_empty_queue_and_says_why_an_item_is_there(curator: Client, films: list[Movie]) -> None:
    text = curator.get(PAGE).text
    assert "리뷰 1편만 읽고 붙인 태그예요." in text
    assert "평균의 2.50배" in text
    assert "공감: 기쁨, 중립" in text
    assert ReviewItem.objects.waiting().count() == 3


def test_the_page_names_what_is_disliked_in_round_numbers(curator: Client, films: list[Movie]) -> None:
    found = Candidate(Kind.MOVIE, films[0].pk, Reason.DISLIKED, 0.5, "sadness", people=20, disliked=10)
    cache.set("review_queue_filled", True)
    queue.put([found], read_at=timezone.now())
    text = curator.get(PAGE).text
    assert "‘슬픔’ 일기에 추천했더니, 추천받은 20명 남짓 가운데 10명 이상이 별로라고 했어요." in text


def test_the_page_shows_a_track(curator: Client) -> None:
    near = {Mood.HAPPY: 0.48, Mood.ENERGETIC: 0.46, Mood.SAD: 0.05, Mood.CALM: 0.01}
    rows = [track_row(1, probabilities=near), *(track_row(number, Mood.SAD) for number in range(2, 20))]
    services.upsert_tracks(rows, track_weights(rows))
    text = curator.get(PAGE).text
    assert "‘신나는’ 쪽인지 ‘강렬한’ 쪽인지 분명하지 않아요." in text
    assert Track.objects.get(spotify_id=rows[0].spotify_id).url in text


def test_a_reviewed_item_says_that_its_tags_have_changed(curator: Client) -> None:
    services.upsert_movies([movie_row(1)], added_at=timezone.now())
    assert "새로 들어온 뒤로" in curator.get(PAGE).text
    send(curator, "approve")
    services.upsert_movies([movie_row(1, lifts=movie_row(1).lifts | {"anger": 3.0})])
    cache.clear()
    assert "검토한 뒤에 태그가 달라졌어요." in curator.get(PAGE).text


def test_what_waits_and_what_was_done_is_counted(curator: Client, films: list[Movie]) -> None:
    send(curator, "approve")
    text = re.sub(r"<[^>]+>", "", curator.get(PAGE).text)
    assert re.search(r"모두\s+2\s*별로라는 반응\s+0\s*새로 들어옴\s+0\s*불확실한 태그\s+2", text)
    assert "오늘 1개를 살펴봤어요." in text


def test_buttons_decide_and_lead_to_the_next_item(curator: Client, films: list[Movie]) -> None:
    seen = [in_hand(curator)]
    assert "승인했어요" in send(curator, "approve")
    seen.append(in_hand(curator))
    assert "숨겼어요" in send(curator, "hide")
    seen.append(in_hand(curator))
    assert "고쳤어요" in send(curator, "edit", carries=["anger"], **{"score-joy": "2.50", "score-anger": "0.80"})
    assert len(set(seen)) == 3
    actions = list(Curation.objects.order_by("pk").values_list("action", flat=True))
    assert actions == [Action.APPROVE, Action.HIDE, Action.EDIT]
    last = ReviewItem.objects.get(pk=seen[2]).item
    scores = dict(MovieTag.objects.filter(movie=last.pk, source=Source.CURATED).values_list("emotion", "score"))
    assert scores == {"joy": 0.0, "anger": 2.0}
    text = curator.get(PAGE).text
    assert "지금은 기다리는 것이 없어요" in text
    assert "되돌렸어요" in send(curator, "undo", 0)
    assert in_hand(curator) == seen[2]


def test_skipping_brings_another_item(curator: Client, other: Client, films: list[Movie]) -> None:
    skipped = in_hand(curator)
    assert "건너뛰었어요" in send(curator, "skip")
    assert in_hand(curator) != skipped
    assert in_hand(other) == skipped


def test_the_page_of_one_reason_stays_there(curator: Client, films: list[Movie]) -> None:
    services.upsert_movies([movie_row(9)], added_at=timezone.now())
    new, uncertain = in_hand(curator), in_hand(curator, "?reason=uncertain")
    assert new != uncertain
    response = curator.post(f"{PAGE}?reason=uncertain", {"choice": "approve", "review": uncertain})
    assert response.url == f"{PAGE}?reason=uncertain"
    response = curator.post(f"{PAGE}?reason=new", {"choice": "undo"})
    assert response.url == PAGE
    assert in_hand(curator) == uncertain
    assert curator.get(f"{PAGE}?reason=x").status_code == 200


def test_a_form_that_comes_too_late_says_so_and_changes_nothing(
    curator: Client, other: Client, films: list[Movie]
) -> None:
    late = in_hand(curator)
    ReviewItem.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert in_hand(other) == late
    assert "아무것도 바꾸지 않았어요" in send(curator, "hide", late)
    assert "승인했어요" in send(other, "approve", late)
    assert "아무것도 바꾸지 않았어요" in send(other, "hide", late)
    assert not Movie.objects.filter(is_hidden=True).exists()


@pytest.mark.parametrize("score", ["", "x", "11", "-1", "nan", "1e400"])
def test_a_score_that_is_none_is_told_and_not_saved(curator: Client, films: list[Movie], score: str) -> None:
    shown = in_hand(curator)
    assert "점수를 알아볼 수 없어서" in send(curator, "edit", carries=["joy"], **{"score-joy": score})
    assert in_hand(curator) == shown
    assert not Curation.objects.exists()


@pytest.mark.parametrize(
    "data",
    [{}, {"choice": "import", "review": "1"}, {"choice": "approve"}, {"choice": "approve", "review": "x"}],
)
def test_what_no_form_sends_is_refused(curator: Client, data: dict[str, str]) -> None:
    assert curator.post(PAGE, data).status_code == 400


def test_nothing_to_undo_is_told(curator: Client, films: list[Movie]) -> None:
    assert send(curator, "undo", 0) == "되돌릴 것이 없어요."


def test_the_queue_is_filled_by_the_command_and_by_the_clock(films: list[Movie]) -> None:
    out = StringIO()
    call_command("fill_review_queue", stdout=out)
    assert out.getvalue() == "3 items wait for review\n"
    writes.approve(films[:1])
    fill_review_queue_task.delay()
    assert ReviewItem.objects.count() == 2


def test_an_empty_queue_is_not_filled_at_every_look(
    curator: Client, films: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    fills: list[int] = []
    fill = review_desk.fill_review_queue
    monkeypatch.setattr(review_desk, "fill_review_queue", lambda: fills.append(fill()))
    for _ in range(3):
        curator.get(PAGE)
    assert fills == [3]


def test_query_count_does_not_grow(
    curator: Client, films: list[Movie], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    curator.get(PAGE)
    with django_assert_max_num_queries(13):
        curator.get(PAGE)
    services.upsert_movies([movie_row(number, review_count=1) for number in range(10, 60)])
    review_desk.fill_review_queue()
    with django_assert_max_num_queries(13):
        curator.get(PAGE)


def test_scores_are_written_for_fields_in_every_language(films: list[Movie]) -> None:
    user = make_curator("polyglot@example.com", *RIGHTS)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    text = client.get(PAGE).text
    assert 'name="score-joy" value="2.50"' in text
    assert 'data-carries-from="1.01" data-carried-score="2.0"' in text
