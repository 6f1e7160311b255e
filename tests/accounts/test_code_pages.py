"""The pages on which a code from a mail is typed."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.accounts.phone import mailed_code
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

EMAIL = "new@example.com"
NEW_PASSWORD = "another-lamp-at-night-9"


def sign_up(client: Client, email: str = EMAIL) -> str:
    data = {"email": email, "password1": PASSWORD, "password2": PASSWORD}
    return client.post("/accounts/signup/", data, follow=True, headers={"accept-language": "ko"}).text


def test_sign_up_is_done_when_the_code_is_typed(client: Client, with_mails: None) -> None:
    page = sign_up(client)
    assert "메일로 받은 코드를 적어 주세요" in page
    assert f"{EMAIL} 주소로 코드를 보냈어요" in page
    assert client.get("/entries/").status_code == 302
    wrong = client.post("/accounts/confirm-email/", {"code": "WRON-GONE"}, headers={"accept-language": "ko"})
    assert "코드가 맞지 않아요" in wrong.text
    client.post("/accounts/confirm-email/", {"code": mailed_code()})
    assert client.get("/entries/").status_code == 200
    assert EmailAddress.objects.get(email=EMAIL).verified


def test_taken_address_sees_the_same_page(client: Client, verified: User, with_mails: None) -> None:
    taken, free = (
        sign_up(Client(), address).replace(address, "…") for address in ("owner@example.com", "nobody@example.com")
    )
    assert "메일로 받은 코드를 적어 주세요" in taken
    assert shown(taken) == shown(free)
    assert [message.to for message in mail.outbox] == [["owner@example.com"], ["nobody@example.com"]]


def shown(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]


def test_password_is_set_anew_with_a_code(client: Client, verified: User) -> None:
    page = client.post(
        "/accounts/password/reset/", {"email": verified.email}, follow=True, headers={"accept-language": "ko"}
    )
    assert "메일로 받은 코드를 적어 주세요" in page.text
    done = client.post("/accounts/password/reset/confirm/", {"code": mailed_code()}, follow=True)
    assert done.redirect_chain[-1][0] == "/accounts/password/reset/complete/"
    client.post("/accounts/password/reset/complete/", {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    verified.refresh_from_db()
    assert verified.check_password(NEW_PASSWORD)
    assert "비밀번호" in mail.outbox[-1].subject  # its person is told


def test_where_verification_is_optional_a_link_verifies(client: Client, settings: Settings) -> None:
    sign_up(client)
    assert client.get("/entries/").status_code == 200
    assert "/accounts/confirm-email/" in mail.outbox[0].body
