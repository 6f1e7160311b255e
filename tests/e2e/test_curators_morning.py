"""A lead curator's morning at a tablet, from the front page to an empty queue, and what was done put back."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.roles import Role
from catalog import services
from catalog.curation.states import read_states
from catalog.models import Action, Curation, Kind, Movie, MovieTag, ReviewItem, Source
from moduhyu.roles import give_role
from tests.e2e.conftest import LogIn
from tests.factories import SAD, make_read_entry, make_user, movie_row

pytestmark = pytest.mark.django_db(transaction=True)

TABLET: ViewportSize = {"width": 834, "height": 1112}
UNTITLED = range(1, 11)
WEAK = range(21, 25)
# What no page of the desk may hold, told by every page as it is left and as it is there.
LOOK_FOR_DIARY = f"""
  for (const moment of ["DOMContentLoaded", "pagehide"]) {{
    addEventListener(moment, () => {{
      if (document.documentElement.innerHTML.includes({SAD[:12]!r})) console.error("a diary's text");
    }});
  }}
"""


@pytest.fixture
def lead(db: None) -> User:
    user = make_user("lead@example.com")
    give_role(user, Role.LEAD_CURATOR)
    return user


@pytest.fixture
def films(db: None) -> None:
    """Ten without a Korean title, and four that few people wrote about."""
    services.upsert_movies(
        [
            *(movie_row(number, title_ko="", review_count=5_000 + number) for number in UNTITLED),
            *(movie_row(number, review_count=1, rating=number - 15) for number in WEAK),
        ]
    )
    make_read_entry(make_user("writer@example.com"))


@pytest.fixture
def desk(browser: Browser, live_server: LiveServer, log_in: LogIn, lead: User, films: None) -> Iterator[Page]:
    """The curator's tablet at the front page of the desk; at the end nothing may have gone wrong behind it."""
    wrong: list[str] = []

    def note_message(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            wrong.append(message.text)

    def note_response(response: Response) -> None:
        if response.status >= 400:
            wrong.append(f"{response.status} {response.url}")

    context = browser.new_context(
        locale="ko-KR", timezone_id="Asia/Seoul", viewport=TABLET, base_url=live_server.url, has_touch=True
    )
    context.add_init_script(LOOK_FOR_DIARY)
    context.on("console", note_message)
    context.on("weberror", lambda error: wrong.append(f"{error.error} {error.error.stack}"))
    context.on("response", note_response)
    log_in(context, lead)
    page = context.new_page()
    page.goto("/admin/")
    yield page
    context.close()
    assert wrong == []


def open_films(page: Page, label: str = "", choice: str = "") -> None:
    """From the menu of the desk to the films, filtered by the form beside them."""
    page.get_by_role("navigation", name="관리 메뉴").get_by_role("link", name="영화").click()
    if label:
        page.locator("#changelist-filter summary").first.click()
        page.get_by_label(label).select_option(choice)
        page.get_by_role("button", name="적용하기").click()


def expect_rows(page: Page, count: int) -> None:
    expect(page.locator("#result_list tbody tr")).to_have_count(count)


def wait_for_state(page: Page, state: str) -> None:
    """On the page of a step, which goes on with it by itself."""
    expect(page.locator(".curation-facts dd").get_by_text(state, exact=True)).to_be_visible()


def undo(page: Page) -> None:
    """From the page of a step that is done."""
    page.get_by_role("link", name="되돌리기").click()
    page.get_by_role("button", name="되돌리기").click()
    wait_for_state(page, "되돌림")


def states() -> dict[int, object]:
    return dict(read_states(Kind.MOVIE, list(Movie.objects.values_list("pk", flat=True))))


def test_ten_films_without_a_korean_title_get_one(desk: Page) -> None:
    open_films(desk, "한국어 이름", "없음")
    expect_rows(desk, len(UNTITLED))
    for left in reversed(range(len(UNTITLED))):
        desk.locator("#result_list tbody th a").first.click()
        number = desk.locator(".field-external_id .readonly").inner_text().removeprefix("tt").lstrip("0")
        desk.get_by_label("한국어 제목").fill(f"새 제목 {number}")
        desk.get_by_role("button", name="저장", exact=True).click()
        expect(desk.locator(".messagelist")).to_be_visible()
        expect_rows(desk, left)
    expect(desk.get_by_text("조건에 맞는 것이 없어요.")).to_be_visible()
    titles = Movie.objects.filter(tmdb_id__in=UNTITLED).values_list("tmdb_id", "title_ko")
    assert dict(titles) == {number: f"새 제목 {number}" for number in UNTITLED}
    assert Curation.objects.filter(action=Action.EDIT, curator__email="lead@example.com").count() == len(UNTITLED)


def test_a_list_is_corrected_in_a_spreadsheet_and_put_back(desk: Page, tmp_path: Path) -> None:
    before = states()
    open_films(desk, "한국어 이름", "없음")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="CSV로 내보내기").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert SAD[:12] not in text
    table = list(csv.DictReader(io.StringIO(text)))
    assert {row["식별자"] for row in table} == {f"tt{number:07d}" for number in UNTITLED}
    for row in table[:3]:
        row["한국어 제목"] = f"표에서 온 제목 {row['식별자']}"
    table[3]["기쁨"] = "4.5"
    file = tmp_path / "films.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, table[0])
        writer.writeheader()
        writer.writerows(table)

    desk.get_by_role("link", name="파일에서 가져오기").click()
    desk.get_by_label("CSV나 엑셀 파일").set_input_files(file)
    desk.get_by_role("button", name="올려서 미리 보기").click()
    expect(desk.get_by_role("table", name="바뀌는 것").locator("tbody tr")).to_have_count(4)
    assert states() == before
    desk.get_by_role("button", name="4행 가져오기").click()
    wait_for_state(desk, "마침")
    changed = Movie.objects.filter(title_ko__startswith="표에서 온 제목")
    assert {movie.external_id for movie in changed} == {row["식별자"] for row in table[:3]}
    joy = MovieTag.objects.get(movie__external_id=table[3]["식별자"], emotion="joy")
    assert (joy.score, joy.source) == (4.5, Source.CURATED)

    undo(desk)
    assert states() == before
    desk.get_by_role("link", name="목록으로").click()
    expect_rows(desk, len(before))


def test_the_queue_is_emptied_by_keys(desk: Page) -> None:
    desk.get_by_role("navigation", name="관리 메뉴").get_by_role("link", name="검토").click()
    desk.wait_for_url("**/admin/review/")  # with its script, which hears the keys
    title = desk.locator("#review-title")
    for number, keys in zip(reversed(WEAK), (["a"], ["e", "1", "3", "Enter"], ["h"], ["s"]), strict=True):
        expect(title).to_have_text(f"기쁨 영화 {number}")
        for key in keys:
            desk.keyboard.press(key)
    expect(title).to_have_text("지금은 기다리는 것이 없어요")
    done = Curation.objects.order_by("pk").values_list("action", flat=True)
    assert list(done) == [Action.APPROVE, Action.EDIT, Action.HIDE]
    assert Movie.objects.get(tmdb_id=22).is_hidden
    words = MovieTag.objects.filter(movie__tmdb_id=23, source=Source.CURATED)
    assert dict(words.values_list("emotion", "score")) == {"joy": 0.0, "anger": 2.0}
    assert [item.movie.tmdb_id for item in ReviewItem.objects.waiting().select_related("movie")] == [21]


def test_everything_a_filter_matches_is_changed_and_put_back(desk: Page) -> None:
    before = states()
    open_films(desk, "한국어 이름", "없음")
    desk.get_by_label("할 일").select_option("숨기기")
    desk.get_by_label("이 조건에 맞는 10개 모두").check()
    desk.get_by_role("button", name="미리 보기").click()
    expect(desk.get_by_text("고른 것은 모두 10개예요.")).to_be_visible()
    expect(desk.locator("tbody tr")).to_have_count(10)
    assert states() == before
    desk.get_by_role("button", name="시작하기").click()
    wait_for_state(desk, "마침")
    assert set(Movie.objects.filter(is_hidden=True).values_list("tmdb_id", flat=True)) == set(UNTITLED)
    desk.get_by_role("link", name="목록으로").click()
    expect_rows(desk, len(UNTITLED))
    desk.go_back()

    undo(desk)
    assert states() == before
