"""Pictures of a model's figures."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ml.labels import Emotion
from ml.pictures import draw_table, new_figure, save_figure


def draw_confusion(table: Sequence[Sequence[int]], title: str, path: Path) -> None:
    """Draw counts[true][predicted] (6, 6) as a PNG, shaded by the share of each true label.

    Labels are the English names: Korean fonts are not on every machine. Raises ModelError without matplotlib.
    """
    draw_table(table, [str(emotion) for emotion in Emotion], title, path)


def draw_reliability(bins: Sequence[Mapping[str, float]], title: str, path: Path) -> None:
    """Draw accuracy against confidence as a PNG: on the dashed line a model is right as often as it says it is.

    bins: `texts`, `confidence` and `accuracy` of each, as in metrics.json. Raises ModelError without matplotlib.
    """
    figure, axes = new_figure()
    confidence = [each["confidence"] for each in bins]
    accuracy = [each["accuracy"] for each in bins]
    axes.plot((0, 1), (0, 1), linestyle="--", color="gray")
    axes.plot(confidence, accuracy, color="tab:blue")
    axes.scatter(confidence, accuracy, s=[8 + each["texts"] for each in bins], color="tab:blue", alpha=0.5)
    for each in bins:
        axes.annotate(f"{each['texts']:.0f}", (each["confidence"], each["accuracy"]), ha="center", va="center", size=8)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="accuracy (area: texts)", title=title)
    save_figure(figure, path)
