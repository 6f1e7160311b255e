"""Daylio's CSV."""

from datetime import date
from io import BytesIO

import pytest
from django.utils import timezone

from accounts.models import User
from diary.models import Entry
from diary.portability.apply import Imported, import_file
from diary.portability.detect import open_import
from diary.portability.errors import UnreadableFileError
from diary.portability.importers.daylio import plain_text
from diary.portability.preview import preview_import
from tests.diary.portability.files import DAYLIO_HEADER

pytestmark = pytest.mark.django_db(transaction=True)


def bring(user: User, content: str | bytes) -> Imported:
    data = content.encode() if isinstance(content, str) else content
    return import_file(user, open_import(BytesIO(data)), skips_bad_rows=True)


def row(note: str = "좋은 하루였다", **fields: str) -> str:
    cells = {
        "full_date": "2026-10-02",
        "date": "10월 2일",
        "weekday": "금요일",
        "time": "오후 8:30",
        "mood": "좋음",
        "activities": "산책 | 좋은 식사",
        "note_title": "",
        "note": note,
    } | fields
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells.values()) + "\n"


def test_row_becomes_an_entry_with_mood_and_activities_as_tags(owner: User) -> None:
    assert bring(owner, DAYLIO_HEADER + row(note_title="금요일")).new == 1
    entry = Entry.objects.get()
    assert (entry.text, entry.written_on) == ("금요일\n\n좋은 하루였다", date(2026, 10, 2))
    assert entry.tag_names == ["산책", "좋은_식사", "좋음"]
    assert not hasattr(entry, "correction")
    assert timezone.localtime(entry.created_at).strftime("%Y-%m-%d %H:%M") == "2026-10-02 20:30"


@pytest.mark.parametrize(
    ("written", "clock"),
    [("20:30", "20:30"), ("8:30 PM", "20:30"), ("8:30\u202fPM", "20:30"), ("오전 8:30", "08:30"), ("저녁", "12:00")],
)
def test_times_are_read_as_far_as_they_are_known(owner: User, written: str, clock: str) -> None:
    bring(owner, DAYLIO_HEADER + row(time=written))
    assert timezone.localtime(Entry.objects.get().created_at).strftime("%H:%M") == clock


def test_row_without_a_note_is_its_mood_and_activities(owner: User) -> None:
    bring(owner, DAYLIO_HEADER + row("", mood="rad"))
    assert Entry.objects.get().text == "rad · 산책, 좋은 식사"


def test_row_with_nothing_is_bad(owner: User) -> None:
    assert bring(owner, DAYLIO_HEADER + row() + row("", mood="", activities="")).bad == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_encodings_that_spreadsheets_write(owner: User, encoding: str) -> None:
    assert bring(owner, (DAYLIO_HEADER + row()).encode(encoding)).new == 1
    assert Entry.objects.get().text == "좋은 하루였다"


def test_encoding_that_nobody_writes(owner: User) -> None:
    with pytest.raises(UnreadableFileError, match="UTF-8"):
        bring(owner, (DAYLIO_HEADER + row()).encode() + b"\xff\xff\x80")


def test_line_ends_of_windows(owner: User) -> None:
    assert bring(owner, (DAYLIO_HEADER + row("첫 줄\n둘째 줄")).replace("\n", "\r\n")).new == 1
    assert Entry.objects.get().text == "첫 줄\n둘째 줄"


def test_bad_rows_are_numbered_as_a_spreadsheet_does(owner: User) -> None:
    rows = [
        row("하나\n두 줄"),
        row(full_date="2026/10/02"),
        "2026-10-02,짧다\n",
        row(full_date="2999-01-01"),
        row("다섯"),
    ]
    preview = preview_import(owner, open_import(BytesIO((DAYLIO_HEADER + "".join(rows)).encode())))
    assert [bad.place for bad in preview.bad_rows] == ["3행", "4행", "5행"]
    assert preview.new == 2


def test_blank_rows_are_nothing(owner: User) -> None:
    assert bring(owner, DAYLIO_HEADER + row() + "\n,,,,,,,\n").bad == 0


def test_a_quote_that_never_ends_is_told(owner: User) -> None:
    result = bring(owner, DAYLIO_HEADER + row() + '2026-10-03,,,,좋음,,,"' + "가" * 200_000 + "\n")
    assert (result.new, result.bad) == (1, 1)
    assert "따옴표" in result.bad_rows[0].reason


def test_import_again_finds_doubles_only_and_keeps_two_alike(owner: User) -> None:
    content = DAYLIO_HEADER + row() + row() + row("다른 날", full_date="2026-10-03")
    assert bring(owner, content).new == 3
    again = bring(owner, content)
    assert (again.new, again.doubles) == (0, 3)


def test_older_exports_have_fewer_columns(owner: User) -> None:
    assert bring(owner, "full_date,mood,note\n2026-10-01,meh,그냥 그랬다\n").new == 1


@pytest.mark.parametrize(
    ("note", "plain"),
    [
        ("한 줄<br>두 줄<br/>세 줄", "한 줄\n두 줄\n세 줄"),
        ("<b>굵게</b> <i>기울게</i> &amp; <u>밑줄</u>", "굵게 기울게 & 밑줄"),
        ("<p>하나</p><p>둘</p>", "하나\n둘"),
        ("<ul><li>우유</li><li>빵</li></ul>", "- 우유\n- 빵"),
        ("1 < 2 이고 3 > 2", "1 < 2 이고 3 > 2"),
        ("나 <3 너", "나 <3 너"),
        ("<Tom>에게<br>안녕", "<Tom>에게\n안녕"),
        ("AT&T", "AT&T"),
        ("&lt;br&gt;", "<br>"),
        ("<script>alert(1)</script><br>", "<script>alert(1)</script>"),
        ("<엄마>", "<엄마>"),
    ],
)
def test_plain_text_of_notes(note: str, plain: str) -> None:
    assert plain_text(note) == plain


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<html><body>로그인</body></html>", "내보내기로"),
        ("a,b,c\n1,2,3\n", "읽을 수 있는 일기 형식이"),
        ("id,written_on,emotion,is_corrected,tags,text,created_at,updated_at\n", "moduhyu.json"),
        ("full_date,date,weekday,time,mood,activities,note_title,note\n", "하나도"),
    ],
)
def test_other_tables_say_why(owner: User, content: str, words: str) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        bring(owner, content)


def test_first_days_of_the_calendar_come_in(owner: User) -> None:
    """Their first hours are outside what a database, and clocks west of here, can tell."""
    assert bring(owner, DAYLIO_HEADER + row(full_date="0001-01-01", time="12:05 AM")).new == 1
    assert Entry.objects.get().written_on == date(1, 1, 1)


def test_open_quotation_mark_does_not_turn_the_rest_into_a_note(owner: User) -> None:
    broken = row("이야기").rstrip("\n").removesuffix('"') + "\n"
    content = DAYLIO_HEADER + row("첫날") + broken + row("다음 날") + row("그다음 날")
    [bad] = preview_import(owner, open_import(BytesIO(content.encode()))).bad_rows
    assert bad.place == "3행"
    assert "여기부터 2줄을 읽지 못했어요." in bad.reason
    bring(owner, content)
    assert {entry.text for entry in Entry.objects.all()} == {"첫날", "그다음 날"}


@pytest.mark.parametrize("header", ['full_date,mood,"note" \n', 'full_date,mood,"note\n'])
def test_header_with_a_quotation_mark_out_of_place_is_no_file_of_daylio(owner: User, header: str) -> None:
    with pytest.raises(UnreadableFileError):
        preview_import(owner, open_import(BytesIO((header + "2026-10-02,rad,산책").encode())))
