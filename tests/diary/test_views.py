"""The pages of the diary, for the owner, an outsider and an anonymous visitor."""

import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from diary import services
from diary.models import Entry
from tests.factories import HAPPY, SAD, make_entry

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 11, 1)
HTMX = {"hx-request": "true"}
ENTRY_PAGES = ("entry-detail", "entry-edit", "entry-delete", "entry-recommendations", "entry-analyze")


def url_of(name: str, entry: Entry) -> str:
    return reverse(f"diary:{name}", args=[entry.pk])


@pytest.fixture
def entry(owner: User, catalogue: None) -> Entry:
    return services.create_entry(user=owner, text=SAD, written_on=DAY)[0]


def test_home_anonymous_is_welcomed(client: Client) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert reverse("account_signup") in response.text


def test_home_logged_in_is_the_write_page(owner_client: Client) -> None:
    response = owner_client.get("/")
    assert 'name="text"' in response.text
    assert timezone.localdate().isoformat() in response.text


@pytest.mark.parametrize("name", ["entry-list", "entry-create"])
def test_pages_anonymous_has_to_log_in(client: Client, name: str) -> None:
    response = client.get(reverse(f"diary:{name}"))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("entry-detail", "get"),
        ("entry-recommendations", "get"),
        ("entry-edit", "get"),
        ("entry-edit", "post"),
        ("entry-delete", "get"),
        ("entry-delete", "post"),
        ("entry-analyze", "post"),
    ],
)
def test_entry_pages_are_nowhere_for_an_outsider(
    outsider_client: Client, entry: Entry, name: str, method: str
) -> None:
    data = {"text": "남의 글", "written_on": "2026-01-01", "revision": 1}
    response = getattr(outsider_client, method)(url_of(name, entry), data)
    assert response.status_code == 404
    assert "할머니" not in response.text
    entry.refresh_from_db()
    assert entry.text == SAD


@pytest.mark.parametrize(
    ("name", "method"), [("entry-detail", "post"), ("entry-recommendations", "post"), ("entry-analyze", "put")]
)
def test_entry_pages_refuse_other_methods(owner_client: Client, entry: Entry, name: str, method: str) -> None:
    assert getattr(owner_client, method)(url_of(name, entry)).status_code == 405


@pytest.mark.parametrize("name", ["entry-analyze", "entry-correct", "entry-recommend-again"])
def test_entry_forms_lead_back_after_a_log_in(owner_client: Client, entry: Entry, name: str) -> None:
    response = owner_client.get(url_of(name, entry))
    assert (response.status_code, response.url) == (302, url_of("entry-detail", entry))


@pytest.mark.parametrize("name", ENTRY_PAGES)
def test_entry_pages_anonymous_has_to_log_in(client: Client, entry: Entry, name: str) -> None:
    response = client.get(url_of(name, entry))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


def test_save_leads_to_the_answer(owner_client: Client, catalogue: None) -> None:
    response = owner_client.post(reverse("diary:entry-list"), {"text": SAD, "written_on": "2026-11-01"}, follow=True)
    entry = Entry.objects.get()
    assert response.redirect_chain == [(url_of("entry-detail", entry), 302)]
    assert "슬픔" in response.text
    for recommendation in entry.recommendations.filter(strategy="match").select_related("movie", "track"):
        item = recommendation.movie or recommendation.track
        assert getattr(item, "display_title", item.title) in response.text


@pytest.mark.parametrize(
    ("text", "written_on", "message"),
    [
        ("", "2026-11-01", "글이 비어 있어요"),
        (" \n\u200b", "2026-11-01", "글이 비어 있어요"),
        ("가" * 100_001, "2026-11-01", "100,001자를 썼어요"),
        (SAD, "2999-01-01", "아직 오지 않은 날이에요"),
        (SAD, "어제", "날짜를 읽지 못했어요"),
        (SAD, "", "날짜를 골라 주세요"),
    ],
)
def test_save_bad_input_says_what_to_do_and_keeps_the_text(
    owner_client: Client, text: str, written_on: str, message: str
) -> None:
    response = owner_client.post(reverse("diary:entry-list"), {"text": text, "written_on": written_on})
    assert response.status_code == 422
    assert message in response.text
    assert text.strip() in response.text
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "널\x00문자",
        "👨‍👩‍👧 ㅠㅠ 😭😭",
        "\u202e뒤집힌 글\u202c",
        "문장이다. " * 50,
        "<script>alert(1)</script>",
        "a",
        "\x1b[31m빨강",
        "가나다",
    ],
)
def test_save_strange_text_is_read(owner_client: Client, catalogue: None, text: str) -> None:
    response = owner_client.post(reverse("diary:entry-list"), {"text": text, "written_on": "2026-11-01"}, follow=True)
    assert response.status_code == 200
    assert Entry.objects.get().status == Entry.Status.ANALYZED
    assert "<script>alert" not in response.text


def test_save_without_a_model_says_that_the_text_is_safe(
    owner_client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.EMOTION_MODEL_DIR = tmp_path
    response = owner_client.post(reverse("diary:entry-list"), {"text": SAD, "written_on": "2026-11-01"}, follow=True)
    entry = Entry.objects.get()
    assert response.status_code == 200
    assert entry.status == Entry.Status.FAILED
    assert SAD in response.text
    assert url_of("entry-analyze", entry) in response.text


def test_analyze_again(owner_client: Client, owner: User, catalogue: None) -> None:
    entry = make_entry(owner, status=Entry.Status.FAILED)
    owner_client.post(url_of("entry-analyze", entry))
    entry.refresh_from_db()
    assert entry.status == Entry.Status.ANALYZED


def test_detail_pending_polls(owner_client: Client, owner: User) -> None:
    response = owner_client.get(url_of("entry-detail", make_entry(owner)))
    assert "hx-trigger" in response.text


def test_detail_is_not_stored_by_the_browser(owner_client: Client, entry: Entry) -> None:
    assert "no-store" in owner_client.get(url_of("entry-detail", entry))["Cache-Control"]


def test_detail_strategy_shift_shows_other_films(owner_client: Client, entry: Entry) -> None:
    response = owner_client.get(url_of("entry-detail", entry), {"strategy": "shift"})
    assert "joy song" not in response.text
    assert "happy song" in response.text
    assert "sad song" not in response.text


def test_detail_unknown_strategy_is_match(owner_client: Client, entry: Entry) -> None:
    assert "sad song" in owner_client.get(url_of("entry-detail", entry), {"strategy": "\x00"}).text


def test_recommendations_fragment_for_htmx(owner_client: Client, entry: Entry) -> None:
    response = owner_client.get(url_of("entry-recommendations", entry), {"strategy": "shift"}, headers=HTMX)
    assert response.text.strip().startswith("<")
    assert "<html" not in response.text
    assert 'id="recommendations"' in response.text


def test_recommendations_without_htmx_leads_to_the_page(owner_client: Client, entry: Entry) -> None:
    response = owner_client.get(url_of("entry-recommendations", entry), {"strategy": "shift"})
    assert response.url == url_of("entry-detail", entry) + "?strategy=shift#recommendations"


def test_edit_saves_and_reads_anew(owner_client: Client, entry: Entry) -> None:
    page = owner_client.get(url_of("entry-edit", entry))
    assert SAD in page.text
    data = {"text": HAPPY, "written_on": "2026-11-01", "revision": entry.revision}
    response = owner_client.post(url_of("entry-edit", entry), data, follow=True)
    assert "기쁨" in response.text
    entry.refresh_from_db()
    assert entry.text == HAPPY


def test_edit_outdated_shows_both_texts_then_saves(owner_client: Client, owner: User, entry: Entry) -> None:
    services.update_entry(entry=entry, text="다른 기기에서 쓴 글", written_on=DAY, revision=1)
    data = {"text": HAPPY, "written_on": "2026-11-01", "revision": 1}
    response = owner_client.post(url_of("entry-edit", entry), data)
    assert response.status_code == 409
    assert HAPPY in response.text
    assert "다른 기기에서 쓴 글" in response.text

    owner_client.post(url_of("entry-edit", entry), data | {"revision": 2})
    entry.refresh_from_db()
    assert entry.text == HAPPY


def test_edit_bad_input_keeps_what_was_saved(owner_client: Client, entry: Entry) -> None:
    response = owner_client.post(url_of("entry-edit", entry), {"text": "", "written_on": "2026-11-01", "revision": 1})
    assert response.status_code == 422
    entry.refresh_from_db()
    assert entry.text == SAD


def test_delete_asks_first(owner_client: Client, entry: Entry) -> None:
    assert owner_client.get(url_of("entry-delete", entry)).status_code == 200
    assert Entry.objects.exists()
    owner_client.post(url_of("entry-delete", entry), {"revision": str(entry.revision)})
    assert not Entry.objects.exists()


def test_list_finds_words_and_emotions(owner_client: Client, owner: User, entry: Entry) -> None:
    services.create_entry(user=owner, text=HAPPY, written_on=DAY)
    found = owner_client.get(reverse("diary:entry-list"), {"q": "장례식"})
    assert "할머니" in found.text
    assert "합격" not in found.text
    joyful = owner_client.get(reverse("diary:entry-list"), {"emotion": "joy"})
    assert "합격" in joyful.text
    assert "할머니" not in joyful.text


@pytest.mark.parametrize(
    "query", [{"q": "\x00"}, {"page": "999"}, {"page": "x"}, {"emotion": "anger' --"}, {"q": "%" * 5000}]
)
def test_list_strange_queries(owner_client: Client, entry: Entry, query: dict[str, str]) -> None:
    assert owner_client.get(reverse("diary:entry-list"), query).status_code == 200


def test_list_shows_nobody_elses(outsider_client: Client, entry: Entry) -> None:
    assert "할머니" not in outsider_client.get(reverse("diary:entry-list")).text


@pytest.mark.parametrize("count", [1, 20])
def test_list_query_count_does_not_grow(
    owner_client: Client, owner: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        make_entry(owner, written_on=DAY - timedelta(days=number))
    owner_client.get("/help/")  # notes that the session is in use: once in a quarter of an hour
    with django_assert_num_queries(6):  # session, user, own tags, count, page, its tags
        owner_client.get(reverse("diary:entry-list"))


def test_detail_query_count(
    owner_client: Client, entry: Entry, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    owner_client.get("/help/")  # notes that the session is in use: once in a quarter of an hour
    # Session, user, entry with analysis, tags, recommendations with items, the entries before and after.
    with django_assert_num_queries(7):
        owner_client.get(url_of("entry-detail", entry))


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", ["home", "help"])
def test_pages_speak_the_readers_language(client: Client, language: str, name: str) -> None:
    response = client.get(reverse(f"diary:{name}"), headers={"accept-language": language})
    assert f'lang="{language}"' in response.text
    assert ("일기" in response.text or "도움" in response.text) == (language == "ko")


def test_save_sent_twice_is_one_entry(owner_client: Client) -> None:
    data = {"text": SAD, "written_on": "2026-11-01", "entry_id": str(uuid.uuid4())}
    for _ in range(2):
        owner_client.post(reverse("diary:entry-list"), data)
    assert Entry.objects.count() == 1

    owner_client.post(reverse("diary:entry-list"), data | {"text": HAPPY})  # back to the form, another text
    assert {entry.text for entry in Entry.objects.all()} == {SAD, HAPPY}


def test_list_edited_entry_does_not_show_its_old_emotion(owner_client: Client, entry: Entry) -> None:
    Entry.objects.update(status=Entry.Status.PENDING)
    assert "emotion-sadness" not in owner_client.get("/").text


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 5000])
def test_edit_senseless_revision_is_an_outdated_one(owner_client: Client, entry: Entry, revision: str) -> None:
    data = {"text": HAPPY, "written_on": "2026-11-01", "revision": revision}
    assert owner_client.post(url_of("entry-edit", entry), data).status_code == 409


def test_pages_answer_head(client: Client, owner_client: Client, entry: Entry) -> None:
    assert client.head("/").status_code == 200
    assert owner_client.head(url_of("entry-detail", entry)).status_code == 200


def test_too_large_a_form_answers_413(owner_client: Client) -> None:
    response = owner_client.post(reverse("diary:entry-list"), {"text": "a" * 6_000_000, "written_on": "2026-11-01"})
    assert response.status_code == 413


def test_form_in_another_encoding_answers_400(owner_client: Client) -> None:
    kind = "application/x-www-form-urlencoded; charset=utf-16"
    response = owner_client.post(reverse("diary:entry-list"), "text=a&written_on=2026-11-01", content_type=kind)
    assert response.status_code == 400


def test_an_entry_of_another_year_shows_the_year(owner_client: Client, owner: User) -> None:
    entry = make_entry(owner, written_on=date(2019, 3, 2))
    for name in ("entry-detail", "entry-edit", "entry-delete"):
        assert "2019년 3월 2일" in owner_client.get(url_of(name, entry)).text


def test_nothing_of_a_failing_save_is_logged(
    owner_client: Client, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMOTION_MODEL_DIR = tmp_path
    owner_client.post(reverse("diary:entry-list"), {"text": SAD, "written_on": "2026-11-01"})
    assert "analyze_entry_task" in caplog.text
    assert "할머니" not in caplog.text


def test_refused_entry_of_a_past_day_keeps_its_day_above(owner_client: Client) -> None:
    page = owner_client.post(reverse("diary:entry-list"), {"text": " ", "written_on": "2025-11-20"}).text
    assert "2025년 11월 20일 목요일" in page
    assert "이날은 어땠나요?</h1>" in page


def test_another_text_from_the_same_form_is_one_more_entry_however_often_it_is_sent(owner_client: Client) -> None:
    form = {"entry_id": str(uuid.uuid4()), "written_on": "2026-11-01"}
    for text in ("하나", "둘", "둘"):
        assert owner_client.post(reverse("diary:entry-list"), form | {"text": text}).status_code == 302
    assert sorted(entry.text for entry in Entry.objects.all()) == ["둘", "하나"]
    second = next(entry for entry in Entry.objects.all() if entry.text == "둘")
    services.update_entry(entry=second, text="셋", written_on=second.written_on, revision=second.revision)
    assert owner_client.post(reverse("diary:entry-list"), form | {"text": "둘"}).status_code == 302
    assert sorted(entry.text for entry in Entry.objects.all()) == ["둘", "셋", "하나"]
