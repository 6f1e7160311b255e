"""The review queue in a browser: by keyboard alone, in place, told to a screen reader, and without any script."""

import re

import pytest
from django.contrib.auth.models import Permission
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from catalog import services
from catalog.models import Action, Curation, Movie, MovieTag, ReviewItem, Source
from tests.e2e.conftest import LogIn
from tests.factories import make_user, movie_row
from tests.services.browser import PHONE

pytestmark = pytest.mark.django_db(transaction=True)

TABLET = {"width": 834, "height": 1112}


@pytest.fixture
def curator(db: None) -> User:
    user = make_user("curator@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=("change_movie", "change_track")))
    return user


@pytest.fixture
def films(db: None) -> None:
    """Weak ones, the best rated first in the queue: their titles end in 5, 4, 3, 2, 1."""
    services.upsert_movies([movie_row(number, review_count=1, rating=number) for number in range(1, 6)])


@pytest.fixture
def review_page(page: Page, live_server: LiveServer, log_in: LogIn, curator: User, films: None) -> Page:
    log_in(page, curator)
    page.goto(f"{live_server.url}/admin/review/")
    return page


def expect_film(page: Page, number: int) -> None:
    expect(page.locator("#review-title")).to_have_text(f"기쁨 영화 {number}")


def test_a_queue_is_emptied_by_keyboard_alone(review_page: Page) -> None:
    keys, status = review_page.keyboard, review_page.locator("#review-status")
    expect_film(review_page, 5)
    keys.press("a")
    expect_film(review_page, 4)
    expect(review_page.locator("#review-title")).to_be_focused()
    expect(status).to_have_text("‘기쁨 영화 5’ 항목을 승인했어요. 다음: 기쁨 영화 4")
    keys.press("s")
    expect_film(review_page, 3)
    keys.press("u")
    expect_film(review_page, 4)
    expect(status).to_contain_text("되돌렸어요.")
    keys.press("h")
    expect_film(review_page, 3)
    keys.press("e")
    keys.press("1")  # no joy
    keys.press("3")  # but anger
    keys.press("Enter")
    expect_film(review_page, 2)
    keys.press("c")
    keys.press("Escape")
    keys.press("a")
    expect_film(review_page, 1)
    keys.press("a")
    expect(review_page.locator("#review-title")).to_have_text("지금은 기다리는 것이 없어요")
    expect(review_page.get_by_text("오늘 5개를 살펴봤어요.")).to_be_visible()
    actions = list(Curation.objects.order_by("pk").values_list("action", flat=True))
    assert actions == [Action.APPROVE, Action.HIDE, Action.EDIT, Action.APPROVE, Action.APPROVE]
    words = MovieTag.objects.filter(movie__tmdb_id=3, source=Source.CURATED)
    assert dict(words.values_list("emotion", "score")) == {"joy": 0.0, "anger": 2.0}
    keys.press("u")
    expect_film(review_page, 1)
    assert ReviewItem.objects.waiting().count() == 1


def test_a_korean_keyboard_works_as_well(review_page: Page) -> None:
    review_page.evaluate(
        "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'ㅁ', code: 'KeyA', bubbles: true}))".replace(
            "document.dispatch", "document.body.dispatch"
        )
    )
    expect_film(review_page, 4)


def test_keys_are_letters_in_a_field_and_can_be_switched_off(review_page: Page) -> None:
    keys = review_page.keyboard
    keys.press("e")
    review_page.locator("input[name=score-joy]").focus()
    for key in ("h", "a", "s", "2"):
        keys.press(key)
    expect_film(review_page, 5)
    expect(review_page.locator("input[value=sadness]")).not_to_be_checked()
    keys.press("Escape")
    keys.press("?")
    review_page.get_by_label("단축키 쓰기").uncheck()
    review_page.reload()
    for key in ("a", "h", "?"):
        keys.press(key)
    review_page.wait_for_timeout(200)
    expect_film(review_page, 5)
    assert not Curation.objects.exists()
    review_page.locator("#review-help summary").click()
    review_page.get_by_label("단축키 쓰기").check()
    keys.press("a")
    expect_film(review_page, 4)


def test_a_key_that_is_held_or_pressed_in_haste_decides_once(review_page: Page) -> None:
    review_page.evaluate(
        "for (let i = 0; i < 5; i += 1)"
        " document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'a', code: 'KeyA', bubbles: true}))"
    )
    expect_film(review_page, 4)
    assert Curation.objects.count() == 1


def test_a_score_and_its_box_say_the_same(review_page: Page) -> None:
    review_page.keyboard.press("e")
    box, score = review_page.locator("input[value=sadness]"), review_page.locator("input[name=score-sadness]")
    box.check()
    expect(score).to_have_value("2.0")
    score.fill("0.9")
    expect(box).not_to_be_checked()
    score.fill("1.5")
    expect(box).to_be_checked()
    score.press("Enter")
    expect_film(review_page, 4)
    assert MovieTag.objects.get(movie__tmdb_id=5, emotion="sadness").score == 1.5


def test_a_lost_connection_is_told_and_nothing_is_lost(review_page: Page) -> None:
    review_page.context.set_offline(True)
    review_page.keyboard.press("a")
    expect(review_page.locator("#review-status")).to_contain_text("서버에 연결하지 못했어요.")
    expect_film(review_page, 5)
    review_page.context.set_offline(False)
    review_page.keyboard.press("a")
    expect_film(review_page, 4)


def test_who_was_logged_out_is_led_to_the_log_in(review_page: Page) -> None:
    review_page.context.clear_cookies()
    review_page.keyboard.press("a")
    review_page.wait_for_url(re.compile("/accounts/login/|/admin/review/"))
    assert not Curation.objects.exists()


def test_without_javascript_the_buttons_are_forms(browser: Browser, review_page: Page) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ko-KR")
    context.add_cookies(review_page.context.cookies())
    page = context.new_page()
    page.goto(review_page.url)
    page.get_by_role("button", name="승인").click()
    expect_film(page, 4)
    expect(page.get_by_text("‘기쁨 영화 5’ 항목을 승인했어요.")).to_be_visible()
    page.locator("#review-edit summary").click()
    page.get_by_label("분노", exact=False).first.check()
    page.get_by_role("button", name="저장").click()
    expect_film(page, 3)
    page.get_by_role("button", name="되돌리기").click()
    expect_film(page, 4)
    assert Movie.objects.exclude(reviewed_at=None).count() == 1
    context.close()


@pytest.mark.parametrize("size", [PHONE, TABLET, {"width": 320, "height": 568}])
def test_what_a_finger_taps_is_large_enough(review_page: Page, size: dict[str, int]) -> None:
    review_page.set_viewport_size({"width": size["width"], "height": size["height"]})
    review_page.locator("#review-edit summary").click()
    review_page.locator("#review-help summary").click()
    targets = review_page.locator(
        "#review :is(button, summary, a, .review-check, input[type=number]), #review-help :is(summary, label)"
    ).all()
    assert len(targets) == 4 + 1 + 1 + 1 + 4 + 2 * 5 + 2
    small = [
        (target.inner_text(), box)
        for target in targets
        if (box := target.bounding_box()) is None or box["height"] < 44 or box["width"] < 44
    ]
    assert small == []
    assert not review_page.evaluate("document.documentElement.scrollWidth > innerWidth")
