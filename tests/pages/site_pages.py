"""The list of all pages, each with who looks at it. A page that is missing here is neither checked nor pictured."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import FilePayload, Page

from accounts.models import User
from catalog.curation import steps
from catalog.models import Action, Curation, Kind, Movie, Track
from diary import services
from diary.model_info import get_model_info
from diary.models import Entry
from diary.reminders import unsubscribe_token
from tests.factories import PASSWORD, make_user
from tests.pages.demo import HELP_TEXT, UNSURE_TEXT, write_demo_diary
from tests.pages.security import secure

VISITOR, NEWCOMER, OWNER, CURATOR = "visitor", "newcomer", "owner", "curator"
# One day that can be imported and one that can't.
DAYLIO = (
    "full_date,date,weekday,time,mood,activities,note_title,note\n"
    "2025-10-04,10월 4일,토요일,21:10,좋음,산책 | 가족,송편,다 같이 송편을 빚었다. 내 것이 제일 못생겼다.\n"
    "2025-13-40,13월 40일,화요일,22:00,보통,회사,,달력에 없는 날이다.\n"
)
ERROR_PAGES = ("400", "403", "403_csrf", "403_second_factor", "404", "429", "500", "503")


@dataclass(frozen=True)
class SitePage:
    """A page: its name in files and messages, its address, and who looks at it.

    Where there is an `upload`, the page is what comes after a file with it was sent from the address; where there is
    something to `fill` in, by the fields' names, what comes after that was sent.
    """

    name: str
    path: str
    viewer: str = OWNER
    upload: str = ""
    fill: tuple[tuple[str, str], ...] = ()

    def open(self, view: Page, site: str) -> None:
        """Go there in a browser."""
        view.goto(site + self.path)
        if self.upload:
            file: FilePayload = {"name": "daylio.csv", "mimeType": "text/csv", "buffer": self.upload.encode()}
            view.locator("input[type=file]").set_input_files(file)
            view.locator("main form button[type=submit]").click()
            view.wait_for_url("**/import/preview/")
        for name, value in self.fill:
            view.locator(f"main form [name={name}]").fill(value)
        if self.fill:
            with view.expect_navigation():
                view.locator("main form button[type=submit]").first.click()


@dataclass(frozen=True)
class Demo:
    """People and entries that pages are about. `answered` is the first entry of a long diary."""

    owner: User
    newcomer: User
    curator: User
    curation: Curation
    today: date
    answered: Entry
    corrected: Entry
    helped: Entry
    unsure: Entry

    def person(self, viewer: str) -> User | None:
        """Who looks at a page; None for a visitor."""
        return {OWNER: self.owner, NEWCOMER: self.newcomer, CURATOR: self.curator}.get(viewer)


def make_demo(*, days: int) -> Demo:
    """A diary of that many days, somebody who has just arrived, and a curator who has done something."""
    owner, newcomer = make_user("jieun@example.com"), make_user("newcomer@example.com")
    curator = make_user("curator@example.com", is_staff=True, is_superuser=True)
    today = timezone.localdate()
    # Their owner's, but not of this autumn: they must not stand on top of every list.
    old = date(today.year - 1, 11, 3)
    helped, _new = services.create_entry(user=owner, text=HELP_TEXT, written_on=old)
    unsure, _new = services.create_entry(user=owner, text=UNSURE_TEXT, written_on=old)
    recent = write_demo_diary(owner, today=today, days=days)
    secure(owner, newcomer)
    selection = {"query": {"decade": "1990"}}
    step = steps.begin(curator=curator, kind=Kind.MOVIE, action=Action.PIN, selection=selection)
    curation = steps.advance(step.pk, seconds=60)
    return Demo(owner, newcomer, curator, curation, today, recent[0], recent[1], helped, unsure)


def site_pages(demo: Demo) -> list[SitePage]:
    """Every page of the site, in the order in which a person meets them."""
    return [
        *_visitor_pages(demo),
        SitePage("first-visit", "/", NEWCOMER),
        SitePage("no-entries", reverse("diary:entry-list"), NEWCOMER),
        *_diary_pages(demo),
        SitePage("calendar", reverse("diary:calendar")),
        SitePage("calendar-year", reverse("diary:calendar-year", args=[demo.today.year])),
        SitePage("trends", f"{reverse('diary:trends')}?period=90"),
        SitePage("calendar-empty", reverse("diary:calendar"), NEWCOMER),
        SitePage("trends-empty", reverse("diary:trends"), NEWCOMER),
        SitePage("liked", reverse("diary:liked")),
        SitePage("liked-nothing", reverse("diary:liked"), NEWCOMER),
        SitePage("export", reverse("diary:export")),
        SitePage("import", reverse("diary:import")),
        SitePage("import-preview", reverse("diary:import"), upload=DAYLIO),
        *_account_pages(),
        SitePage("delete-account", reverse("diary:delete-account")),
        SitePage("reminder-off", reverse("diary:reminder-unsubscribe", args=[unsubscribe_token(demo.owner.pk)])),
        SitePage("offline", reverse("diary:offline"), VISITOR),
        SitePage("offline-elsewhere", reverse("diary:offline-elsewhere"), VISITOR),
        *_model_pages(),
        SitePage("api-docs", reverse("docs"), VISITOR),
        SitePage("error-too-often", "/errors/too-often/"),
        *_desk_pages(demo),
        *(SitePage(f"error-{name}", f"/errors/{name}/", VISITOR) for name in ERROR_PAGES),
    ]


def _visitor_pages(demo: Demo) -> list[SitePage]:
    """What whoever is not logged in sees, and how they come in."""
    return [
        SitePage("landing", "/", VISITOR),
        SitePage("help", reverse("diary:help"), VISITOR),
        SitePage("privacy", reverse("diary:privacy"), VISITOR),
        SitePage("signup", reverse("account_signup"), VISITOR),
        SitePage("login", reverse("account_login"), VISITOR),
        SitePage("password-reset", reverse("account_reset_password"), VISITOR),
        SitePage(
            "password-reset-code", reverse("account_reset_password"), VISITOR, fill=(("email", demo.owner.email),)
        ),
        SitePage(
            "login-second-step",
            reverse("account_login"),
            VISITOR,
            fill=(("login", demo.owner.email), ("password", PASSWORD)),
        ),
    ]


def _diary_pages(demo: Demo) -> list[SitePage]:
    """Writing, an entry in every state, and finding it again."""
    return [
        SitePage("write", "/"),
        SitePage("entry", _of("detail", demo.answered)),
        SitePage("entry-corrected", _of("detail", demo.corrected)),
        SitePage("entry-unsure", _of("detail", demo.unsure)),
        SitePage("entry-help-card", _of("detail", demo.helped)),
        SitePage("entry-edit", _of("edit", demo.answered)),
        SitePage("entry-delete", _of("delete", demo.answered)),
        SitePage("list", reverse("diary:entry-list")),
        SitePage("search", f"{reverse('diary:entry-list')}?q=엄마"),
        SitePage("search-nothing", f"{reverse('diary:entry-list')}?q=우주선"),
        SitePage("tag", f"{reverse('diary:entry-list')}?tag=가족"),
    ]


def _account_pages() -> list[SitePage]:
    """Settings, ways to log in and what protects them."""
    return [
        SitePage("settings", reverse("accounts:settings")),
        SitePage("sessions", reverse("accounts:sessions")),
        SitePage("two-steps", reverse("mfa_index")),
        SitePage("totp-activate", reverse("mfa_activate_totp"), NEWCOMER),
        SitePage("totp-deactivate", reverse("mfa_deactivate_totp")),
        SitePage("passkeys", reverse("mfa_list_webauthn"), NEWCOMER),
        SitePage("passkey-add", reverse("mfa_add_webauthn")),
        SitePage("recovery-codes", reverse("mfa_view_recovery_codes")),
        SitePage("recovery-codes-new", reverse("mfa_generate_recovery_codes")),
        SitePage("reauthenticate", reverse("account_reauthenticate")),
        SitePage("reauthenticate-code", reverse("mfa_reauthenticate")),
        SitePage("connections", reverse("socialaccount_connections")),
        SitePage("email", reverse("account_email")),
        SitePage("password-change", reverse("account_change_password")),
        SitePage("logout", reverse("account_logout")),
    ]


def _desk_pages(demo: Demo) -> list[SitePage]:
    """The admin, as a curator sees it."""
    films, film = reverse("admin:catalog_movie_changelist"), Movie.objects.earliest("pk")
    addresses = {
        "": reverse("admin:index"),
        "-films": films,
        "-films-searched": f"{films}?q=영화",
        "-film": reverse("admin:catalog_movie_change", args=[film.pk]),
        "-film-history": reverse("admin:catalog_movie_history", args=[film.pk]),
        "-films-filtered": f"{films}?hidden=no&decade=2000&korean=yes",
        "-films-import": reverse("admin:catalog_movie_import"),
        "-records": reverse("admin:catalog_curation_changelist"),
        "-record": reverse("admin:catalog_curation_step", args=[demo.curation.pk]),
        "-record-undo": reverse("admin:catalog_curation_undo", args=[demo.curation.pk]),
        "-tracks": reverse("admin:catalog_track_changelist"),
        "-track": reverse("admin:catalog_track_change", args=[Track.objects.earliest("pk").pk]),
        "-review": reverse("admin:review"),
        "-coverage": reverse("admin:coverage"),
        "-users": reverse("admin:accounts_user_changelist"),
        "-user": reverse("admin:accounts_user_change", args=[demo.owner.pk]),
        "-group": reverse("admin:auth_group_add"),
        "-entries": reverse("admin:diary_entry_changelist"),
    }
    return [SitePage(f"admin{name}", path, CURATOR) for name, path in addresses.items()]


def _model_pages() -> list[SitePage]:
    """The desk of the emotion model. Its other pages need a second version: tests/e2e/test_model_desk.py has one."""
    version = get_model_info().facts.version
    addresses = {"": reverse("admin:models"), "-version": reverse("admin:model-version", args=[version])}
    return [SitePage(f"models{name}", path, CURATOR) for name, path in addresses.items()]


def _of(page: str, entry: Entry) -> str:
    return reverse(f"diary:entry-{page}", args=[entry.pk])
