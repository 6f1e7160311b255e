"""Files from people who mean harm: read or refused with the row, soon and in little memory, and never half."""

import io
import json
import zipfile
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from diary.models import Analysis, Entry, Feedback, Recommendation, Tag
from diary.portability.apply import import_file
from diary.portability.detect import open_import
from diary.portability.errors import BadRowsError, UnreadableFileError
from diary.portability.preview import preview_import
from ml.labels import Emotion
from tests.diary.portability.files import DAY_ONE_ENTRY, DAYLIO_HEADER, day_one_json, own_entry, own_json, zip_of

pytestmark = pytest.mark.django_db

SCORES = dict.fromkeys(Emotion, 0.1)
ANALYSIS = {
    "label": "joy",
    "is_unsure": False,
    "confidence": 0.5,
    "scores": SCORES,
    "sentences": [],
    "model_version": "v1",
    "analyzed_at": "2026-10-01T00:00:00Z",
}
MOVIE = {"movie": {"external_id": "tt0001000", "imdb_id": "tt0001000"}}
SHOWN = MOVIE | {
    "strategy": "match",
    "position": 0,
    "tag": "joy",
    "score": 1.5,
    "source": "reviews",
    "is_current": True,
}
SAID = MOVIE | {"opinion": "like", "is_seen": True, "given_at": "2026-10-01T00:00:00Z"}
# What JSON can say and no column takes, or what no set can be asked for.
ODD = st.one_of(
    st.sampled_from([None, True, [], {}, [[]], {"a": []}, "", "\ud800", "\x00", "a\x00\udfff", "\u202e", "x" * 5_000]),
    st.sampled_from([10**400, -(10**400), 2**63, 2**64, -1, 0, 1e308, 5e-324, "NaN", "1e999"]),
    st.sampled_from(
        ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0001-01-01", "9999-12-31", "2026-W01-1"]
    ),
    st.text(),
    st.integers(),
)
MANY = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def bring(user: User, content: bytes, *, skips_bad_rows: bool = True) -> Any:
    """What an import did, or None for a file that it refused: then the diary is as it was."""
    before = counts()
    try:
        return import_file(user, open_import(io.BytesIO(content)), skips_bad_rows=skips_bad_rows)
    except (UnreadableFileError, BadRowsError):
        assert counts() == before
        return None


def counts() -> list[int]:
    return [model.objects.count() for model in (Entry, Analysis, Tag, Recommendation, Feedback)]


@MANY
@given(data=st.data())
def test_own_files_with_any_part_replaced(owner: User, data: st.DataObject) -> None:
    entry = own_entry(
        analysis=ANALYSIS, status="analyzed", tags=["가"], recommendations=[SHOWN], correction={"label": "joy"}
    )
    document = {"format": "moduhyu", "version": 1, "feedback": [SAID], "entries": [entry, own_entry("둘")]}
    document = json.loads(json.dumps(document))
    for _ in range(data.draw(st.integers(1, 3))):
        replace_part(document, data)
    content = json.dumps(document).encode()
    preview = None
    with suppress(UnreadableFileError):
        preview = preview_import(owner, open_import(io.BytesIO(content)))
    result = bring(owner, content)
    assert (result is None) == (preview is None)
    if result and preview:
        assert (result.new, result.doubles, result.bad) == (preview.new, preview.doubles, preview.bad)
        assert all(row.place and row.reason for row in result.bad_rows)


def replace_part(value: Any, data: st.DataObject) -> None:
    """Put something odd in the place of a part of a JSON value, however deep."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = data.draw(st.sampled_from(keys))
    if isinstance(value[key], dict | list) and value[key] and data.draw(st.integers(0, 4)):
        replace_part(value[key], data)
    else:
        value[key] = deepcopy(data.draw(ODD))  # a later part may be replaced within it


@pytest.mark.parametrize(
    "odd",
    [
        {"analysis": ANALYSIS | {"label": []}},
        {"analysis": ANALYSIS | {"confidence": 10**400}},
        {"analysis": ANALYSIS | {"model_version": "\ud800"}},
        {"analysis": ANALYSIS | {"sentences": [{"start": 0, "end": 10**400, "scores": SCORES}]}},
        {"analysis": ANALYSIS, "recommendations": [SHOWN | {"strategy": {}}, SHOWN | {"tag": []}]},
        {
            "analysis": ANALYSIS,
            "recommendations": [SHOWN | {"source": "\ud800"}, SHOWN | {"movie": {"external_id": "\ud800"}}],
        },
        {"correction": {"label": {}}},
    ],
)
def test_parts_that_no_column_takes_are_made_anew(owner: User, catalogue: None, odd: dict[str, Any]) -> None:
    content = json.dumps({"format": "moduhyu", "version": 1, "entries": [own_entry() | odd]}).encode()
    assert bring(owner, content).new == 1
    assert Entry.objects.get().text == own_entry()["text"]


@MANY
@given(cells=st.lists(st.one_of(ODD.map(str), st.text(alphabet="<a>/&;|# \t'\"=\n")), min_size=8, max_size=8))
def test_daylio_rows_of_anything(owner: User, cells: list[str]) -> None:
    row = ",".join('"{}"'.format(cell.replace('"', '""')) for cell in cells)
    content = f"{DAYLIO_HEADER}2026-10-01,x,x,9:00,meh,,,good\n{row}\n"
    result = bring(owner, content.encode("utf-8", "replace"))
    assert result is None or result.new + result.doubles + result.bad >= 1


@MANY
@given(data=st.data())
def test_day_one_files_with_any_part_replaced(owner: User, data: st.DataObject) -> None:
    document = json.loads(day_one_json(DAY_ONE_ENTRY, DAY_ONE_ENTRY | {"uuid": "b"}))
    replace_part(document["entries"], data)
    bring(owner, json.dumps(document).encode())


@settings(MANY, max_examples=80)
@given(data=st.data())
def test_zips_with_bytes_replaced(owner: User, data: st.DataObject) -> None:
    content = bytearray(zip_of([("moduhyu.json", own_json(own_entry())), ("entries/a.md", "x")]))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))
    bring(owner, bytes(content[:cut]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"format": "moduhyu", "version": 1, "entries": [' + b'{"a":' * 100_000, "너무 깊어서"),
        (b'{"format": "moduhyu", "version": 1, "entries": [{"text": 1e' + b"9" * 10_000 + b"}]}", None),
        (b'{"format": "moduhyu", "version": 1, "entries": [{"text": NaN}]}', "JSON"),
        (b'{"format": "moduhyu", "version": 1, "entries": [{"text": -Infinity}]}', "JSON"),
        ('{"format": "moduhyu"}'.encode("utf-16"), None),
        (b'{"format": "moduhyu", "version": 1, "entries": [{"text": "\xff"}]}', "UTF-8"),
        (b'{"entries": [{"written_on": "2026-10-01", "text": "' + b"x" * 9_000_000, "JSON"),
    ],
)
def test_files_that_are_refused_whole(owner: User, content: bytes, words: str | None) -> None:
    if words is None:
        result = bring(owner, content)
        assert result is None or result.new == 0
        return
    with pytest.raises(UnreadableFileError, match=words):
        import_file(owner, open_import(io.BytesIO(content)), skips_bad_rows=True)
    assert not Entry.objects.exists()


def test_what_is_not_seen_is_kept_and_makes_no_second_tag(owner: User) -> None:
    text = "раypal \u202e뒤집힌\u202c 글\u200b과 е"  # Cyrillic letters that look Latin, and what turns a line around
    tags = ["가족", "\u1100\u1161족", "가족\x00", "\u202e", "\u200b"]
    bring(owner, own_json(own_entry(text, tags=tags)))
    entry = Entry.objects.get()
    assert entry.text == text
    assert entry.tag_names == ["가족"]


def test_ten_thousand_tags_stay_readable(owner: User) -> None:
    bring(owner, own_json(own_entry(tags=[f"태그{number}" for number in range(10_000)])))
    entry = Entry.objects.get()
    assert len(entry.tag_names) == 10
    assert entry.text.endswith("#태그9999")


def test_zip_with_an_empty_name(owner: User) -> None:
    content = zip_of([("moduhyu.json", own_json(own_entry())), ("entries.md", "x")])
    assert bring(owner, content.replace(b"entries.md", b"\x00ntries.md")).new == 1


def overlapping_zip(copies: int) -> bytes:
    """A ZIP whose directory names the same compressed megabytes many times (David Fifield's bomb)."""
    inner = zip_of([("a.json", b" " * 20_000_000)])
    with zipfile.ZipFile(io.BytesIO(inner)) as archive:
        directory = archive.start_dir
    record = inner[directory : inner.rindex(b"PK\x05\x06")]
    records = b"".join(record.replace(b"a.json", f"{number:02}json".encode()) for number in range(copies))
    end = bytearray(inner[inner.rindex(b"PK\x05\x06") :])
    end[8:12] = copies.to_bytes(2, "little") * 2
    end[12:16] = len(records).to_bytes(4, "little")
    return inner[:directory] + records + bytes(end)


@pytest.mark.parametrize(
    "content",
    [
        overlapping_zip(40),
        zip_of([("moduhyu.json", zip_of([("moduhyu.json", own_json(own_entry()))]))]),
        zip_of([("moduhyu.zip", zip_of([("moduhyu.json", own_json(own_entry()))]))]),
    ],
    ids=["overlapping", "a ZIP named like the file", "a ZIP in a ZIP"],
)
def test_zips_in_and_over_one_another(owner: User, content: bytes) -> None:
    assert bring(owner, content) is None
