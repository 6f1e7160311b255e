"""The picture of the catalogue."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ml.music import plot

HEADER = "title,valence,energy,acousticness,happy,sad,calm,energetic"
ROWS = ["A,0.9,0.8,0.1,0.7,0.1,0.1,0.1", "B,0.1,0.3,0.9,0.1,0.7,0.1,0.1", "C,0.5,0.1,0.9,0.1,0.1,0.7,0.1"]
Write = Callable[[str, str], Path]


def test_plot_command_twice_same_picture(write: Write, tmp_path: Path) -> None:
    catalogue = write("tracks.csv", "\n".join([HEADER, *ROWS]) + "\n")
    pictures = [tmp_path / "a.png", tmp_path / "b.png"]
    for picture in pictures:
        assert plot.main(["--catalogue", str(catalogue), "--output", str(picture)]) == 0
    assert pictures[0].read_bytes()[:4] == b"\x89PNG"
    assert pictures[0].read_bytes() == pictures[1].read_bytes()


def test_read_catalogue_columns(write: Write) -> None:
    valence, energy, ranks = plot.read_catalogue(write("tracks.csv", "\n".join([HEADER, *ROWS]) + "\n"))
    assert valence.tolist() == [0.9, 0.1, 0.5]
    assert energy.tolist() == [0.8, 0.3, 0.1]
    assert np.diag(ranks).tolist() == ranks.max(axis=0)[:3].tolist()


@pytest.mark.parametrize(
    ("content", "message"),
    [(HEADER + "\n", "no tracks"), (f"{HEADER}\nA,bright,0.8,0.1,0.7,0.1,0.1,0.1\n", "row 2: column valence")],
)
def test_plot_command_bad_catalogue_told(
    content: str, message: str, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--catalogue", str(write("tracks.csv", content)), "--output", str(tmp_path / "a.png")]
    assert plot.main(arguments) == 2
    assert message in capsys.readouterr().err
