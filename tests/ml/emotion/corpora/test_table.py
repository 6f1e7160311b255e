"""Any CSV file with texts and emotions."""

from pathlib import Path

import pytest

from ml.emotion.corpora.table import load_csv
from ml.errors import DataError
from ml.labels import Emotion
from tests.ml.emotion.corpora.files import write


def test_csv_reads_both_namings_and_ignores_other_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "good.csv", '\ufeffid,text,emotion\n1,"좋다, 정말",기쁨\n2,싫다,anger\n')
    examples = load_csv(path)
    assert [(example.text, example.label) for example in examples] == [
        ("좋다, 정말", Emotion.JOY),
        ("싫다", Emotion.ANGER),
    ]
    assert {example.source for example in examples} == {"csv/good"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("text,feeling\n좋다,기쁨\n", r"bad\.csv: row 1: missing column emotion \(found: text, feeling\)"),
        ("", r"row 1: missing column text, emotion \(found: none\)"),
        (
            "text,emotion\n좋다,기쁨\n나쁘다,나쁨\n",
            r"row 3: column emotion: unknown emotion '나쁨' \(expected 기쁨 or joy",
        ),
        ("text,emotion\n 　,기쁨\n", r"row 2: column text: empty"),
        ("text,emotion\n좋다\n", r"row 2: wrong number of fields"),
    ],
)
def test_csv_broken_file_is_named(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load_csv(write(tmp_path / "bad.csv", content))


def test_csv_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("text,emotion\n기쁘다,기쁨\n".encode("cp949"))
    with pytest.raises(DataError, match=r"x\.csv: not UTF-8 at byte 13"):
        load_csv(path)
