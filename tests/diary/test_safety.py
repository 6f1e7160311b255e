"""The help card: who sees it, what stands on it, and what films such an entry is not shown."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from catalog.models import Movie
from catalog.pools import forget_pools
from diary import analysis, safety, services
from diary.models import Entry, Recommendation
from diary.safety import help_card, help_lines, need_help_cards
from ml.labels import Emotion, Strategy
from tests.factories import HAPPY, SAD, make_entry

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 11, 1)
CRISIS = "아무도 모르게 죽고 싶다. 너무 슬프고 눈물이 난다."
NUMBERS = ["tel:109", "tel:15770199", "tel:1388"]


def save(user: User, text: str = CRISIS) -> Entry:
    return services.create_entry(user=user, text=text, written_on=DAY)[0]


def page_of(client: Client, entry: Entry) -> str:
    return client.get(reverse("diary:entry-detail", args=[entry.pk])).text


def films_about_suicide(entry: Entry) -> int:
    return Recommendation.objects.current().filter(entry=entry, movie__has_suicide_theme=True).count()


def mark_films(*, is_marked: bool = True) -> None:
    """Mark all but 10 films of each emotion for suicide."""
    kept: list[int] = []
    for emotion in ("joy", "sadness", "anger", "anxiety", "embarrassment"):
        kept += Movie.objects.filter(title__startswith=emotion).values_list("pk", flat=True)[:10]
    Movie.objects.exclude(pk__in=kept).update(has_suicide_theme=is_marked)
    forget_pools()


def test_help_lines_say_when_and_where_they_were_read() -> None:
    lines = help_lines()
    assert [line.url for line in lines] == NUMBERS
    for line in lines:
        assert line.source.startswith("https://")
        assert date(2026, 11, 1) <= line.reviewed_on
        assert line.hours


def test_help_card_only_where_the_text_speaks_of_a_crisis() -> None:
    assert help_card("배고파 죽겠다") is None
    card = help_card(CRISIS)
    assert card is not None
    assert card.lines == help_lines()


def test_need_help_cards_tells_of_each_text_in_order_remembered_or_not() -> None:
    assert need_help_cards([CRISIS]) == [True]
    assert need_help_cards([SAD, CRISIS, HAPPY, CRISIS, SAD]) == [False, True, False, True, False]
    assert need_help_cards(["\ud800", ""]) == [False, False]
    assert need_help_cards([]) == []


def test_need_help_cards_remembers_so_many_and_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safety, "REMEMBERED", 3)
    need_help_cards([f"{number}번째 글" for number in range(10)] + [CRISIS])
    assert len(safety._remembered) == 3
    assert need_help_cards([CRISIS]) == [True]
    assert not any(word.encode() in digest for digest in safety._remembered for word in ("글", "죽"))
    assert {len(digest) for digest in safety._remembered} == {16}


def test_page_shows_the_card_above_the_answer(owner_client: Client, owner: User, catalogue: None) -> None:
    page = page_of(owner_client, save(owner))
    assert all(f'href="{number}"' in page for number in NUMBERS)
    assert page.index('class="card help-card"') < page.index('id="reading-title"') < page.index('id="recommendations"')
    assert 'class="reading-line"' not in page


def test_page_folds_the_reading_and_marks_nothing_beside_the_card(
    owner_client: Client, owner: User, catalogue: None
) -> None:
    page = page_of(owner_client, save(owner, f"{SAD} 죽고 싶다."))
    assert "<mark" not in page
    folded = page[page.index("모델이 읽은 마음 보기") :]
    assert folded.index('class="bars"') < folded.index("</details>") < folded.index('name="emotion" value="joy"')
    assert 'class="bars"' not in page[: page.index("모델이 읽은 마음 보기")]
    assert 'class="reading-name"' not in page
    assert "<mark" in page_of(owner_client, save(owner, SAD))


def test_page_folds_films_and_music_beside_the_card_until_they_are_asked_for(
    owner_client: Client, owner: User, catalogue: None
) -> None:
    entry = save(owner)
    page = page_of(owner_client, entry)
    folded = page.index('<details class="answer-folded">')
    assert folded < page.index('id="recommendations"') < page.index("</details>", page.index('id="ask-again"'))
    asked = owner_client.get(f"/entries/{entry.pk}/", {"strategy": "shift"}).content.decode()
    assert '<details class="answer-folded" open>' in asked
    assert "answer-folded" not in page_of(owner_client, save(owner, SAD))


def test_page_shows_the_writers_own_word_beside_the_card(owner_client: Client, owner: User, catalogue: None) -> None:
    entry = save(owner)
    services.correct_emotion(entry=entry, emotion=Emotion.ANGER)
    page = page_of(owner_client, entry)
    assert "내가 알려 준 마음" in page
    assert "가장 가깝다고 읽었어요" not in page
    assert "모델이 읽은 마음 보기" in page


def test_page_of_another_entry_shows_no_card(owner_client: Client, owner: User, catalogue: None) -> None:
    page = page_of(owner_client, save(owner, SAD))
    assert "help-card" not in page
    assert 'class="reading-line"' in page


@pytest.mark.parametrize("status", [Entry.Status.PENDING, Entry.Status.FAILED])
def test_page_shows_the_card_while_unread(owner_client: Client, owner: User, status: str) -> None:
    page = page_of(owner_client, make_entry(owner, CRISIS, status=status))
    assert page.index('class="card help-card"') < page.index('class="card waiting"')


def test_page_shows_the_card_when_the_model_fails_and_nothing_is_logged(
    owner_client: Client, owner: User, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMOTION_MODEL_DIR = tmp_path
    entry = save(owner)
    assert entry.status == Entry.Status.FAILED
    assert "help-card" in page_of(owner_client, entry)
    assert "죽고" not in caplog.text


def test_page_of_an_outsider_is_404(outsider_client: Client, owner: User) -> None:
    url = reverse("diary:entry-detail", args=[make_entry(owner, CRISIS).pk])
    assert outsider_client.get(url).status_code == 404


def test_page_in_english(owner_client: Client, owner: User) -> None:
    url = reverse("diary:entry-detail", args=[make_entry(owner, CRISIS).pk])
    page = owner_client.get(url, headers={"accept-language": "en"}).text
    assert all(f'href="{number}"' in page for number in NUMBERS)


def test_list_tells_nothing(owner_client: Client, owner: User) -> None:
    make_entry(owner, CRISIS)
    assert "help-card" not in owner_client.get(reverse("diary:entry-list")).text


def test_admin_tells_nothing(client: Client, owner: User) -> None:
    admin = User.objects.create_superuser("admin@example.com", "rest-stop-lamp-8")
    client.force_login(admin)
    pages = []
    for text in (CRISIS, HAPPY):
        entry = make_entry(owner, text)
        Entry.objects.filter(pk=entry.pk).update(created_at="2026-11-01T00:00Z", updated_at="2026-11-01T00:00Z")
        page = client.get(reverse("admin:diary_entry_change", args=[entry.pk])).text
        content = page.split('id="content"')[1].replace(str(entry.pk), "")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", content))
    assert pages[0] == pages[1]


def test_help_page_is_linked_for_everyone(client: Client) -> None:
    url = reverse("diary:help")
    for page in (client.get("/").text, client.get(reverse("account_login")).text):
        assert f'href="{url}"' in page
    page = client.get(url, headers={"accept-language": "ko"}).text
    assert all(f'href="{number}"' in page for number in [*NUMBERS, "tel:119"])
    assert "2026년 11월" in page


@pytest.mark.parametrize("status", [Entry.Status.PENDING, Entry.Status.ANALYZED])
def test_api_entry_carries_the_card(owner_api: APIClient, owner: User, catalogue: None, status: str) -> None:
    entry = save(owner) if status == Entry.Status.ANALYZED else make_entry(owner, CRISIS)
    data = owner_api.get(f"/api/v1/entries/{entry.pk}/").json()
    assert data["status"] == status
    assert [line["url"] for line in data["help"]["lines"]] == NUMBERS
    assert set(data["help"]) == {"title", "text", "urgent", "lines"}


def test_api_create_and_list_carry_the_card(owner_api: APIClient, catalogue: None) -> None:
    for text in (CRISIS, SAD):
        created = owner_api.post("/api/v1/entries/", {"text": text, "written_on": "2026-11-01"}, format="json").json()
        assert (created["help"] is not None) == (text == CRISIS)
    listed = owner_api.get("/api/v1/entries/").json()["results"]
    assert {entry["text"]: entry["help"] is not None for entry in listed} == {CRISIS: True, SAD: False}


def test_api_help_cannot_be_written(owner_api: APIClient, catalogue: None) -> None:
    body = {"text": SAD, "written_on": "2026-11-01", "help": {"title": "", "text": "", "lines": []}}
    assert owner_api.post("/api/v1/entries/", body, format="json").json()["help"] is None


@pytest.mark.parametrize("text", [CRISIS, SAD])
def test_save_leaves_films_about_suicide_out(owner: User, catalogue: None, text: str) -> None:
    mark_films()
    entry = save(owner, text)
    assert films_about_suicide(entry) == 0
    assert Recommendation.objects.current().filter(entry=entry, movie__isnull=False).count() == 6


def test_correction_leaves_films_about_suicide_out(owner: User, catalogue: None) -> None:
    mark_films()
    entry = save(owner)
    services.correct_emotion(entry=entry, emotion=Emotion.ANGER)
    assert films_about_suicide(entry) == 0
    services.undo_correction(entry=entry)
    assert films_about_suicide(entry) == 0


def test_other_recommendations_leave_films_about_suicide_out(owner: User, catalogue: None) -> None:
    mark_films()
    entry = save(owner)
    services.recommend_again(entry=entry, strategy=Strategy.MATCH)
    assert films_about_suicide(entry) == 0
    assert Recommendation.objects.filter(entry=entry, is_current=False).exists()


def test_edit_replaces_films_about_suicide(owner: User, catalogue: None) -> None:
    entry = save(owner, SAD)
    mark_films()
    assert films_about_suicide(entry) > 0
    services.update_entry(entry=entry, text=f"{SAD} 비가 왔다.", written_on=DAY, revision=entry.revision)
    assert films_about_suicide(entry) == 0
    assert Recommendation.objects.current().filter(entry=entry, movie__isnull=False).count() == 6


def test_new_reading_leaves_films_about_suicide_out(owner: User, catalogue: None) -> None:
    entry = save(owner)
    mark_films()
    assert films_about_suicide(entry) > 0
    Entry.objects.update(status=Entry.Status.PENDING)
    assert analysis.analyze_entry(str(entry.pk), entry.revision)
    assert films_about_suicide(entry) == 0


def test_films_marked_after_they_were_shown_are_shown_no_more(
    owner_client: Client, owner_api: APIClient, owner: User, catalogue: None
) -> None:
    entry = save(owner)
    shown = Recommendation.objects.filter(entry=entry, strategy="match", movie__isnull=False).first()
    assert shown is not None
    assert shown.movie is not None
    assert shown.movie.title_ko in page_of(owner_client, entry)
    Movie.objects.filter(pk=shown.movie_id).update(has_suicide_theme=True)
    assert shown.movie.title_ko not in page_of(owner_client, entry)
    movies = owner_api.get(f"/api/v1/entries/{entry.pk}/").json()["recommendations"]["match"]["movies"]
    assert shown.movie_id not in [movie["movie"]["id"] for movie in movies]
    assert len(movies) == 2
