"""An account ends completely: no table, no session and no file knows of it any more."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.session_store import SessionStore
from diary import services
from diary.feedback import give_feedback
from diary.models import Entry, Export, Tag
from diary.portability.account import delete_everything
from ml.labels import Emotion, Strategy
from tests.accounts.phone import totp_code
from tests.diary.portability.files import own_entry, own_json
from tests.factories import PASSWORD, make_entry, make_user

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/settings/delete/"
CANARY = "카나리아가 본 비밀"
DAY = date(2026, 11, 1)
EMAIL = "canary@example.com"
ELSEWHERE = "kakao-564738291"  # their number there


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


def files_in(folder: Path) -> dict[str, int]:
    """How many files lie in each folder."""
    return {path.name: len(list(path.iterdir())) for path in folder.iterdir()}


@pytest.fixture
def canary(db: None) -> User:
    # Far from every other number in the database, so that its key is found and nothing else is.
    return make_user(EMAIL, pk=918_273_645)


def cells() -> Iterator[tuple[str, str]]:
    """Every value of every table, with where it stands; bytes in hexadecimal, sessions decoded."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names from the database itself
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    is_bytes = isinstance(value, bytes | memoryview)
                    yield f"{table}.{name}", bytes(value).hex() if is_bytes else str(value)
    for session in Session.objects.all():
        yield "decoded session", json.dumps(session.get_decoded(), ensure_ascii=False, default=str)


def traces(words: list[str]) -> set[str]:
    return {place for place, value in cells() if any(word.casefold() in value.casefold() for word in words)}


def live(client: Client, user: User) -> list[str]:
    """Use everything; returns what would give the person away."""
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    entry, _ = services.create_entry(user=user, text=CANARY, written_on=DAY, tags=[CANARY.split()[0]])
    services.correct_emotion(entry=entry, emotion=Emotion.JOY)
    services.recommend_again(entry=entry, strategy=Strategy.MATCH)
    shown = entry.recommendations.first() or services.recommend_again(entry=entry, strategy=Strategy.SHIFT)[0]
    give_feedback(user=user, recommendation_id=shown.pk, opinion="dislike", is_seen=True)
    gone, _ = services.create_entry(user=user, text=CANARY, written_on=DAY)
    services.delete_entry(entry=gone, revision=gone.revision)
    client.post("/settings/", {"shares_corrections": "on"})
    client.post("/import/", {"file": SimpleUploadedFile("a.json", own_json(own_entry(CANARY)))})
    client.post("/import/preview/")
    client.post("/import/", {"file": SimpleUploadedFile("b.json", own_json(own_entry(CANARY + "!")))})
    assert client.post("/api/v1/exports/", content_type="application/json").status_code == 201
    client.get("/entries/", {"q": CANARY})
    phone = Client()
    login = {"email": EMAIL, "password": PASSWORD}
    phone.post("/_allauth/app/v1/auth/login", login, content_type="application/json")
    SocialAccount.objects.create(user=user, provider="kakao", uid=ELSEWHERE)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/email/", {"action_add": "", "email": "second-canary@example.com"})
    EmailAddress.objects.filter(user=user).update(verified=True)
    page = client.get("/accounts/2fa/totp/activate/")
    client.post("/accounts/2fa/totp/activate/", {"code": totp_code(page.context["form"].secret)})
    Client().post("/accounts/password/reset/", {"email": EMAIL})
    ids = [str(pk) for pk in Entry.objects.filter(user=user).values_list("pk", flat=True)]
    ids.append(str(gone.pk))
    return [
        CANARY,
        CANARY.split()[0],
        EMAIL,
        "second-canary",
        ELSEWHERE,
        str(user.pk),
        *ids,
        *(pk.replace("-", "") for pk in ids),
        *(sealed.hex() for sealed in Entry.objects.filter(user=user).values_list("text", flat=True)),
        *(sealed.hex() for sealed in Export.objects.filter(user=user).values_list("key", flat=True)),
        *(sealed.hex() for sealed in Tag.objects.filter(user=user).values_list("name", flat=True)),
    ]


def manage(admin: Client, user: User) -> None:
    """An admin changes the account, and the log of the admin site tells so."""
    data = {"email": EMAIL, "is_active": "on"}
    assert admin.post(f"/admin/accounts/user/{user.pk}/change/", data).status_code == 302


@pytest.fixture
def admin(db: None) -> Client:
    client = Client()
    client.force_login(make_user("admin@example.com", is_staff=True, is_superuser=True))
    return client


def test_nothing_is_left_in_any_table_or_file(
    client: Client, admin: Client, canary: User, catalogue: None, folder: Path
) -> None:
    words = live(client, canary)
    manage(admin, canary)
    places = traces(words)
    # Before: the scan sees what it looks for.
    assert {
        "accounts_user.email",
        "account_emailaddress.email",
        "accounts_datakey.user_id",
        "diary_entry.text",
        "diary_entry.user_id",
        "diary_tag.name",
        "diary_analysis.entry_id",
        "diary_correction.entry_id",
        "diary_recommendation.user_id",
        "diary_feedback.user_id",
        "diary_changeclock.user_id",
        "diary_tombstone.user_id",
        "diary_tombstone.entry_id",
        "diary_entry_tags.entry_id",
        "diary_export.user_id",
        "django_admin_log.object_repr",
        "mfa_authenticator.user_id",
        "socialaccount_socialaccount.uid",
        "usersessions_usersession.user_id",
        "decoded session",
    } <= places
    assert files_in(folder) == {"imports": 1, "exports": 1}

    response = client.post(PAGE, {"password": PASSWORD}, follow=True)
    assert "모두 지웠어요" in response.text
    assert traces(words) == set()
    assert files_in(folder) == {"imports": 0, "exports": 0}


def test_an_admin_leaves_only_a_number_of_the_account_that_is_deleted(
    client: Client, admin: Client, canary: User, catalogue: None, folder: Path
) -> None:
    words = live(client, canary)
    manage(admin, canary)
    assert "django_admin_log.object_repr" in traces(words)
    assert admin.post(f"/admin/accounts/user/{canary.pk}/delete/", {"post": "yes"}).status_code == 302
    assert traces(words) == {"django_admin_log.object_id", "django_admin_log.object_repr"}
    [deletion] = LogEntry.objects.filter(object_id=str(canary.pk))
    assert (deletion.action_flag, deletion.change_message) == (DELETION, "")
    assert deletion.object_repr == f"계정 {canary.pk}"
    assert files_in(folder) == {"imports": 0, "exports": 0}


@pytest.fixture
def both(client: Client, canary: User, outsider: User, catalogue: None) -> dict[str, object]:
    """Two accounts with uploads and exports, and the form in which an admin chooses both."""
    live(client, canary)
    return {"action": "delete_selected", "_selected_action": [canary.pk, outsider.pk], "post": "yes"}


def test_several_accounts_that_an_admin_deletes_at_once_end_with_their_files(
    admin: Client, both: dict[str, object], folder: Path
) -> None:
    assert admin.post("/admin/accounts/user/", both).status_code == 302
    assert [user.email for user in User.objects.all()] == ["admin@example.com"]
    assert LogEntry.objects.filter(action_flag=DELETION).count() == 2
    assert files_in(folder) == {"imports": 0, "exports": 0}


def test_accounts_that_did_not_end_are_not_told_of(
    admin: Client, both: dict[str, object], monkeypatch: pytest.MonkeyPatch, canary: User, folder: Path
) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError("no disk")

    monkeypatch.setattr("diary.portability.account.delete_account", fail)
    with pytest.raises(OSError, match="no disk"):
        admin.post("/admin/accounts/user/", both)
    assert User.objects.filter(pk=canary.pk).exists()
    assert not LogEntry.objects.filter(action_flag=DELETION).exists()
    assert files_in(folder) == {"imports": 1, "exports": 1}


def test_what_was_not_deleted_after_all_keeps_its_files(both: dict[str, object], canary: User, folder: Path) -> None:
    with transaction.atomic():
        delete_everything(canary)
        transaction.set_rollback(True)
    assert User.objects.filter(email=EMAIL).exists()
    assert files_in(folder) == {"imports": 1, "exports": 1}


def test_an_admin_may_end_their_own_account(admin: Client, canary: User) -> None:
    own = User.objects.get(email="admin@example.com")
    assert admin.post(f"/admin/accounts/user/{own.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=own.pk).exists()
    assert not LogEntry.objects.exists()


def test_a_person_beside_loses_nothing(client: Client, canary: User, catalogue: None, outsider: User) -> None:
    make_entry(outsider, "남의 일기")
    other = Client()
    other.force_login(outsider)
    live(client, canary)
    before = {model: model.objects.count() for model in apps.get_models() if model.__module__.startswith("catalog")}
    client.post(PAGE, {"password": PASSWORD})
    assert Entry.objects.get().text == "남의 일기"
    assert other.get("/settings/").status_code == 200
    assert {model: model.objects.count() for model in before} == before


def test_every_device_is_logged_out(client: Client, owner: User) -> None:
    devices = [Client(), Client()]
    for device in devices:
        device.force_login(owner)
    devices[0].post(PAGE, {"password": PASSWORD})
    assert all(device.get("/settings/").status_code == 302 for device in devices)
    assert not Session.objects.exists()


def test_sessions_from_before_the_list_end_too(owner: User) -> None:
    old, new = Client(), Client()
    old.force_login(owner)  # no row beside it
    new.post("/accounts/login/", {"login": owner.email, "password": PASSWORD})
    new.post(PAGE, {"password": PASSWORD})
    assert old.get("/settings/").status_code == 302
    assert not Session.objects.exists()


def test_a_login_that_waits_for_its_mail_is_forgotten(owner: User, settings: Settings, client: Client) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    client.post("/accounts/login/", {"login": owner.email, "password": PASSWORD})
    assert Session.objects.count() == 1
    other = Client()
    other.force_login(owner)
    other.post(PAGE, {"password": PASSWORD})
    assert not Session.objects.exists()
    assert not EmailAddress.objects.exists()


def test_a_sign_up_under_an_address_that_ends_alike_goes_on() -> None:
    waiting = SessionStore()
    waiting["account_login"] = {"email": "sun@example.com"}
    waiting.save()
    delete_everything(make_user("n@example.com"))
    assert SessionStore(waiting.session_key)["account_login"] == {"email": "sun@example.com"}


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), f" {PASSWORD}"])
def test_wrong_password_deletes_nothing(owner_client: Client, owner: User, password: str) -> None:
    response = owner_client.post(PAGE, {"password": password, "email": owner.email})
    assert response.status_code == 422
    assert "비밀번호가 맞지 않아요" in response.text
    assert User.objects.filter(pk=owner.pk).exists()


def test_attempts_are_counted(owner_client: Client, owner: User) -> None:
    for _ in range(10):
        owner_client.post(PAGE, {"password": "wrong"})
    assert owner_client.post(PAGE, {"password": PASSWORD}).status_code == 429
    assert User.objects.filter(pk=owner.pk).exists()


def test_account_without_a_password_is_known_by_its_address(owner_client: Client, owner: User) -> None:
    owner.set_unusable_password()
    owner.save()
    owner_client.force_login(owner)
    assert 'name="email"' in owner_client.get(PAGE).text
    assert owner_client.post(PAGE, {"email": "other@example.com"}).status_code == 422
    owner_client.post(PAGE, {"email": f" {owner.email.upper()} "})
    assert not User.objects.filter(pk=owner.pk).exists()


def test_page_says_what_goes(owner_client: Client, owner: User) -> None:
    make_entry(owner)
    page = owner_client.get(PAGE).text
    assert "일기 1편" in page
    assert 'href="/export/"' in page
    assert User.objects.filter(pk=owner.pk).exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_page_of_nobody_leads_to_the_login(client: Client, method: str, db: None) -> None:
    response = getattr(client, method)(PAGE, {"password": PASSWORD})
    assert response.status_code == 302
    assert "login" in response.url
