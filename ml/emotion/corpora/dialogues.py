"""감성 대화 말뭉치 (AI Hub): dialogues of a person with a counselling system, as XLSX or JSON.

Only what the person says is read. Dialogues labelled 상처 (hurt, E40-E49) are dropped: it is none of our emotions.
All utterances of a dialogue have its key as their group, so that they stay in one split.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ml.emotion.corpora.fields import missing_columns
from ml.emotion.corpora.xlsx import read_sheet
from ml.emotion.data import Example
from ml.errors import DataError
from ml.files import read_text
from ml.labels import EMOTION_FROM_KOREAN, Emotion

# The corpus' six main emotions (감정_대분류), by name and by the first digit of its codes E10-E69.
_NAMES = ("분노", "슬픔", "불안", "상처", "당황", "기쁨")
_CODE = re.compile(r"E([1-6])[0-9]")

_EMOTION_COLUMN = "감정_대분류"
_FIRST_UTTERANCE_COLUMN = "사람문장1"
_UTTERANCE_COLUMN = re.compile(r"사람문장([0-9]+)")
_EMOTION_FIELD = "profile.emotion.type"
_KEY_FIELD = "talk.id.talk-id"
_CONTENT_FIELD = "talk.content"
_UTTERANCE_FIELD = re.compile(r"HS([0-9]+)")


@dataclass(frozen=True, slots=True)
class _Dialogue:
    """`number` is the sheet's row (the header is 1) or the entry of the JSON list from 1; no emotion means 상처."""

    number: int
    place: str  # for error messages
    key: str
    emotion: Emotion | None
    utterances: list[str]


def load_dialogues(path: Path) -> list[Example]:
    """Read an .xlsx or .json file: one example a dialogue, the person's utterances joined by line breaks.

    Raises DataError that names file, row and column.
    """
    return [
        Example("\n".join(dialogue.utterances), emotion, 1.0, _name_source(path), str(dialogue.number), dialogue.key)
        for dialogue, emotion in _read_kept(path)
    ]


def load_utterances(path: Path) -> list[Example]:
    """Read an .xlsx or .json file: one example for each of the person's utterances, with the dialogue's emotion.

    Raises DataError that names file, row and column.
    """
    return [
        Example(text, emotion, 1.0, _name_source(path), f"{dialogue.number}.{turn}", dialogue.key)
        for dialogue, emotion in _read_kept(path)
        for turn, text in enumerate(dialogue.utterances, start=1)
    ]


def _name_source(path: Path) -> str:
    # The same for both ways of reading: a dialogue falls into one split even where a file is loaded in both.
    return f"dialogues/{path.stem}"


def _read_kept(path: Path) -> Iterator[tuple[_Dialogue, Emotion]]:
    """The dialogues with one of our emotions; each must have an utterance."""
    readers = {".xlsx": _read_xlsx, ".json": _read_json}
    read = readers.get(path.suffix.lower())
    if read is None:
        raise DataError(f"{path}: expected a file that ends in .xlsx or .json")
    for dialogue in read(path):
        if dialogue.emotion is None:
            continue
        if not dialogue.utterances:
            raise DataError(f"{dialogue.place}: every utterance of the person (사람문장 or HS) is blank")
        yield dialogue, dialogue.emotion


def _read_xlsx(path: Path) -> Iterator[_Dialogue]:
    rows = read_sheet(path)
    header_row, header = next(rows, (1, []))
    columns = [_squeeze_name(name) for name in header]
    expected = {_squeeze_name(name): name for name in (_EMOTION_COLUMN, _FIRST_UTTERANCE_COLUMN)}
    missing = [name for squeezed, name in expected.items() if squeezed not in columns]
    if missing:
        raise missing_columns(missing, header, path=path, row=header_row)
    emotion_at = columns.index(_squeeze_name(_EMOTION_COLUMN))
    utterances_at = [columns.index(name) for name in _order_turns(columns, _UTTERANCE_COLUMN)]
    for number, cells in rows:
        cells += [""] * (len(columns) - len(cells))
        place = f"{path}: row {number}"
        emotion = _parse_emotion(cells[emotion_at], f"{place}: column {_EMOTION_COLUMN}")
        yield _Dialogue(number, place, str(number), emotion, [cells[at] for at in utterances_at if cells[at]])


def _squeeze_name(name: str) -> str:
    """A column's name without spaces and underscores: 감정_대분류, 감정대분류 and 감정 대분류 are one column."""
    return re.sub(r"[\s_]", "", name)


def _order_turns(names: Iterable[str], pattern: re.Pattern[str]) -> list[str]:
    """The names that are the person's turns, by the number in them."""
    turns = {name: int(match[1]) for name in names if (match := pattern.fullmatch(name))}
    return sorted(turns, key=turns.__getitem__)


def _parse_emotion(name: str, place: str) -> Emotion | None:
    """The emotion of a name or an E-code, None for 상처. Raises DataError for anything else."""
    code = _CODE.fullmatch(name)
    korean = _NAMES[int(code[1]) - 1] if code else name
    if korean not in _NAMES:
        expected = f"{', '.join(_NAMES)}, or E10 to E69"
        raise DataError(f"{place}: {f'unknown emotion {name!r}' if name else 'empty'} (expected {expected})")
    return EMOTION_FROM_KOREAN.get(korean)


def _read_json(path: Path) -> Iterator[_Dialogue]:
    try:
        entries = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise DataError(f"{path}: line {error.lineno}, character {error.colno}: not JSON ({error.msg})") from None
    if not isinstance(entries, list):
        raise DataError(f"{path}: expected a JSON list of dialogues, each with profile and talk")
    for number, entry in enumerate(entries, start=1):
        place = f"{path}: entry {number}"
        emotion = _parse_emotion(_read_text_field(entry, _EMOTION_FIELD, place), f"{place}: {_EMOTION_FIELD}")
        key = _read_text_field(entry, _KEY_FIELD, place)
        yield _Dialogue(number, place, key, emotion, _read_turns(entry, place))


def _read_turns(entry: object, place: str) -> list[str]:
    content = _read_field(entry, _CONTENT_FIELD)
    if not isinstance(content, dict):
        raise DataError(f"{place}: {_CONTENT_FIELD}: missing or not an object with HS01, SS01, …")
    turns = [content[name] or "" for name in _order_turns(content, _UTTERANCE_FIELD)]
    if not turns or not all(isinstance(turn, str) for turn in turns):
        raise DataError(f"{place}: {_CONTENT_FIELD}: HS01, HS02, …: {'not text' if turns else 'missing'}")
    return [stripped for turn in turns if (stripped := turn.strip())]


def _read_text_field(entry: object, field: str, place: str) -> str:
    value = _read_field(entry, field)
    if not isinstance(value, str):
        raise DataError(f"{place}: {field}: missing or not text")
    return value.strip()


def _read_field(entry: object, field: str) -> object:
    """What a dotted name stands for inside nested objects; None where there is nothing."""
    for name in field.split("."):
        entry = entry.get(name) if isinstance(entry, dict) else None
    return entry
