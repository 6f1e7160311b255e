"""The comparison trains each architecture once, and shows figures, costs and confusion matrices side by side."""

import shutil
from pathlib import Path

import pytest

from ml.emotion.compare import ANALYZERS, Candidate, candidates, main
from ml.emotion.folder import TRAINER
from ml.manifest import read_manifest


def run(corpus: Path, work: Path) -> int:
    arguments = ["--data", f"corpus:{corpus}", "--arch", "linear", "--arch", "compact", "--repeats", "5"]
    return main([*arguments, "--work", str(work)])


@pytest.fixture(scope="module")
def work(tiny_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("comparison")
    assert run(tiny_corpus, folder) == 0
    return folder


def test_compare_writes_a_row_of_figures_and_of_costs_for_each(work: Path) -> None:
    table = (work / "comparison.md").read_text(encoding="utf-8")
    assert "corpus, test split (24 texts)" in table
    for name in ("linear", "compact"):
        figures, costs = [line.split(" | ") for line in table.splitlines() if line.startswith(f"| {name} |")]
        assert (figures[1], len(figures)) == ("1.000", 10)
        assert float(costs[4]) > 0  # resident memory
        assert (work / f"confusion-{name}.png").read_bytes().startswith(b"\x89PNG")
    assert "PATH" in table
    assert str(work) not in table


def test_compare_again_trains_nothing(work: Path, tiny_corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tiny_corpus, work) == 0
    assert "training" not in capsys.readouterr().err


def test_a_ready_model_is_measured_as_it_is(work: Path, tiny_corpus: Path, tmp_path: Path) -> None:
    ready = work / "linear"
    arguments = ["--data", f"corpus:{tiny_corpus}", "--arch", "compact", "--model", str(ready), "--repeats", "5"]
    shutil.copytree(work / "compact", tmp_path / "compact")  # trained already
    assert main([*arguments, "--work", str(tmp_path)]) == 0
    name = read_manifest(ready, trainer=TRAINER)["model_version"]
    table = (tmp_path / "comparison.md").read_text(encoding="utf-8").splitlines()
    figures, costs = [line.split(" | ") for line in table if line.startswith(f"| {name} |")]
    trained = (work / "comparison.md").read_text(encoding="utf-8").splitlines()
    assert figures[1:] in [line.split(" | ")[1:] for line in trained if line.startswith("| linear |")]
    assert costs[1] == "–"
    assert "--model DIR" in table[0]


def test_compare_ready_model_that_is_none_says_so(
    work: Path, tiny_corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data", f"corpus:{tiny_corpus}", "--arch", "linear", "--model", str(tiny_corpus)]
    assert main([*arguments, "--work", str(work)]) == 2
    assert str(tiny_corpus) in capsys.readouterr().err


def test_compare_missing_data_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "missing", tmp_path) == 2
    assert "missing" in capsys.readouterr().err


def test_candidates_one_lstm_for_each_analyzer_and_a_transformer_for_each_checkpoint() -> None:
    rows = candidates(["lstm", "compact"], ["monologg/kobert"], ["epochs=1"])
    assert [row.analyzer for row in rows[:3]] == list(ANALYZERS)
    assert [row.architecture for row in rows[3:]] == ["compact", "transformer"]
    assert len({row.folder for row in rows}) == 5
    assert candidates([], [], [], encoder="DIR") == [Candidate("hybrid", "hybrid", checkpoint="DIR")]
