"""MODEL_CARD.md: what a mood model is, how it was made, and how good it is."""

from pathlib import Path
from typing import Any

from ml.labels import Mood
from ml.music.folder import CARD
from ml.music.settings import BOOSTING, FOREST, KERAS, LINEAR, SVM, VOTE

_ARCHITECTURES = {
    KERAS: "One hidden layer of eight ReLUs and a softmax (Keras), as in the original work.",
    LINEAR: "A multinomial logistic regression on shaped inputs (`ml/music/shape.py`).",
    SVM: "Support-vector machines for each pair of moods on power-transformed inputs, with calibrated probabilities.",
    FOREST: "Extremely randomised trees.",
    BOOSTING: "Gradient-boosted trees.",
    VOTE: """The mean of four readings: a logistic regression on shaped inputs, calibrated support-vector machines on
power-transformed inputs, extremely randomised trees, and gradient-boosted trees.""",
}
_ROWS = {
    "cross_validation": "cross-validation, four moods",
    "cross_validation_three": "cross-validation, Energetic dropped",
    "elsewhere": "another source, four moods",
    "elsewhere_three": "another source, Energetic dropped",
}


def write_card(folder: Path, facts: dict[str, Any], metrics: dict[str, Any]) -> None:
    """Write MODEL_CARD.md from the manifest's facts and the metrics of `ml.music.train`."""
    text = "\n\n".join([_head(facts), _figures(metrics), _confusion(metrics), _limits()])
    (folder / CARD).write_text(text.replace("\n\n\n", "\n") + "\n", encoding="utf-8")


def _head(facts: dict[str, Any]) -> str:
    data = "\n".join(f"- {name}, sha256 {digest}" for name, digest in facts.get("data", {}).items())
    return f"""# Mood of a track: {facts["version"]}

Reads the mood of a track ({", ".join(mood.value for mood in Mood)}) in Spotify's audio features and its length.
{_ARCHITECTURES[facts["architecture"]]}
One ONNX graph, equal to what scikit-learn or Keras computes to 1e-5.

```
{facts.get("command", "")}
python -m ml.music.tag --model DIR --tracks PATH/korean_tracks.csv --output catalog/data/tracks.csv.gz
```

{data}"""


def _figures(metrics: dict[str, Any]) -> str:
    rows = ["## Figures", "", "| | tracks | accuracy | macro F1 |", "|---|---|---|---|"]
    for name, figures in metrics.items():
        accuracy = figures.get("accuracy", figures.get("accuracy_mean"))
        spread = f" ± {figures['accuracy_std']:.3f}" if "accuracy_std" in figures else ""
        macro_f1 = figures.get("macro_f1", figures.get("macro_f1_mean"))
        rows.append(f"| {_ROWS[name]} | {figures['tracks']} | {accuracy:.3f}{spread} | {macro_f1:.3f} |")
    if "cross_validation" in metrics:
        folds = metrics["cross_validation"]
        rows += [
            "",
            f"{folds['repeats']} times repeated stratified {folds['folds']}-fold cross-validation, mean ± standard "
            "deviation over the folds.",
            "`ml/music/README.md` tells what was tried, and what choosing among it is worth on tracks without a say.",
        ]
    return "\n".join(rows)


def _confusion(metrics: dict[str, Any]) -> str:
    if "cross_validation" not in metrics:
        return "No cross-validation was run."
    names = [mood.value for mood in Mood]
    rows = ["## Confusion, all folds together (rows: true)", "", f"| | {' | '.join(names)} |", "|---" * 5 + "|"]
    table = metrics["cross_validation"]["confusion"]
    return "\n".join(
        [*rows, *(f"| {name} | {' | '.join(map(str, row))} |" for name, row in zip(names, table, strict=True))]
    )


def _limits() -> str:
    return """## Limits

A label is the mood of the playlist that a track came from, and playlists differ from maker to maker: on another source
it is far weaker. The training set holds hardly any Korean music, and its Calm is ambient. So the site never takes the
highest probability: `ml.music.rank` ranks tracks within the catalogue, with what their sound says beside it.
It hears no lyrics."""
