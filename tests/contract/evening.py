"""An evening with the API, by the client that is generated from its document: `python evening.py URL TOKEN`.

tests/contract/test_client.py checks its types, and runs it against the real site.
"""

import sys
from datetime import date
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from moduhyu_client import AuthenticatedClient
from moduhyu_client.api.entries import (
    correct_emotion,
    create_entry,
    delete_entry,
    list_entries,
    read_entry,
    read_recommendations,
    update_entry,
)
from moduhyu_client.api.recommendations import give_feedback
from moduhyu_client.models import (
    CorrectionRequest,
    Emotion,
    Entry,
    EntryPage,
    EntryRequest,
    Feedback,
    FeedbackRequest,
    ListedEntry,
    Opinion,
    PatchedEntryRequest,
    Problem,
    StaleProblem,
    Strategy,
    StrategyAnswer,
)
from moduhyu_client.types import UNSET, Unset

T = TypeVar("T")
TEXT = "드디어 합격했다! 엄마한테 전화하니까 같이 웃으면서 축하해 줬다. 정말 행복하고 기쁜 하루다."


def expect(kind: type[T], answer: object) -> T:
    """The answer as what it should be."""
    if not isinstance(answer, kind):
        raise TypeError(f"{kind.__name__} was expected: {answer}")
    return answer


def write(client: AuthenticatedClient) -> Entry:
    """An entry is read at once, and what a phone sends twice is there once."""
    body = EntryRequest(id=uuid4(), text=TEXT, written_on=date(2026, 11, 25), tags=["합격"])
    first = create_entry.sync_detailed(client=client, body=body)
    again = create_entry.sync_detailed(client=client, body=body)
    assert (first.status_code, again.status_code) == (HTTPStatus.CREATED, HTTPStatus.OK)
    entry = expect(Entry, first.parsed)
    assert entry.analysis is not None
    assert entry.analysis.label == Emotion.JOY
    return entry


def be_answered(client: AuthenticatedClient, entry: Entry) -> None:
    """Three films and three tracks, and one of them is liked."""
    answer = expect(StrategyAnswer, read_recommendations.sync(entry.id, client=client, strategy=Strategy.SHIFT))
    assert (len(answer.movies), len(answer.tracks)) == (3, 3)
    opinion = FeedbackRequest(opinion=Opinion.LIKE, is_seen=False)
    feedback = expect(Feedback, give_feedback.sync(answer.movies[0].id, client=client, body=opinion))
    assert feedback.opinion == Opinion.LIKE


def correct(client: AuthenticatedClient, entry: Entry) -> Entry:
    """The writer's word stands beside what was read."""
    corrected = correct_emotion.sync(entry.id, client=client, body=CorrectionRequest(label=Emotion.EMBARRASSMENT))
    return expect(Entry, corrected)


def change(client: AuthenticatedClient, before: Entry, now: Entry) -> Entry:
    """Who knows the entry only as it was is told how it is now; who knows that may change it."""
    body = PatchedEntryRequest(text="발표가 끝났다. 조금 아쉽지만 후련하다.")
    stale = update_entry.sync(before.id, client=client, if_match=tag_of(before), body=body)
    assert expect(StaleProblem, stale).current.revision == now.revision
    changed = expect(Entry, update_entry.sync(now.id, client=client, if_match=tag_of(now), body=body))
    assert (changed.text, changed.tags) == (body.text, ["합격"])
    return changed


def tag_of(entry: Entry) -> str:
    return f'"{entry.revision}"'


def look_back(client: AuthenticatedClient) -> list[ListedEntry]:
    """All entries, two a page."""
    seen: list[ListedEntry] = []
    cursor: str | Unset = UNSET
    while True:
        page = expect(EntryPage, list_entries.sync(client=client, page_size=2, cursor=cursor))
        seen += page.results
        if page.next_ is None:
            return seen
        cursor = parse_qs(urlsplit(page.next_).query)["cursor"][0]


def forget(client: AuthenticatedClient, entry: Entry) -> None:
    """Delete the entry; another's eyes, and ours from now on, find nothing."""
    deleted = delete_entry.sync_detailed(entry.id, client=client, if_match=tag_of(entry))
    assert deleted.status_code == HTTPStatus.NO_CONTENT
    assert expect(Problem, read_entry.sync(entry.id, client=client)).status == HTTPStatus.NOT_FOUND


def spend_evening(url: str, token: str) -> None:
    """All of it."""
    client = AuthenticatedClient(url, token, prefix="", auth_header_name="X-Session-Token")
    client.raise_on_unexpected_status = True
    entries = [write(client) for _number in range(3)]
    be_answered(client, entries[0])
    corrected = correct(client, entries[0])
    assert corrected.analysis is not None
    assert corrected.analysis.label == Emotion.JOY
    changed = change(client, entries[0], corrected)
    assert {entry.id for entry in look_back(client)} == {entry.id for entry in entries}
    forget(client, changed)
    assert len(look_back(client)) == 2


if __name__ == "__main__":
    spend_evening(sys.argv[1], sys.argv[2])
    print("좋은 밤 되세요.")
