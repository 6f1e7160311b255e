"""The labelled sentences that the review classifier learns from, all in dair-ai's six labels plus neutral."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ml.errors import DataError
from ml.files import read_lines
from ml.labels import EMOTION_FROM_DAIR, Emotion

NEUTRAL = Emotion.NEUTRAL.value

# The order of every score vector of the classifier: dair-ai's labels, then what carries none of them.
LABELS: tuple[str, ...] = (*EMOTION_FROM_DAIR, NEUTRAL)

# GoEmotions' 27 emotions (Demszky et al. 2020) on the same labels. What a writer thinks of a thing (admiration,
# approval, disappointment, annoyance, disgust …) is neutral here: in a review it judges the film and says nothing
# of its feeling.
LABEL_FROM_GOEMOTIONS: dict[str, str] = {
    "joy": "joy",
    "amusement": "joy",
    "excitement": "joy",
    "love": "love",
    "sadness": "sadness",
    "grief": "sadness",
    "remorse": "sadness",
    "anger": "anger",
    "fear": "fear",
    "nervousness": "fear",
    "surprise": "surprise",
    "confusion": "surprise",
    "embarrassment": "surprise",
}


@dataclass(frozen=True, slots=True)
class LabelledText:
    """One sentence and its label, one of LABELS; `weight` is how much it counts in training."""

    text: str
    label: str
    weight: float = 1.0
    shares: tuple[float, ...] = ()  # as `ml.encoder.task.Labelled` has it: each of these is its label's alone


def read_dair(path: Path) -> list[LabelledText]:
    """Read a split of the dair-ai emotion set (Saravia et al. 2018): `sentence;label` a line, lower case.

    Raises DataError that names file, row and column when a line has no label or an unknown one.
    """
    examples = []
    for number, line in read_lines(path):
        text, separator, label = line.rpartition(";")
        if not separator or not text:
            raise DataError(f"{path}: row {number}: no 'sentence;label'")
        if label not in EMOTION_FROM_DAIR:
            raise DataError(f"{path}: row {number}: column label: {label!r} is none of {', '.join(EMOTION_FROM_DAIR)}")
        examples.append(LabelledText(text, label))
    return examples


def read_goemotions(path: Path, names_path: Path, *, weight: float = 1.0) -> list[LabelledText]:
    """Read a split of GoEmotions: text, tab, comma-separated label numbers, tab, comment id.

    `names_path` lists the label names, one a line. A comment keeps the one feeling that it has beside neutral labels;
    a comment with two different feelings is dropped. Each example has the weight given. Raises DataError that names
    file, row and column.
    """
    names = [name for _, name in read_lines(names_path)]
    examples = []
    for number, line in read_lines(path):
        fields = line.split("\t")
        if len(fields) != 3:
            raise DataError(f"{path}: row {number}: {len(fields)} fields instead of text, labels, id")
        try:
            emotions = [names[int(index)] for index in fields[1].split(",")]
        except (ValueError, IndexError):
            raise DataError(f"{path}: row {number}: column labels: {fields[1]!r} are no label numbers") from None
        feelings = {LABEL_FROM_GOEMOTIONS[name] for name in emotions if name in LABEL_FROM_GOEMOTIONS}
        if len(feelings) <= 1:
            examples.append(LabelledText(fields[0].lower(), feelings.pop() if feelings else NEUTRAL, weight))
    return examples


def thin_neutral(examples: Sequence[LabelledText], *, share: float) -> list[LabelledText]:
    """Keep `share` of the neutral examples, evenly spread and the same in every run, and all others."""
    kept, due = [], 0.0
    for example in examples:
        if example.label == NEUTRAL:
            due += share
            if due < 1.0:
                continue
            due -= 1.0
        kept.append(example)
    return kept
