"""MODEL_CARD.md: what a trained model is, how it was made, and how good it is."""

from pathlib import Path
from typing import Any

from ml.emotion.folder import CARD, HYBRID
from ml.labels import EMOTION_KOREAN, Emotion

_ARCHITECTURES = {
    "linear": "A logistic regression on hashed character n-grams (tf-idf, int8 weights) in one ONNX graph: the floor.",
    "compact": """A logistic regression on hashed n-grams of characters and jamo (tf-idf, int8 weights) in one ONNX
graph; it runs on ONNX Runtime and numpy alone. Diaries and other texts share one half of the weights and differ by the
other; how much a text is written like a diary is estimated from the text itself.""",
    "hybrid": """{count} readings in one: a logistic regression on hashed n-grams of characters and jamo, which knows
words;{networks}
and a small pretrained encoder, fine-tuned, which knows what they mean (weights in bytes). It runs on ONNX
Runtime, numpy and `tokenizers`. The encoder reads whole texts, of long ones the beginning and the end; the
single sentences are read by the n-grams.{origin}""",
    "lstm": "An LSTM (Keras) on the morphemes of a KoNLPy analyser, as in the original work.",
    "transformer": "A pretrained transformer, fine-tuned.",
}
_TAUGHT = """{count} readings in one: a logistic regression on hashed n-grams of characters and jamo (tf-idf, int8
weights), which knows what the labels told of; and {networks}, which learned from the labels and from what large
models read in texts without any. {words}{pieces}
It runs on ONNX Runtime and numpy alone. Single sentences are
read by the n-grams alone. How much a text is written like a diary is estimated from the text itself; it decides how
much each reading counts."""
_WORDS = """In the word network each word is the sum of its n-grams' vectors (four bits), and a transformer of {layers}
layers reads them."""
_PIECES = """ The piece network is cut out of Google's universal-sentence-encoder-multilingual v3 (Apache-2.0): it cuts
words into pieces, whose vectors (four bits) convolutions read."""
_NETWORKS = " the networks of `{networks_of}`, which read whole texts;"
_ORIGIN = """ What the networks learned, their own card tells; if there is
a piece network (`pieces.onnx`), it is cut out of Google's universal-sentence-encoder-multilingual v3 (Apache-2.0)."""
GROUP_NAMES = {
    "corpus": "diaries (corpus)",
    "real_lines": "real lines",
    "expressions": "lines written for expressions",
    "all": "all",
}


def write_card(folder: Path, fields: dict[str, Any], metrics: dict[str, Any]) -> None:
    """Write MODEL_CARD.md from the manifest's fields and the metrics of `ml.emotion.train`."""
    text = "\n\n".join([_head(fields), _data(fields), _figures(metrics), _confusion(metrics), _limits()])
    (folder / CARD).write_text(text + "\n", encoding="utf-8")


def _head(fields: dict[str, Any]) -> str:
    labels = ", ".join(f"{emotion} {name}" for emotion, name in EMOTION_KOREAN.items())
    return f"""# Emotion of Korean diary text: {fields["model_version"]}

Reads the writer's dominant emotion in a Korean diary entry or comment: {labels}.
{_architecture(fields)}

Made by `{fields["command"]}` (PATH is what `ml/corpus/README.md` describes).
Below a confidence of {fields["confidence_threshold"]:.3f} the site says "잘 모르겠어요". {_calibration(fields)}
All of this was chosen on the validation split, for a fit on the training split.{_refit(fields)}"""


def _architecture(fields: dict[str, Any]) -> str:
    if fields.get("soft"):
        words = _WORDS.format(layers=fields["settings"]["words"]["layers"])
        if "pieces_from" in fields:
            both = "a word network and a piece network"
            return _TAUGHT.format(count="Three", networks=both, words=words, pieces=_PIECES)
        return _TAUGHT.format(count="Two", networks="a word network", words=words, pieces="")
    parts = {"count": "Two", "networks": "", "origin": ""}
    if fields.get("networks_of"):
        parts = {"count": "Three", "networks": _NETWORKS.format_map(fields), "origin": _ORIGIN}
    return _ARCHITECTURES[fields["architecture"]].format_map(parts)


def _refit(fields: dict[str, Any]) -> str:
    if not fields["is_refitted"]:
        return ""
    has_network = fields["architecture"] == HYBRID or "soft" in fields
    fitted = "The n-grams are" if has_network else "The model itself is"
    return f""" {fitted} then fitted on
both. So the validation figures below are the first fit's, the test figures the model's own."""


def _calibration(fields: dict[str, Any]) -> str:
    temperatures, share = fields["temperatures"], fields["sentence_share"]
    return (
        f"Temperature {temperatures['diary']:.3f} for diaries, {temperatures['other']:.3f} for other texts; "
        f"the sentences count for {share:.0%} of a text, the whole for the rest."
    )


def _data(fields: dict[str, Any]) -> str:
    parts = ", ".join(f"{name} {part['texts']:,}" for name, part in fields["data"].items())
    return f"""## Data

{parts} texts; the split is by hash of the id within each source and label (`ml/emotion/data.py`) and never moves;
what came later for training alone is in train.
Sources and licences: `ml/corpus/README.md`.{_soft(fields)}"""


def _start(fields: dict[str, Any]) -> str:
    if not fields.get("started_from"):
        return ""
    share = fields["settings"]["start_share"]
    kept = f", and {share:.0%} of its weights are still that one's" if share else ""
    return f""" Its word network started from
that of `{fields["started_from"]}`{kept}.{_command(fields, "words")}"""


def _soft(fields: dict[str, Any]) -> str:
    soft = fields.get("soft")
    if not soft:
        return _reader(fields)
    taught = "networks" if "pieces_from" in fields and "pieces_soft" not in fields else "word network"
    return f"""

Besides, its {taught} learned what `{soft["teacher"]}` read in {soft["texts"]:,} texts
that nobody has labelled; none of them is, or is part of, one that measures
(`ml/emotion/README.md` names the sources).{_start(fields)}{_pieces(fields)}{_reader(fields)}"""


def _pieces(fields: dict[str, Any]) -> str:
    soft = fields.get("pieces_soft")
    if not soft:
        return ""
    return f""" Its piece network learned what
`{soft["teacher"]}` read in {soft["texts"]:,} of such texts{_kept_of_start(fields)}.{_command(fields, "pieces")}"""


def _command(fields: dict[str, Any], network: str) -> str:
    command = fields.get(f"{network}_command")
    return f" It was taught by\n`{command}`." if command and command != fields["command"] else ""


def _kept_of_start(fields: dict[str, Any]) -> str:
    share = fields["settings"].get("pieces_start_share")  # manifests of before have none
    whose = (
        f"those of `{fields['pieces_back_to']}`"
        if fields.get("pieces_back_to")
        else "still those that it started from"
    )
    return f"; {share:.0%} of its weights are {whose}" if share else ""


def _reader(fields: dict[str, Any]) -> str:
    reader = "encoder" if fields["architecture"] == HYBRID else "word network"
    parts = [
        f"its {name} is that of `{fields[key]}`"
        for name, key in ((reader, "reader_of"), ("piece network", "pieces_of"))
        if fields.get(key)
    ]
    if not parts:
        return ""
    return f"""

What is not new: {" and ".join(parts)};
{"neither has" if len(parts) > 1 else "it has not"} learned from just these texts."""


def _figures(metrics: dict[str, Any]) -> str:
    rows = [
        "## Figures",
        "",
        "No epoch, mixture or temperature is chosen on the test split, nor on lines written for expressions; "
        "*all* is without these. `ml/emotion/README.md` says how often the test split was scored, and what was "
        "decided with its figures seen. ECE: expected calibration error. Sure: confidence at or above the threshold.",
        "",
        "| split | texts | n | accuracy | macro F1 | ECE | sure | accuracy when sure | when unsure |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for split, groups in metrics.items():
        for group, figures in groups.items():
            rows.append(
                f"| {split} | {GROUP_NAMES.get(group, group)} | {figures['texts']} | {_show(figures['accuracy'])} "
                f"| {_show(figures['macro_f1'])} | {_show(figures['expected_calibration_error'])} "
                f"| {_show(figures['coverage'])} | {_show(figures['accuracy_when_sure'])} "
                f"| {_show(figures['accuracy_when_unsure'])} |"
            )
    return "\n".join(rows)


def _confusion(metrics: dict[str, Any]) -> str:
    split = "test" if "test" in metrics else "validation"
    table = metrics[split]["all"]["confusion"]
    names = [EMOTION_KOREAN[emotion] for emotion in Emotion]
    rows = [f"## Confusion on the {split} split (rows: true)", "", f"| | {' | '.join(names)} |", "|---" * 7 + "|"]
    rows += [f"| {name} | {' | '.join(map(str, row))} |" for name, row in zip(names, table, strict=True)]
    return "\n".join(rows)


def _limits() -> str:
    return """## Limits

It sees surface patterns, not meaning: irony, denial and other people's feelings are often misread. The diaries have
one kind of author; guilt, shame and inferiority count as 당황 by definition. Not made for diagnosis, for judging
people, or for finding people in danger."""


def _show(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
