"""Pictures of a model's figures."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ml.errors import ModelError
from ml.labels import Emotion


def draw_confusion(table: Sequence[Sequence[int]], title: str, path: Path) -> None:
    """Draw counts[true][predicted] (6, 6) as a PNG, shaded by the share of each true label.

    Labels are the English names: Korean fonts are not on every machine. Raises ModelError without matplotlib.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise ModelError(f"{error.name} is not installed: pip install -r requirements/train.txt") from error
    counts = np.asarray(table)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(6.4, 5.6), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    names = [str(emotion) for emotion in Emotion]
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="predicted", ylabel="true", title=title)
    for (row, column), count in np.ndenumerate(counts):
        ink = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, str(count), ha="center", va="center", color=ink)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
