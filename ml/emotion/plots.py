"""Pictures of a model's figures."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ml.errors import ModelError
from ml.labels import Emotion

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_confusion(table: Sequence[Sequence[int]], title: str, path: Path) -> None:
    """Draw counts[true][predicted] (6, 6) as a PNG, shaded by the share of each true label.

    Labels are the English names: Korean fonts are not on every machine. Raises ModelError without matplotlib.
    """
    figure, axes = _new_figure()
    counts = np.asarray(table)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    names = [str(emotion) for emotion in Emotion]
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="predicted", ylabel="true", title=title)
    for (row, column), count in np.ndenumerate(counts):
        ink = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, str(count), ha="center", va="center", color=ink)
    _save(figure, path)


def draw_reliability(bins: Sequence[Mapping[str, float]], title: str, path: Path) -> None:
    """Draw accuracy against confidence as a PNG: on the dashed line a model is right as often as it says it is.

    bins: `texts`, `confidence` and `accuracy` of each, as in metrics.json. Raises ModelError without matplotlib.
    """
    figure, axes = _new_figure()
    confidence = [each["confidence"] for each in bins]
    accuracy = [each["accuracy"] for each in bins]
    axes.plot((0, 1), (0, 1), linestyle="--", color="gray")
    axes.plot(confidence, accuracy, color="tab:blue")
    axes.scatter(confidence, accuracy, s=[8 + each["texts"] for each in bins], color="tab:blue", alpha=0.5)
    for each in bins:
        axes.annotate(f"{each['texts']:.0f}", (each["confidence"], each["accuracy"]), ha="center", va="center", size=8)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="accuracy (area: texts)", title=title)
    _save(figure, path)


def _new_figure() -> tuple["Figure", "Axes"]:
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise ModelError(f"{error.name} is not installed: pip install -r requirements/linear.txt") from error
    figure = Figure(figsize=(6.4, 5.6), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def _save(figure: "Figure", path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None})  # the same figures give the same bytes
