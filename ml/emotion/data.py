"""Labelled Korean text from its several sources, and the one split that every emotion model shares."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from ml.errors import DataError
from ml.files import read_rows, read_text, require_filled
from ml.labels import EMOTION_FROM_KOREAN, Emotion

CORPUS_FOLDER = Path(__file__).parent.parent / "corpus"
REAL_LINES_LABELS = CORPUS_FOLDER / "real_lines.tsv"

# Where each source of real_lines.tsv lies in a folder of texts.
_CHATBOT = Path("chatbot_songys/ChatbotData.csv")
_KOTE = {"kote-val": Path("kote/val.tsv"), "kote-test": Path("kote/test.tsv")}
_KOTE_8K = Path("kote_train8k_va/kote_regression_validation.csv")

_VALIDATION_SHARE = 0.10
_TEST_SHARE = 0.10


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text. `source` is the family and part ("corpus/A"), `id` is unique within the source."""

    text: str
    label: Emotion
    weight: float
    source: str
    id: str


class Split(StrEnum):
    """The three disjoint parts of the data."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


def load_source(spec: str) -> list[Example]:
    """Load what a `--data` value names: KIND[:PATH][@WEIGHT].

    corpus[:FOLDER]    the *.jsonl files of a folder (default: the committed corpus)
    real_lines:TEXTS   the committed labels of real lines, on the texts in the folder TEXTS
    csv:FILE           any CSV file with the columns text and emotion (English or Korean names)

    Raises DataError for an unknown kind, a bad weight, or a file that cannot be read.
    """
    kind, path, weight = _parse_spec(spec)
    if kind == "corpus":
        examples = load_corpus(Path(path) if path else CORPUS_FOLDER)
    elif kind == "real_lines" and path:
        examples = load_real_lines(REAL_LINES_LABELS, Path(path))
    elif kind == "csv" and path:
        examples = load_csv(Path(path))
    else:
        raise DataError(f"--data {spec}: expected corpus[:FOLDER], real_lines:TEXTS or csv:FILE")
    return [replace(example, weight=weight) for example in examples]


def describe_spec(spec: str) -> str:
    """The same `--data` value with a placeholder for the path, for records that others read."""
    kind, path, weight = _parse_spec(spec)
    return kind + (":PATH" if path else "") + (f"@{weight:g}" if weight != 1 else "")


def load_corpus(folder: Path) -> list[Example]:
    """Read every *.jsonl file of a folder: one object a line with `id`, `text` and a Korean `emotion`."""
    paths = sorted(folder.glob("*.jsonl"))
    if not paths:
        raise DataError(f"{folder}: no *.jsonl file in this folder")
    return [example for path in paths for example in _read_corpus_file(path)]


def load_real_lines(labels: Path, texts: Path) -> list[Example]:
    """Join a table of labels (`source, row, label, strong, second`) with the texts it points at.

    Lines labelled `unclear` are left out. Only the sources that the table names have to be there.
    """
    rows = list(_read_filled(labels, ("source", "row", "label"), "\t"))
    text_of = {source: _read_texts(source, texts) for source in sorted({row["source"] for _, row in rows})}
    examples = []
    for number, row in rows:
        if row["label"] == "unclear":
            continue
        text = text_of[row["source"]].get(row["row"])
        if text is None:
            raise DataError(f"{labels}: row {number}: column row: {row['source']} has no row {row['row']}")
        label = _parse_label(row["label"], labels, number, "label")
        examples.append(Example(text, label, 1.0, f"real_lines/{row['source']}", row["row"]))
    return examples


def load_csv(path: Path) -> list[Example]:
    """Read a CSV file with the columns `text` and `emotion`; its row number is the id."""
    return [
        Example(
            row["text"], _parse_label(row["emotion"], path, number, "emotion"), 1.0, f"csv/{path.stem}", str(number)
        )
        for number, row in _read_filled(path, ("text", "emotion"))
    ]


def split_examples(examples: Iterable[Example]) -> dict[Split, list[Example]]:
    """Part the examples into 80 % train, 10 % validation, 10 % test, the same way for ever.

    Within each source and label the examples are ranked by the SHA-256 of "source/id"; the first tenth is test,
    the next validation. So the split is stratified, needs no seed, and one file's split does not depend on which
    other files are loaded. Files are frozen for that reason: new data goes into a new file.
    """
    strata: dict[tuple[str, Emotion], list[Example]] = defaultdict(list)
    for example in examples:
        strata[example.source, example.label].append(example)
    parts: dict[Split, list[Example]] = {split: [] for split in Split}
    for key in sorted(strata):
        ranked = sorted(strata[key], key=_hash_id)
        test = round(len(ranked) * _TEST_SHARE)
        validation = test + round(len(ranked) * _VALIDATION_SHARE)
        parts[Split.TEST] += ranked[:test]
        parts[Split.VALIDATION] += ranked[test:validation]
        parts[Split.TRAIN] += ranked[validation:]
    return parts


def drop_texts(examples: Sequence[Example], other: Sequence[Example]) -> list[Example]:
    """Drop the examples whose text, spaces aside, also occurs in `other`: sources repeat a few lines."""
    seen = {"".join(example.text.split()) for example in other}
    return [example for example in examples if "".join(example.text.split()) not in seen]


def hash_examples(examples: Sequence[Example]) -> str:
    """SHA-256 over source, id, label and text in order: what the manifest records of the data."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(f"{example.source}\t{example.id}\t{example.label}\t{example.text}\n".encode())
    return digest.hexdigest()


def _parse_spec(spec: str) -> tuple[str, str, float]:
    match = re.fullmatch(r"(?P<kind>\w+)(:(?P<path>.+?))?(@(?P<weight>[^@/]*))?", spec)
    if match is None:
        raise DataError(f"--data {spec}: expected KIND[:PATH][@WEIGHT]")
    try:
        weight = float(match["weight"] or 1)
    except ValueError:
        raise DataError(f"--data {spec}: the weight after @ is not a number") from None
    if not 0 < weight < float("inf"):
        raise DataError(f"--data {spec}: the weight has to be above 0")
    return match["kind"], match["path"] or "", weight


def _hash_id(example: Example) -> str:
    return hashlib.sha256(f"{example.source}/{example.id}".encode()).hexdigest()


def _read_corpus_file(path: Path) -> Iterator[Example]:
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise DataError(f"{path}: row {number}: not JSON ({error})") from error
        for column in ("id", "text", "emotion"):
            if not isinstance(row, dict) or not isinstance(row.get(column), str) or not row[column].strip():
                raise DataError(f"{path}: row {number}: column {column}: missing or not text")
        label = _parse_label(row["emotion"], path, number, "emotion")
        yield Example(row["text"], label, 1.0, f"corpus/{path.stem}", row["id"])


def _read_texts(source: str, folder: Path) -> dict[str, str]:
    """The texts of one source of real_lines.tsv, by the row names that the table uses."""
    if source in _KOTE:
        return dict(_parse_kote(folder / _KOTE[source]))
    if source == "chatbot":
        path, column = folder / _CHATBOT, "Q"
    elif source == "kote-train8k":
        path, column = folder / _KOTE_8K, "text"
    else:
        raise DataError(f"unknown source {source}: expected chatbot, kote-val, kote-test or kote-train8k")
    return {str(index): row[column] for index, (_, row) in enumerate(_read_filled(path, (column,)))}


def _parse_kote(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(read_text(path).rstrip("\n").split("\n"), start=1):
        columns = line.split("\t")
        if len(columns) != 3:
            raise DataError(f"{path}: row {number}: {len(columns)} columns instead of id, text, labels")
        yield columns[0], columns[1]


def _read_filled(path: Path, columns: Sequence[str], delimiter: str = ",") -> Iterator[tuple[int, dict[str, str]]]:
    """Rows whose named columns are filled; a TSV has no quoting."""
    for number, row in read_rows(path, columns=columns, delimiter=delimiter, is_quoted=delimiter != "\t"):
        require_filled(row, columns, path=path, line=number)
        yield number, row


def _parse_label(name: str, path: Path, line: int, column: str) -> Emotion:
    label = EMOTION_FROM_KOREAN.get(name)
    if label is None and name in list(Emotion):
        label = Emotion(name)
    if label is None:
        raise DataError(f"{path}: row {line}: column {column}: unknown emotion {name!r}")
    return label
