"""Which passwords are refused: those that whoever knows the site or the person would try."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User

SIGNUP = "/accounts/signup/"


def is_taken(password: str, email: str = "lantern77@example.com") -> bool:
    try:
        validate_password(password, User(email=email))
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    "password",
    [
        "moduhyu2026!",
        "MODUHYU-diary",
        "모두의 휴게소1!",
        "휴게소휴게소휴게소",
        "내일기장일기123",
        "gbrpth1234",
        "lantern77!!2026",
        "example.com.1",
        "password",
        "12345678",
    ],
)
def test_guesses_that_lie_near_are_refused(password: str) -> None:
    assert not is_taken(password)


@pytest.mark.parametrize(
    "password",
    ["83920175", "moduhyu rain on tuesday", "휴게소에서 먹은 감자 핫도그", "비오는밤의긴산책", "lantern77 walks home"],
)
def test_others_are_taken_whatever_their_characters(password: str) -> None:
    assert is_taken(password)


def test_decomposed_hangul_is_the_same_word() -> None:
    assert not is_taken("\u1112\u1172\u1100\u1166\u1109\u1169123!")  # 휴게소 as some phones type it


@pytest.mark.django_db
def test_signing_up_tells_why(client: Client) -> None:
    data = {"email": "lantern77@example.com", "password1": "moduhyu2026!", "password2": "moduhyu2026!"}
    page = client.post(SIGNUP, data, headers={"accept-language": "ko"})
    assert page.status_code == 200
    assert "다른 글자가 8자 이상" in page.text
    assert not User.objects.exists()
