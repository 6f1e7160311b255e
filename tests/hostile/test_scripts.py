"""No text that somebody typed, sent or imported is ever run as a script, on any page that shows it."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import LazySettings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from playwright.sync_api import Browser, FilePayload, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from catalog.models import Movie, Track
from diary import services
from diary.models import Entry
from ml.labels import Emotion
from tests.diary.portability.files import DAY_ONE_ENTRY, DAYLIO_HEADER, day_one_json, zip_of
from tests.pages.screenshots import session_cookie
from tests.pages.site_pages import CURATOR, OWNER, VISITOR, Demo, make_demo, site_pages

pytestmark = pytest.mark.django_db(transaction=True)

SHORT = "'\"><svg/onload=ran()>"  # as long as a tag may be
# Ends whatever it may stand in: an attribute, a text area, a title, a script, a comment.
SCRIPT = (
    "'\"></textarea></title></style></script>--><script>ran()</script><img src=x onerror=ran()>"
    '<svg onload=ran()><a href="javascript:ran()" id=injected>{{ 7|add:7 }}</a>'
)
ADDRESS = f"{SHORT}@example.com"
# What must not be there, whether or not the Content-Security-Policy kept it from running.
INJECTED = "#injected, [onerror], [onload], [href^='javascript:'], [action^='javascript:'], [src^='javascript:']"
QUERIES = [
    (OWNER, f"{reverse('diary:entry-list')}?q={{}}&tag={{}}&from={{}}&to={{}}&emotion={{}}&page={{}}"),
    (OWNER, f"{reverse('diary:calendar')}?month={{}}"),
    (OWNER, f"{reverse('diary:trends')}?period={{}}&from={{}}&to={{}}"),
    (OWNER, f"{reverse('diary:entry-create')}?date={{}}"),
    (OWNER, f"{reverse('account_reauthenticate')}?next=javascript:ran()"),
    (OWNER, f"{reverse('account_logout')}?next=javascript:ran()"),
    (VISITOR, f"{reverse('account_login')}?next={{}}"),
    (VISITOR, f"{reverse('account_login')}?next=javascript:ran()"),
    (VISITOR, f"{reverse('account_signup')}?next=javascript:ran()&email={{}}"),
    (VISITOR, "/nothing/{}/?{}={}"),
]
# Swagger's own page, drawn by its script, and pages without a context show nothing that anybody typed.
SHOW_NOTHING = ("api-docs", "error-", "offline", "landing", "help")


@pytest.fixture
def demo(settings: LazySettings, catalogue: None) -> Demo:
    """People all of whose words are scripts."""
    settings.ROOT_URLCONF = "tests.pages.urls"
    for model, names in (
        (Movie, ("title", "title_ko", "director", "director_ko")),
        (Track, ("title", "artist", "artist_ko", "album")),
    ):
        model.objects.update(**dict.fromkeys(names, SCRIPT))
    demo = make_demo(days=3)
    owner, newcomer = demo.owner, demo.newcomer
    User.objects.filter(pk=owner.pk).update(email=ADDRESS)
    EmailAddress.objects.filter(user=owner).delete()
    EmailAddress.objects.create(user=owner, email=ADDRESS, verified=True, primary=True)
    UserSession.objects.filter(user=owner).update(user_agent=SCRIPT[:200])
    Authenticator.objects.filter(user=newcomer, type="webauthn").update(
        data={"name": SCRIPT, "credential": {"clientExtensionResults": {}}}
    )
    SocialAccount.objects.create(
        user=owner, provider="google", uid=SCRIPT, extra_data={"email": ADDRESS, "name": SCRIPT}
    )
    owner.refresh_from_db()
    return dataclasses.replace(demo, owner=owner, answered=write(owner), corrected=write(owner, Emotion.JOY))


def write(user: User, corrected: Emotion | None = None) -> Entry:
    entry, _new = services.create_entry(
        user=user, text=f"{SCRIPT}\n\n{SCRIPT} 오늘은 정말 슬펐다.", written_on=date(2026, 11, 1), tags=[SHORT, "가족"]
    )
    if corrected:
        services.correct_emotion(entry=entry, emotion=corrected)
    return entry


@pytest.fixture
def told() -> list[str]:
    """What browsers told of scripts: that one ran, asked something, or was kept from running."""
    return []


@pytest.fixture
def views(browser: Browser, demo: Demo, live_server: LiveServer, told: list[str]) -> Iterator[Callable[[str], Page]]:
    """The browser of the owner, the newcomer, the curator and of nobody."""
    pages: dict[str, Page] = {}

    def view(viewer: str) -> Page:
        if viewer not in pages:
            context = browser.new_context(locale="ko-KR", timezone_id="Asia/Seoul")
            context.route("**/*.css", lambda route: route.abort())  # a third of the time, and shows nothing
            context.add_init_script("window.ran = () => console.error('a script ran')")
            if user := demo.person(viewer):
                context.add_cookies([session_cookie(user) | {"domain": live_server.thread.host}])
            page = pages[viewer] = context.new_page()
            page.on("console", lambda message: told.append(message.text) if is_about_scripts(message.text) else None)
            page.on("dialog", lambda dialog: (told.append(dialog.message), dialog.dismiss()))
        return pages[viewer]

    yield view
    for page in pages.values():
        page.context.close()


def is_about_scripts(text: str) -> bool:
    return "a script ran" in text or "Content Security Policy" in text


def check(page: Page, told: list[str], name: str) -> None:
    assert page.locator(INJECTED).count() == 0, name
    assert told == [], name


def test_no_page_of_the_site_runs_what_it_shows(
    views: Callable[[str], Page], demo: Demo, live_server: LiveServer, told: list[str]
) -> None:
    for site_page in site_pages(demo):
        # A form that a visitor fills in is looked at below: this address is none that a browser would let them send.
        if not site_page.name.startswith(SHOW_NOTHING) and not site_page.fill:
            site_page.open(views(site_page.viewer), live_server.url)
            check(views(site_page.viewer), told, site_page.name)
    views(OWNER).goto(live_server.url + reverse("diary:entry-list"))
    assert SHORT in views(OWNER).inner_text("main")  # it was there to be run


def test_no_page_runs_what_it_is_sent(views: Callable[[str], Page], live_server: LiveServer, told: list[str]) -> None:
    send_addresses(views, live_server, told)
    send_forms(views(VISITOR), live_server, told)
    send_files(views(OWNER), live_server, told)


def send_addresses(views: Callable[[str], Page], live_server: LiveServer, told: list[str]) -> None:
    for viewer, query in QUERIES:
        views(viewer).goto(live_server.url + query.replace("{}", quote(SCRIPT)))
        check(views(viewer), told, query)


def send_forms(visitor: Page, live_server: LiveServer, told: list[str]) -> None:
    for name, field in (("account_login", "login"), ("account_signup", "email"), ("account_reset_password", "email")):
        visitor.goto(live_server.url + reverse(name))
        visitor.locator("main form").first.evaluate("form => form.noValidate = true")
        visitor.locator(f"main form [name={field}]").fill(SCRIPT)
        with visitor.expect_navigation():
            visitor.locator("main form button[type=submit]").first.click()
        check(visitor, told, name)


def send_files(owner: Page, live_server: LiveServer, told: list[str]) -> None:
    cell = SCRIPT.replace('"', '""')
    table = f'{DAYLIO_HEADER}2026-10-01,x,x,9:00,{SHORT},{SHORT},,"{cell}"\nx,{SHORT}\n"{cell}",,,,,,,\n'
    journal = day_one_json(DAY_ONE_ENTRY | {"text": SCRIPT}, {"creationDate": SCRIPT})
    journals = zip_of((f"{SCRIPT}{number}.json".replace("/", "|"), journal) for number in "ab")
    for name, content in ((f"{SCRIPT[:40]}.csv", table.encode()), ("days.zip", journals)):
        owner.goto(live_server.url + reverse("diary:import"))
        file: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        owner.locator("input[type=file]").set_input_files(file)
        owner.locator("main form button[type=submit]").click()
        owner.wait_for_url("**/import/preview/")
        check(owner, told, "preview")
        owner.locator("main form button[type=submit]").first.click()
        owner.wait_for_url("**/import/done/")
        check(owner, told, "done")
    assert "<script>ran()" in owner.inner_text("main")  # the name of the file, beside a bad row


def test_no_page_of_the_admin_runs_what_it_shows(
    views: Callable[[str], Page], demo: Demo, live_server: LiveServer, told: list[str]
) -> None:
    movie = Movie.objects.first()
    assert movie is not None
    admin = views(CURATOR)
    LogEntry.objects.create(
        user=demo.curator,
        content_type=ContentType.objects.get_for_model(Movie),
        object_id=movie.pk,
        object_repr=SCRIPT[:200],
        action_flag=CHANGE,
        change_message=SCRIPT,
    )
    for path in (
        reverse("admin:index"),
        *(reverse(f"admin:catalog_movie_{name}", args=[movie.pk]) for name in ("change", "history", "delete")),
        reverse("admin:catalog_track_change", args=[Track.objects.values_list("pk", flat=True)[0]]),
        *(f"{reverse(f'admin:{name}_changelist')}?q={quote(SCRIPT)}" for name in ("catalog_movie", "accounts_user")),
        *(
            reverse(f"admin:{name}_changelist")
            for name in ("catalog_movie", "catalog_track", "diary_entry", "accounts_user")
        ),
        *(reverse(f"admin:accounts_user_{name}", args=[demo.owner.pk]) for name in ("change", "delete")),
        reverse("admin:diary_entry_change", args=[demo.answered.pk]),
    ):
        admin.goto(live_server.url + path)
        check(admin, told, path)


def test_a_script_would_be_noticed(views: Callable[[str], Page], live_server: LiveServer, told: list[str]) -> None:
    page = views(VISITOR)
    page.goto(live_server.url)
    page.evaluate("script => { document.querySelector('main').innerHTML = script }", SCRIPT)
    assert page.locator(INJECTED).count() > 0
    page.wait_for_function("() => true")
    assert told
