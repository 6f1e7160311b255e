"""How many lines a model reads as they were meant is counted by kinds, on lines that do not teach."""

from pathlib import Path

import pytest

from ml.emotion.corpora.own import load_expressions
from ml.emotion.data import Split, split_examples
from ml.emotion.expressions import count_found, main, read_kinds, show
from ml.labels import Emotion
from tests.ml.emotion.corpora.files import write

HEADER = "source\trow\tlabel\tstrong\tsecond\tkind\tgroup\ttext"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Ten lines of each of two kinds, one in each split that measures: what is said of the events is wrong."""
    idioms = [f"A\ti{n}\tanger\t1\t\tidiom\tidiom {n}\t정말 너무 화가 나서 참을 수가 없다 {n}" for n in range(10)]
    events = [f"B\ti{n}\tsadness\t1\t\tevent\tevent {n}\t나는 오늘 너무나도 행복하고 기쁘다 {n}" for n in range(10)]
    return write(tmp_path / "e.tsv", "\n".join([HEADER, *idioms, *events, ""]))


def test_what_is_found_is_counted_by_kind_and_together(table: Path) -> None:
    examples = load_expressions(table)
    kinds = read_kinds(table)
    assert (kinds["A", "i0"], kinds["B", "i0"]) == ("idiom", "event")  # two files may count alike
    counts = count_found(examples, [Emotion.ANGER] * 20, kinds)
    assert counts == {"event": (0, 10), "idiom": (10, 10), "all": (10, 20)}
    assert show("m", counts) == "| m | 0.000 of 10 | 1.000 of 10 | 0.500 of 20 |"


def test_command_reads_what_does_not_teach(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = split_examples(load_expressions(table))
    assert [len(parts[split]) for split in Split] == [16, 2, 2]
    assert main(["--table", str(table)]) == 0
    header, _, row = capsys.readouterr().out.splitlines()
    assert header == "| model | event | idiom | all |"
    assert row.startswith("| compact-")
    assert row.endswith("| 0.000 of 1 | 1.000 of 1 | 0.500 of 2 |")  # the test split, on which nothing was fitted
    assert main(["--table", str(table), "--split", "train", "--split", "validation"]) == 0
    assert "0.500 of 18" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "rows", "message"),
    [
        ([], [], "has no such lines"),
        (["--model", "nowhere"], ["A\t1\tjoy\t1\t\tidiom\tx\t기쁘다"] * 10, "nowhere"),
        ([], ["A\t1\tjoy\t1\t\t\tx\t기쁘다"], "row 2: column kind: empty"),
    ],
)
def test_command_says_what_is_wrong(
    options: list[str], rows: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row.replace("\t1\t", f"\t{number}\t", 1) for number, row in enumerate(rows)]
    rows = [row.replace("\tx\t", f"\tx{number}\t") for number, row in enumerate(rows)]
    table = write(tmp_path / "e.tsv", "\n".join([HEADER, *rows, ""]))
    assert main(["--table", str(table), *options]) == 2
    assert message in capsys.readouterr().err
