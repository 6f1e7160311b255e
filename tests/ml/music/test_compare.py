"""The comparison command: table, pictures, and that a second call goes on from the first."""

import json
from pathlib import Path

import pytest

from ml.music import compare
from ml.music.settings import NAMES


def run(moods_csv: Path, work: Path, *more: str) -> int:
    arguments = ["--data", str(moods_csv), "--work", str(work), "--arch", "linear", "--folds", "4", "--repeats", "1"]
    return compare.main([*arguments, *more])


def test_compare_table_and_pictures(moods_csv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(moods_csv, tmp_path) == 0
    lines = (tmp_path / compare.TABLE).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("| model | cross-validation, four moods (80) | cross-validation, three moods (60) |")
    assert len(lines) == 4
    assert capsys.readouterr().out.strip().splitlines() == lines
    assert len(list(tmp_path.glob("confusion-*.png"))) == 4


def test_compare_again_computes_nothing(moods_csv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(moods_csv, tmp_path) == 0
    table = (tmp_path / compare.TABLE).read_bytes()
    monkeypatch.setattr(compare, "measure", lambda *_args, **_names: pytest.fail("computed again"))
    assert run(moods_csv, tmp_path) == 0
    assert (tmp_path / compare.TABLE).read_bytes() == table


def test_compare_other_folds_computed_again(moods_csv: Path, tmp_path: Path) -> None:
    assert run(moods_csv, tmp_path) == 0
    assert run(moods_csv, tmp_path, "--folds", "5") == 0
    record = json.loads((tmp_path / "linear.json").read_text(encoding="utf-8"))
    assert record["metrics"]["cross_validation"]["folds"] == 5


def test_compare_bad_file_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "nowhere.csv", tmp_path) == 2
    assert "nowhere.csv" in capsys.readouterr().err


def test_candidates_every_architecture_has_a_row_of_its_own() -> None:
    rows = compare.candidates(NAMES)
    assert set(NAMES) <= {row.name for row in rows}
    assert len({row.name for row in rows}) == len(rows)
