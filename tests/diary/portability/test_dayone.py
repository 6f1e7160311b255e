"""Day One's JSON ZIP."""

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest

from accounts.models import User
from diary.models import Entry
from diary.portability.apply import Imported, import_file
from diary.portability.detect import open_import
from diary.portability.preview import preview_import
from tests.diary.portability.files import DAY_ONE_ENTRY, day_one_json, day_one_zip, zip_of
from tests.factories import rewrite

pytestmark = pytest.mark.django_db(transaction=True)


def bring(user: User, content: bytes) -> Imported:
    return import_file(user, open_import(BytesIO(content)), skips_bad_rows=True)


def changed(**fields: Any) -> dict[str, Any]:
    return DAY_ONE_ENTRY | fields


def test_entry_comes_with_day_tags_id_and_plain_markdown(owner: User) -> None:
    assert bring(owner, day_one_zip(DAY_ONE_ENTRY)).new == 1
    entry = Entry.objects.get()
    assert entry.pk == UUID("7e1d5c0a-9b3f-4e2d-8c6a-5b4f3e2d1c0b")
    assert entry.text == "# 제주\n\n바람이 불었다. 귤을 샀다!"
    assert entry.tag_names == ["가족_모임", "여행"]
    assert entry.created_at == datetime(2024, 5, 1, 15, 30, tzinfo=UTC)
    assert entry.updated_at == datetime(2024, 5, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Asia/Seoul", date(2024, 5, 2)),
        ("Europe/Lisbon", date(2024, 5, 1)),
        ("Mars/Olympus", date(2024, 5, 2)),
        ("../../etc/passwd", date(2024, 5, 2)),
        ("\x00", date(2024, 5, 2)),
        (None, date(2024, 5, 2)),
    ],
)
def test_day_is_the_one_where_it_was_written(owner: User, zone: Any, day: date) -> None:
    bring(owner, day_one_zip(changed(timeZone=zone)))
    assert Entry.objects.get().written_on == day


def test_photos_are_left_out_and_said_so(owner: User) -> None:
    preview = preview_import(owner, open_import(BytesIO(day_one_zip(DAY_ONE_ENTRY))))
    [words] = preview.left_out
    assert "1개" in words


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (changed(text="![](dayone-moment://X)\n"), "사진만"),
        (changed(text=None), "사진만"),
        (changed(text=None, richText="[" * 100_000), "사진만"),
        (changed(text=None, richText='{"contents": [7]}'), "사진만"),
        (changed(creationDate="yesterday"), "creationDate"),
        (changed(creationDate="0001-01-01T00:00:00Z", timeZone="America/New_York"), "creationDate"),
        (changed(creationDate=7), "creationDate"),
        (changed(creationDate="2999-01-01T00:00:00Z"), "오지 않은"),
        ("entry", "creationDate"),
    ],
)
def test_entries_that_can_not_come(owner: User, entry: Any, reason: str) -> None:
    result = bring(owner, day_one_zip(changed(uuid="1", text="좋은 글"), entry))
    assert (result.new, result.bad) == (1, 1)
    assert reason in result.bad_rows[0].reason


def test_rich_text_stands_in_where_there_is_nothing_else(owner: User) -> None:
    rich = '{"contents": [{"text": "첫 줄\\n"}, {"embeddedObjects": []}, {"text": "둘째 줄"}]}'
    bring(owner, day_one_zip(changed(text=None, richText=rich)))
    assert Entry.objects.get().text == "첫 줄\n둘째 줄"


def test_journals_come_together_and_bad_rows_name_theirs(owner: User) -> None:
    content = zip_of(
        [
            ("Journal.json", day_one_json(changed(uuid="1", text="하나"))),
            ("일.json", day_one_json(changed(uuid="2", text="둘"), changed(uuid="3", text=""))),
            ("__MACOSX/._Journal.json", b"\x00\x05"),
        ]
    )
    result = bring(owner, content)
    assert (result.new, result.bad) == (2, 1)
    assert result.bad_rows[0].place == "일.json, 2번째 일기"


def test_ids_that_are_no_uuid_are_the_same_at_every_import(owner: User) -> None:
    content = day_one_zip(changed(uuid="not-a-uuid", text="글"))
    bring(owner, content)
    assert Entry.objects.get().pk.version == 5
    rewrite(Entry.objects.get(), "고친 글")
    assert bring(owner, content).doubles == 1


def test_bare_json_comes_too(owner: User) -> None:
    assert bring(owner, day_one_json(DAY_ONE_ENTRY).encode()).new == 1


def test_escapes_are_undone_once(owner: User) -> None:
    bring(owner, day_one_zip(changed(text=r"1\. a\\b \* \가")))
    assert Entry.objects.get().text == "1. a\\b * \\가"
