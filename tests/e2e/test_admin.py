"""The curators' desk in a browser: what a finger taps, the theme, and that no policy keeps anything back."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import Movie
from tests.factories import make_user
from tests.pages.screenshots import session_cookie

pytestmark = pytest.mark.django_db(transaction=True)

TABLET: ViewportSize = {"width": 768, "height": 1024}
LEAST_TARGET = 44  # CSS pixels: what a finger hits (WCAG 2.5.5)
# Everything on the page that can be tapped, with its height; a field is tapped by its label as well.
TARGETS = """
  [...document.querySelectorAll("#container :is(a, button, input:not([type=hidden]), select, textarea, summary)")]
    .filter((target) => target.checkVisibility() && !target.matches(".skip-to-content-link"))
    .map((target) => {
      const heights = [target, ...(target.labels ?? [])].map((part) => part.getBoundingClientRect().height);
      const name = target.textContent.trim() || target.name || target.title;
      return [`${target.tagName} ${name} .${target.className}`, Math.max(...heights)];
    })
"""


@pytest.fixture
def tablet(browser: Browser, live_server: LiveServer, catalogue: None) -> Iterator[Page]:
    """A curator's tablet."""
    curator = make_user("curator@example.com", is_staff=True, is_superuser=True)
    context = browser.new_context(locale="ko-KR", viewport=TABLET, color_scheme="light", base_url=live_server.url)
    context.add_cookies([session_cookie(curator) | {"domain": live_server.thread.host}])
    yield context.new_page()
    context.close()


def desk_addresses() -> list[str]:
    films = reverse("admin:catalog_movie_changelist")
    film = reverse("admin:catalog_movie_change", args=[Movie.objects.earliest("pk").pk])
    return [reverse("admin:index"), films, f"{films}?decade=2010&o=3", film, reverse("admin:coverage")]


def test_what_a_finger_taps_on_a_tablet_is_large_enough(tablet: Page) -> None:
    small = {}
    for address in desk_addresses():
        tablet.goto(address)
        tablet.evaluate("for (const fold of document.querySelectorAll('[data-fold]')) fold.open = true")
        targets = tablet.evaluate(TARGETS)
        assert len(targets) > 8, address
        small[address] = [target for target in targets if target[1] < LEAST_TARGET]
    assert {address: targets for address, targets in small.items() if targets} == {}


def test_no_page_needs_what_the_policy_forbids(tablet: Page) -> None:
    told: list[str] = []
    tablet.on("console", lambda message: told.append(message.text) if message.type in {"error", "warning"} else None)
    tablet.on("pageerror", lambda error: told.append(str(error)))
    for address in [*desk_addresses(), reverse("admin:accounts_user_changelist"), reverse("admin:auth_group_add")]:
        tablet.goto(address)
        tablet.wait_for_load_state("networkidle")
    assert told == []


def test_chosen_theme_holds_on_the_desk_and_on_the_site(tablet: Page) -> None:
    tablet.goto(reverse("admin:index"))
    by_day = tablet.evaluate("getComputedStyle(document.body).backgroundColor")
    tablet.get_by_role("button", name="밝게/어둡게").click()
    by_night = tablet.evaluate("getComputedStyle(document.body).backgroundColor")
    assert by_night != by_day
    tablet.goto(reverse("admin:coverage"))
    assert tablet.evaluate("getComputedStyle(document.body).backgroundColor") == by_night
    tablet.goto(reverse("diary:help"))
    assert tablet.locator("html").get_attribute("data-theme") == "dark"


def test_filters_fold_above_the_list_on_a_tablet_and_stand_beside_it_on_a_desktop(tablet: Page) -> None:
    tablet.goto(reverse("admin:catalog_movie_changelist"))
    decade = tablet.get_by_label("연대")
    expect(decade).to_be_hidden()
    conditions = tablet.locator("#changelist-filter summary").first
    conditions.click()
    decade.select_option("2010–2019")
    tablet.get_by_role("button", name="적용하기").click()
    tablet.wait_for_url("**?decade=2010")
    expect(decade).to_be_hidden()
    expect(conditions).to_contain_text("연대: 2010–2019")
    tablet.set_viewport_size({"width": 1280, "height": 900})
    tablet.reload()
    expect(decade).to_be_visible()
    expect(decade).to_have_value("2010")
