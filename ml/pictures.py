"""Pictures of what a model does, drawn with matplotlib: the same figures give the same bytes."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ml.errors import ModelError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_table(table: Sequence[Sequence[int]], names: Sequence[str], title: str, path: Path) -> None:
    """Draw counts[true][predicted] of the classes `names` as a PNG, shaded by the share of each true class.

    Raises ModelError without matplotlib.
    """
    figure, axes = new_figure()
    counts = np.asarray(table)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="predicted", ylabel="true", title=title)
    for (row, column), count in np.ndenumerate(counts):
        ink = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, str(count), ha="center", va="center", color=ink)
    save_figure(figure, path)


def new_figure() -> tuple["Figure", "Axes"]:
    """A figure with one set of axes. Raises ModelError without matplotlib."""
    figure = new_canvas((6.4, 5.6))
    return figure, figure.add_subplot()


def new_canvas(size: tuple[float, float]) -> "Figure":
    """An empty figure of that size in inches. Raises ModelError without matplotlib."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise ModelError(f"{error.name} is not installed: pip install -r requirements/linear.txt") from error
    figure = Figure(figsize=size, dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: "Figure", path: Path) -> None:
    """Write a PNG that holds no version of what drew it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None})
