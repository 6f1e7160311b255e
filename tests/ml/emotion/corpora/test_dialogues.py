"""감성 대화 말뭉치 as XLSX and JSON: the person's utterances only, without 상처, one dialogue in one split."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from ml.emotion.corpora.dialogues import load_dialogues, load_utterances
from ml.emotion.corpora.registry import load_source
from ml.emotion.data import Split, split_examples
from ml.errors import DataError
from ml.labels import Emotion
from tests.ml.emotion.corpora.files import write

_HEADER = ["연령", "성별", "상황키워드", "신체질환", "감정_대분류", "감정_소분류", "사람문장1", "시스템문장1"]
_HEADER += ["사람문장2", "시스템문장2", "사람문장3", "시스템문장3"]
_PERSON = ["청년", "여성", "진로, 취업, 직장", "해당없음"]


def _row(emotion: str | None, *utterances: str | None) -> list[str | None]:
    turns = [turn for text in [*utterances, None, None, None][:3] for turn in (text, "그러셨군요." if text else None)]
    return [*_PERSON, emotion, "노여워하는", *turns]


def _xlsx(path: Path, rows: Sequence[Sequence[Any]], header: Sequence[Any] = _HEADER) -> Path:
    book = Workbook()
    for row in [header, *rows]:
        book.active.append(list(row))
    book.save(path)
    return path


def _entry(code: str, talk: str, *utterances: str) -> dict[str, Any]:
    content = {}
    for turn, text in enumerate([*utterances, "", "", ""][:3], start=1):
        content |= {f"HS0{turn}": text, f"SS0{turn}": "그러셨군요." if text else ""}
    return {
        "profile": {
            "persona-id": "Pro_05349",
            "persona": {"persona-id": "A02_G02_C01", "human": ["A02", "G02"], "computer": ["C01"]},
            "emotion": {"emotion-id": f"S06_D02_{code}", "type": code, "situation": ["S06", "D02"]},
        },
        "talk": {"id": {"profile-id": "Pro_05349", "talk-id": talk}, "content": content},
    }


def _json(path: Path, entries: object) -> Path:
    return write(path, json.dumps(entries, ensure_ascii=False, indent=1))


@pytest.fixture(params=["xlsx", "json"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The same three dialogues, the second of them 상처, in either format."""
    if request.param == "xlsx":
        rows = [
            _row("분노 ", "일이 많아.", " 화가 나. "),
            _row("상처", "서운해."),
            _row("기쁨", "합격했어!", None, "신나."),
        ]
        return _xlsx(tmp_path / "Training.xlsx", rows)
    entries = [_entry("E18", "Pro_1_1", "일이 많아.", " 화가 나. "), _entry("E40", "Pro_1_2", "서운해.")]
    entries.append(_entry("E60", "Pro_1_3", "합격했어!", "", "신나."))
    return _json(tmp_path / "Training.json", entries)


def test_dialogue_is_one_text_of_the_persons_utterances(path: Path) -> None:
    examples = load_dialogues(path)
    assert [(example.text, example.label, example.source) for example in examples] == [
        ("일이 많아.\n화가 나.", Emotion.ANGER, "dialogues/Training"),
        ("합격했어!\n신나.", Emotion.JOY, "dialogues/Training"),
    ]


def test_utterances_are_examples_of_one_group_a_dialogue(path: Path) -> None:
    examples = load_utterances(path)
    assert [example.text for example in examples] == ["일이 많아.", "화가 나.", "합격했어!", "신나."]
    assert [example.label for example in examples] == [Emotion.ANGER] * 2 + [Emotion.JOY] * 2
    groups = [example.group for example in examples]
    assert groups[0] == groups[1] != groups[2] == groups[3]
    assert len({example.id for example in examples}) == 4


def test_registry_reads_both_ways(path: Path) -> None:
    assert [example.weight for example in load_source(f"dialogues:{path}:0.5")] == [0.5, 0.5]
    assert len(load_source(f"utterances:{path}")) == 4


@pytest.mark.parametrize("kind", ["xlsx", "json"])
def test_dialogue_falls_into_one_split_in_both_ways_of_reading(tmp_path: Path, kind: str) -> None:
    count = 60
    if kind == "xlsx":
        path = _xlsx(tmp_path / "T.xlsx", [_row("슬픔", f"{n}번 울었어.", f"{n}번 슬퍼.") for n in range(count)])
    else:
        path = _json(
            tmp_path / "T.json", [_entry("E20", f"t{n}", f"{n}번 울었어.", f"{n}번 슬퍼.") for n in range(count)]
        )
    parts = split_examples(load_dialogues(path) + load_utterances(path))
    groups = [{example.group for example in parts[name]} for name in Split]
    assert [len(part) for part in groups] == [48, 6, 6]
    assert len(set.union(*groups)) == count


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("E10", Emotion.ANGER),
        ("E19", Emotion.ANGER),
        ("E20", Emotion.SADNESS),
        ("E37", Emotion.ANXIETY),
        ("E59", Emotion.EMBARRASSMENT),
        ("E69", Emotion.JOY),
    ],
)
def test_codes_are_understood_in_both_formats(tmp_path: Path, code: str, label: Emotion) -> None:
    sheet = _xlsx(tmp_path / "T.xlsx", [_row(code, "말")])
    listing = _json(tmp_path / "T.json", [_entry(code, "t", "말")])
    assert [load_dialogues(file)[0].label for file in (sheet, listing)] == [label, label]


@pytest.mark.parametrize("code", ["E40", "E45", "E49", "상처"])
def test_hurt_is_dropped_even_when_blank(tmp_path: Path, code: str) -> None:
    assert load_dialogues(_xlsx(tmp_path / "T.xlsx", [_row(code, "말"), _row(code)])) == []
    assert load_utterances(_json(tmp_path / "T.json", [_entry(code, "t", "말"), _entry(code, "t2")])) == []


def test_varied_headers_extra_columns_and_blank_rows_are_tolerated(tmp_path: Path) -> None:
    header = [
        None,
        "번호",
        " 감정대분류 ",
        "감정 소분류",
        "사람 문장2",
        "시스템응답1",
        "사람문장1 ",
        "사람문장10",
        "비고",
    ]
    rows = [
        [0, 17, "불안", "초조한", "둘", "아니요", "하나", "열", "x"],
        [None] * 9,
        [1, 18, "불안", "", None, None, 2024],
    ]
    examples = load_dialogues(_xlsx(tmp_path / "T.xlsx", rows, header))
    assert [(example.text, example.id) for example in examples] == [("하나\n둘\n열", "2"), ("2024", "4")]


def test_json_turns_are_ordered_and_null_is_blank(tmp_path: Path) -> None:
    entry = _entry("E30", "t", "하나")
    entry["talk"]["content"] = {"HS10": "열", "SS01": "아니요", "HS02": None, "HS01": "하나", "note": "x"}
    [example] = load_dialogues(_json(tmp_path / "T.json", [entry]))
    assert (example.text, example.group) == ("하나\n열", "t")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [_row("기쁨", "말"), _row("중립", "말")],
            r"T\.xlsx: row 3: column 감정_대분류: unknown emotion '중립' \(expected 분노",
        ),
        ([_row("E70", "말")], r"row 2: column 감정_대분류: unknown emotion 'E70' \(expected .*E10 to E69\)"),
        ([_row("E1", "말")], r"unknown emotion 'E1'"),
        ([_row(None, "말")], r"row 2: column 감정_대분류: empty \(expected 분노"),
        ([_row("기쁨", "말"), _row("기쁨", " ", None)], r"row 3: every utterance of the person .* is blank"),
    ],
)
def test_xlsx_broken_row_is_named(tmp_path: Path, rows: list[list[str | None]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        load_dialogues(_xlsx(tmp_path / "T.xlsx", rows))


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            ["연령", "감정", "사람문장1"],
            r"T\.xlsx: row 1: missing column 감정_대분류 \(found: 연령, 감정, 사람문장1\)",
        ),
        (["감정_대분류", "시스템문장1"], r"row 1: missing column 사람문장1 \(found: 감정_대분류, 시스템문장1\)"),
        ([], r"missing column 감정_대분류, 사람문장1 \(found: none\)"),
    ],
)
def test_xlsx_missing_column_is_named_with_those_found(tmp_path: Path, header: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        load_dialogues(_xlsx(tmp_path / "T.xlsx", [], header))


def test_xlsx_that_is_none_or_is_broken_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"T\.xlsx: not an XLSX file, or locked by a password"):
        load_dialogues(write(tmp_path / "T.xlsx", "감정_대분류,사람문장1\n기쁨,말\n"))
    with pytest.raises(DataError, match=r"none\.xlsx: No such file"):
        load_dialogues(tmp_path / "none.xlsx")
    whole = _xlsx(tmp_path / "whole.xlsx", [_row("기쁨", f"{n}번째 말") for n in range(500)]).read_bytes()
    for name, content in {
        "cut": whole[: len(whole) // 2],
        "torn": whole.replace(b"PK\x03\x04", b"PK\x03\x05"),
    }.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(content)
        with pytest.raises(DataError, match=rf"{name}\.xlsx: "):
            load_dialogues(path)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (("profile", "emotion", "type"), "E99", r"T\.json: entry 2: profile\.emotion\.type: unknown emotion 'E99'"),
        (("profile", "emotion", "type"), 18, r"entry 2: profile\.emotion\.type: missing or not text"),
        (("profile", "emotion"), None, r"entry 2: profile\.emotion\.type: missing"),
        (("talk", "id"), {}, r"entry 2: talk\.id\.talk-id: missing"),
        (("talk", "content"), [], r"entry 2: talk\.content: missing or not an object"),
        (("talk", "content"), {"SS01": "네"}, r"entry 2: talk\.content: HS01, HS02, …: missing"),
        (("talk", "content", "HS02"), 5, r"entry 2: talk\.content: HS01, HS02, …: not text"),
        (("talk", "content", "HS01"), "　", r"entry 2: every utterance of the person .* is blank"),
    ],
)
def test_json_broken_entry_is_named(tmp_path: Path, field: tuple[str, ...], value: object, message: str) -> None:
    entry = _entry("E60", "b", "말")
    place = entry
    for name in field[:-1]:
        place = place[name]
    place[field[-1]] = value
    with pytest.raises(DataError, match=message):
        load_dialogues(_json(tmp_path / "T.json", [_entry("E60", "a", "말"), entry]))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[\n{"profile": {}},\n{"profile"', r"T\.json: line 3, character \d+: not JSON"),
        (b'{"profile": {}}', r"expected a JSON list of dialogues"),
        (b'["a"]', r"entry 1: profile\.emotion\.type: missing"),
        ('["기쁨"]'.encode("cp949"), r"not UTF-8 at byte 2"),
    ],
)
def test_json_that_is_none_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "T.json"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        load_dialogues(path)


def test_other_suffixes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"T\.xls: expected a file that ends in \.xlsx or \.json"):
        load_dialogues(tmp_path / "T.xls")
