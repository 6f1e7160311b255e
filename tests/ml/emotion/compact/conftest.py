"""Models that the command has trained; no test may change them."""

from pathlib import Path

import pytest

from ml.emotion.pieces import universal
from ml.emotion.soft_labels import COLUMNS
from ml.emotion.train import main
from tests.ml.emotion.compact.tiny import SMALL_PIECES, TINY, WORD, Commanded
from tests.ml.emotion.pieces.resources import write_resources


@pytest.fixture(scope="session")
def commanded(tiny_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Commanded:
    """A model that the command has trained, from two files of soft labels."""
    folder = tmp_path_factory.mktemp("commanded")
    row = "\t".join(["0.95", *["0.01"] * 5, "somebody", WORD])
    for name in ("a.tsv", "b.tsv"):
        (folder / name).write_text("\n".join(["\t".join(COLUMNS), *[row] * 30]) + "\n", encoding="utf-8")
    options = ["--data", f"corpus:{tiny_corpus}", "--soft", str(folder / "a.tsv"), "--soft", str(folder / "b.tsv")]
    options += [word for name, value in TINY.items() for word in ("--set", f"{name}={value}")]
    assert main([*options, "--output", str(folder / "m")]) == 0
    return Commanded(options, folder / "m")


@pytest.fixture(scope="session")
def with_pieces(commanded: Commanded, tiny_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that the command has trained with a piece network beside the word network."""
    folder = tmp_path_factory.mktemp("pieces")
    start = ["--weights", str(write_resources(folder / "r")), "--data", f"corpus:{tiny_corpus}", "--rank", "16"]
    assert universal.main([*start, "--least-count", "1", "--output", str(folder / "start")]) == 0
    options = [*commanded.options, "--pieces", str(folder / "start"), *SMALL_PIECES]
    assert main([*options, "--output", str(folder / "m")]) == 0
    return folder / "m"
