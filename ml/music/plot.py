"""`python -m ml.music.plot`: the catalogue on the plane of valence and energy, one panel for each mood."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.errors import DataError, ModelError
from ml.files import read_number, read_rows
from ml.labels import Mood
from ml.music.rank import AXES, MoodRanks
from ml.pictures import new_canvas, save_figure

# Okabe and Ito's palette, told apart with every kind of colour vision.
_COLOURS = {Mood.HAPPY: "#E69F00", Mood.SAD: "#0072B2", Mood.CALM: "#009E73", Mood.ENERGETIC: "#D55E00"}
_SQUARES = 50
_DARKEST = 8  # far above every square, so that all stay light


def read_catalogue(path: Path) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Valence [n], energy [n] and ranks [n, 4] in Mood's order of a catalogue that `ml.music.tag` wrote.

    Raises DataError with file, row and column.
    """
    columns = (*AXES, *(mood.value for mood in Mood))
    values = np.array(
        [
            [read_number(row, name, path=path, line=line) for name in columns]
            for line, row in read_rows(path, columns=columns)
        ]
    ).reshape(-1, len(columns))
    if not len(values):
        raise DataError(f"{path}: no tracks")
    features, probabilities = values[:, : len(AXES)], values[:, len(AXES) :]
    ranks = MoodRanks.of(probabilities, features).rank(probabilities, features)
    return features[:, AXES.index("valence")], features[:, AXES.index("energy")], ranks


def draw_moods(
    valence: NDArray[np.float64], energy: NDArray[np.float64], ranks: NDArray[np.float64], path: Path
) -> None:
    """Draw each mood's tracks, those that stand highest for it of the four, over all tracks, as a PNG.

    Raises ModelError without matplotlib.
    """
    figure = new_canvas((6.4, 6.0))
    panels = figure.subplots(2, 2, sharex=True, sharey=True)
    highest = ranks.argmax(axis=1)
    # As squares: eleven thousand grey dots four times over would make half a megabyte.
    everything, *_ = np.histogram2d(valence, energy, bins=_SQUARES, range=((0, 1), (0, 1)))
    everything = np.log1p(everything / everything.mean())
    for column, (mood, axes) in enumerate(zip(Mood, panels.flat, strict=True)):
        member = highest == column
        axes.imshow(everything.T, cmap="Greys", vmax=_DARKEST, extent=(0, 1, 0, 1), origin="lower", aspect="auto")
        axes.scatter(valence[member], energy[member], s=3, color=_COLOURS[mood], linewidths=0, antialiased=False)
        axes.set_title(f"{mood.value.capitalize()}: {member.sum():,} of {len(member):,} tracks", color="black")
        axes.set(xlim=(0, 1), ylim=(0, 1))
    figure.supxlabel("valence (Spotify): dark to bright")
    figure.supylabel("energy (Spotify): quiet to loud")
    save_figure(figure, path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for a bad catalogue or without matplotlib)."""
    parser = argparse.ArgumentParser(prog="python -m ml.music.plot", description=__doc__)
    parser.add_argument("--catalogue", type=Path, required=True, help="the file that ml.music.tag wrote")
    parser.add_argument("--output", type=Path, required=True, help="the picture, *.png")
    options = parser.parse_args(arguments)
    try:
        draw_moods(*read_catalogue(options.catalogue), options.output)
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"→ {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
