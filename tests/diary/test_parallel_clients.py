"""Twenty phones of one person at the same entry at once: nothing is lost, and each revision has one author."""

import uuid
from collections import Counter

import pytest

from diary.models import Entry, Tombstone
from tests.diary.phones import CLIENTS, ENTRIES, Answer, Phone, at_once, phones
from tests.factories import HAPPY, SAD

__all__ = ["phones"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_same_create_saves_once(phones: list[Phone]) -> None:
    body = {"id": str(uuid.uuid4()), "text": SAD, "written_on": "2026-11-01", "tags": ["가족"]}
    answers = at_once(phones, lambda phone: phone.send("POST", ENTRIES, body))
    assert Counter(answer.status for answer in answers) == {201: 1, 200: CLIENTS - 1}
    assert {answer.content["text"] for answer in answers} == {SAD}
    assert Entry.objects.get().tag_names == ["가족"]


def test_creates_of_one_id_have_one_winner(phones: list[Phone]) -> None:
    body = {"id": str(uuid.uuid4()), "written_on": "2026-11-01"}
    answers = at_once(phones, lambda phone: phone.send("POST", ENTRIES, body | {"text": phone.mark}))
    assert Counter(answer.status for answer in answers) == {201: 1, 409: CLIENTS - 1}
    [winner] = [phone for phone, answer in zip(phones, answers, strict=True) if answer.status == 201]
    assert Entry.objects.get().text == winner.mark


def test_batches_of_the_same_entries_save_each_once(phones: list[Phone]) -> None:
    entries = [{"id": str(uuid.uuid4()), "text": f"{SAD} {n}", "written_on": "2026-11-01"} for n in range(5)]
    answers = at_once(phones[:8], lambda phone: phone.send("POST", f"{ENTRIES}batch/", {"entries": entries}))
    assert [answer.status for answer in answers] == [200] * 8
    for place in range(5):
        codes = Counter(answer.content["results"][place]["status"] for answer in answers)
        assert codes == {201: 1, 200: 7}
    assert Entry.objects.count() == 5


def test_edits_have_one_winner_a_revision_and_lose_nothing(phones: list[Phone]) -> None:
    """Each adds its mark to what it read, and after a 412 to what came with it, until it is through."""
    created = phones[0].send("POST", ENTRIES, {"text": "시작", "written_on": "2026-11-01"})
    url = f"{ENTRIES}{created.content['id']}/"
    winners: list[tuple[int, str]] = []  # the revision that was changed, and by whom

    def add_mark(phone: Phone) -> None:
        text, revision = created.content["text"], 1
        for _ in range(CLIENTS):
            answer = phone.send("PATCH", url, {"text": text + phone.mark}, if_match=f'"{revision}"')
            if answer.status == 200:
                winners.append((revision, phone.mark))
                # Another one may have been through before the answer was written: it tells of that one as well.
                assert answer.content["text"].startswith(text + phone.mark)
                assert answer.etag.startswith(f'"{answer.content["revision"]}-')
                return
            assert answer.status == 412
            current = answer.content["current"]
            assert current["text"].startswith(text)
            assert phone.mark not in current["text"]
            text, revision = current["text"], current["revision"]
        raise AssertionError("more refusals than there are others")

    at_once(phones, add_mark)
    assert [revision for revision, _ in sorted(winners)] == list(range(1, CLIENTS + 1))
    entry = Entry.objects.get()
    assert entry.text == "시작" + "".join(mark for _, mark in sorted(winners))
    assert entry.revision == CLIENTS + 1
    final = phones[0].send("GET", url)
    assert (final.content["text"], final.content["status"]) == (entry.text, "analyzed")
    assert final.etag.startswith(f'"{CLIENTS + 1}-')


def test_edit_or_delete_of_one_revision_has_one_winner(phones: list[Phone]) -> None:
    created = phones[0].send("POST", ENTRIES, {"text": SAD, "written_on": "2026-11-01"})
    url = f"{ENTRIES}{created.content['id']}/"

    def change(phone: Phone) -> Answer:
        if phones.index(phone) % 2:
            return phone.send("DELETE", url, if_match=created.etag)
        return phone.send("PATCH", url, {"text": HAPPY + phone.mark}, if_match=created.etag)

    answers = at_once(phones, change)
    won = [place for place, answer in enumerate(answers) if answer.status in (200, 204)]
    assert len(won) == 1
    entry = Entry.objects.first()
    if won[0] % 2:
        assert entry is None
        assert {answer.status for answer in answers} == {204, 404}
    else:
        assert entry is not None
        assert entry.text == HAPPY + phones[won[0]].mark
        refused = [answer for answer in answers if answer.status != 200]
        assert {answer.status for answer in refused} == {412}
        assert {answer.content["current"]["text"] for answer in refused} == {entry.text}


def test_deletes_at_once_leave_one_tombstone_and_retries_bring_nothing_back(phones: list[Phone]) -> None:
    body = {"id": str(uuid.uuid4()), "text": SAD, "written_on": "2026-11-01"}
    phones[0].send("POST", ENTRIES, body)
    url = f"{ENTRIES}{body['id']}/"

    def delete_or_retry(phone: Phone) -> int:
        if phones.index(phone) % 2:
            return phone.send("DELETE", url, if_match="*").status
        return phone.send("POST", ENTRIES, body).status

    codes = Counter(at_once(phones, delete_or_retry))
    assert codes[204] == 1
    assert codes[404] == CLIENTS // 2 - 1
    assert codes[200] + codes[410] == CLIENTS // 2
    assert not Entry.objects.exists()
    assert Tombstone.objects.count() == 1
    page = phones[0].send("GET", f"{ENTRIES}?updated_since=1970-01-01T00:00:00Z").content
    assert (page["results"], [stone["id"] for stone in page["deleted"]]) == ([], [body["id"]])
