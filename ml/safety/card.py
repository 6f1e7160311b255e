"""MODEL_CARD.md of the crisis model."""

from pathlib import Path
from typing import Any

from ml.safety.figures import Figures
from ml.safety.fit import CrisisSettings
from ml.safety.model import CrisisModel
from ml.safety.phrases import STRANGERS

CARD = "MODEL_CARD.md"


def write_card(folder: Path, model: CrisisModel, settings: CrisisSettings, metrics: dict[str, Any]) -> None:
    """Write the card from what `ml.safety.train` chose and counted."""
    parts = [_head(model, settings), _figures(metrics), _limits_table(metrics), _data(), _limits()]
    (folder / CARD).write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _head(model: CrisisModel, settings: CrisisSettings) -> str:
    return f"""# Whether a Korean diary text may speak of suicide or self-harm

Made by `python -m ml.safety.train --output ml/artifacts/safety --score-test` from the files of this repository alone,
the same bytes each time.

A logistic regression on hashed character 1- to 5-grams (tf-idf, {model.features.bits}-bit buckets, int8 weights; numpy
alone serves it). It reads every sentence by itself and with the next one, and marks a text when any of these windows
scores above {model.threshold:.3f}, or when the hand-written rules of `ml/safety/rules.py` find something.
Without the file the rules decide alone.

It decides whether a help card with telephone numbers is shown. It diagnoses nothing, and nothing of it is stored.
The threshold keeps false alarms at {settings.max_phrase_alarms:.1%} or less of the phrases that only sound
like a crisis and {settings.max_entry_alarms:.1%} or less of ordinary diary entries, both left out of what the
model had learned from."""


def _row(name: str, figures: Figures) -> str:
    return (
        f"| {name} | {figures.crises} | {figures.found} | {figures.recall:.3f} "
        f"| {figures.others} | {figures.alarms} | {figures.alarm_rate:.3f} |"
    )


def _figures(metrics: dict[str, Any]) -> str:
    lines = [
        "## Figures",
        "",
        "| author | speak of a crisis | found | recall | do not | marked | false alarms |",
        "|---" * 7 + "|",
        *(_row(f"{name}, left out", Figures(**metrics["left_out"][name])) for name in (*STRANGERS, "all")),
        *(_row(f"{name}, test", Figures(**values)) for name, values in metrics.get("test", {}).items()),
        "",
        "What it finds, by kind, of the authors left out: "
        + ", ".join(f"{kind} {own['marked']} of {own['count']}" for kind, own in metrics["left_out_by_kind"].items())
        + ".",
        "",
        f"Of {metrics['entries']['count']:,} diary entries left out, {metrics['entries']['marked']} are marked.",
        "",
        "The rows *left out* of c to f flatter: the rules in `ml/safety/spoken.py` and the phrases of author h were",
        "written after reading these authors. The rows *test* are strangers to everything here, and nothing was",
        "chosen on them; b and g were scored for the three models before this one, too, i and j for the last two of",
        "these, and all four for four that were given up: one took the rest of a friend's words, a bare 했다, for a",
        "crisis, one had a tighter limit for the entries, one heard a wish to die in 서랍을 뒤지고 싶다, the fit",
        "of one had not converged. That the test authors' figures fell with this last one is why its fit was",
        "looked at; the tolerance was set by the lengths of the weights, and the figures left out bear it out.",
    ]
    return "\n".join(lines)


def _limits_table(metrics: dict[str, Any]) -> str:
    lines = [
        "What another limit for the diary entries would give (`--set max_entry_alarms=…`), authors left out:",
        "",
        "| limit | recall | false alarms, phrases | alarms, entries |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {limit} | {own['recall']:.3f} | {own['alarm_rate']:.3f} | {own['entry_alarm_rate']:.4f} |"
        for limit, own in metrics["limits"].items()
    ]
    return "\n".join(lines)


def _data() -> str:
    return """## Data

`ml/safety/phrases.tsv` and `phrases_2.tsv` to `phrases_5.tsv` (CC0): language models wrote them, each told to write as
many kinds of people, without seeing the rules or each other's phrases; but a wrote the first rules, too, and h had
read c to f.
`ml/corpus/A.jsonl` to `L.jsonl` are the ordinary days; seven entries that joke with death, or that a careful reader
would give a card, are left out of them. No phrase was taken out or given another label."""


def _limits() -> str:
    return """## Limits, and what a person has to check

- No phrase was written by a person in a crisis, and no clinician has read any. Before the site is opened to the public
  somebody who works with people in crises should read a sample of both labels and of the misses.
- What only its weights say has no reason that can be read; what the rules say has.
- Most of what it misses is roundabout: giving things away, envying the dead, a date that nothing follows. What
  speaks of dying or of harm by name is found far more often. The help page is linked everywhere for this reason.
- It may mark grief, illness, worries about others, and jokes. Films, news, lessons and other people's crises are
  told apart only in part.
- It reads Korean. Of English only plain sentences are found, by rules."""
