"""Phones of one person that do what does not go together: the end is one of those that are described."""

from collections import Counter

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from accounts.models import DataKey, User
from diary.models import ChangeClock, Entry, Export, Tag, Tombstone
from diary.portability.exports import KEPT_PER_PERSON
from tests.diary.phones import ENTRIES, Answer, Phone, at_once, phones
from tests.diary.portability.files import own_entry, own_json
from tests.factories import HAPPY, PASSWORD, SAD, make_user

__all__ = ["phones"]

pytestmark = pytest.mark.django_db(transaction=True)

IMPORT = "/api/v1/import/"
EXPORTS = "/api/v1/exports/"


@pytest.fixture
def owner(db: None) -> User:
    """Somebody whose password the site itself can check; the suite's settings have a faster way to keep them."""
    owner = make_user("owner@example.com")
    owner.password = Argon2PasswordHasher().encode(PASSWORD, "rest-stop-salt")
    owner.save()
    return owner


def test_imports_of_one_file_at_once_save_each_entry_once(phones: list[Phone]) -> None:
    content = own_json(*(own_entry(f"{SAD} {number}") for number in range(20)))
    answers = at_once(phones[:6], lambda phone: phone.send("POST", IMPORT, content))
    assert [answer.status for answer in answers] == [200] * 6
    assert sorted(answer.content["new"] for answer in answers) == [0] * 5 + [20]
    assert sorted(answer.content["doubles"] for answer in answers) == [0] + [20] * 5
    assert Entry.objects.count() == 20


def test_exports_begun_at_once_are_made_one_after_the_other(phones: list[Phone]) -> None:
    answers = at_once(phones[:6], lambda phone: [phone.send("POST", EXPORTS) for _ in range(3)])
    assert {answer.status for some in answers for answer in some} <= {201, 202, 404}  # 404: a later one displaced it
    assert 1 <= Export.objects.count() <= KEPT_PER_PERSON
    assert not Export.objects.unfinished().exists()


def test_entry_that_is_read_edited_and_deleted_at_once_is_gone(phones: list[Phone]) -> None:
    created = phones[0].send("POST", ENTRIES, {"text": SAD, "written_on": "2026-11-01"})
    url = f"{ENTRIES}{created.content['id']}/"

    def meddle(phone: Phone) -> list[int]:
        match phones.index(phone) % 4:
            case 0:
                return [phone.send("POST", f"{url}analysis/").status for _ in range(3)]
            case 1:
                return [phone.send("PUT", f"{url}correction/", {"label": "joy"}).status for _ in range(3)]
            case 2:
                return [phone.send("PATCH", url, {"text": HAPPY + phone.mark}, if_match="*").status for _ in range(3)]
        return [phone.send("DELETE", url, if_match="*").status]

    codes = at_once(phones, meddle)
    assert {code for some in codes for code in some} <= {200, 202, 204, 404, 412}
    assert Counter(code for some in codes for code in some)[204] == 1
    assert phones[0].send("GET", url).status == 404
    assert (Entry.objects.count(), Tombstone.objects.count()) == (0, 1)


def test_account_deleted_while_its_phones_write_leaves_nothing(phones: list[Phone]) -> None:
    content = own_json(*(own_entry(f"{HAPPY} {number}", tags=["가족"]) for number in range(5)))

    def live(phone: Phone) -> list[Answer]:
        if phone is phones[0]:
            return [phone.send("POST", "/api/v1/account/deletion/", {"password": PASSWORD})]
        answers: list[Answer] = []
        while len(answers) < 600 and (not answers or answers[-1].status != 401):
            match len(answers) % 3:
                case 0:
                    body = {"text": SAD, "written_on": "2026-11-01", "tags": ["비"]}
                    answers.append(phone.send("POST", ENTRIES, body))
                case 1:
                    answers.append(phone.send("POST", IMPORT, content))
                case 2:
                    answers.append(phone.send("POST", EXPORTS))
        return answers

    deleted, *lives = at_once(phones[:6], live)
    assert deleted[0].status == 204
    assert {answers[-1].status for answers in lives} == {401}
    assert {answer.status for answers in lives for answer in answers} <= {200, 201, 202, 401, 404, 409}
    left = [model for model in (User, DataKey, Entry, Tag, Tombstone, Export, ChangeClock) if model.objects.exists()]
    assert left == []
