"""`python -m ml.emotion.agreement`: how far readings of the texts that measure agree, and models with them.

A label is one reader's, or a writer's; all of them are language models. Where others see something else, no model can
be right for all of them; so beside a model's accuracy stands what readers reach, and its accuracy where all of them
agree. Nothing is chosen by these figures.
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ml.artifacts import EMOTION_MODEL
from ml.emotion.corpora.readings import read_readings
from ml.emotion.corpora.registry import SPEC_FORM, describe_kinds, load_sources
from ml.emotion.data import CORPUS_FOLDER, Example, Split
from ml.emotion.predict import Predictor
from ml.emotion.train import split_for_training
from ml.errors import DataError, ModelError
from ml.labels import Emotion

READINGS_TABLES = {split: CORPUS_FOLDER / f"{split}_readings.tsv" for split in (Split.TEST, Split.VALIDATION)}
_BATCH = 128

# Of a text, by its source and id: what each reader found in it, by the reader's name.
Readings = dict[tuple[str, str], dict[str, Emotion]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often `who` finds the label of `texts` texts, and how often where all readers agree with it (`agreed`).

    `accuracy_majority`: how often what more than half of all say, label and readers, where there is such a majority. A
    reader has a vote in it, a model has none; with one reader there is a majority where both agree.
    """

    family: str
    who: str
    texts: int
    accuracy: float
    agreed: int
    accuracy_agreed: float
    accuracy_majority: float


def load_readings(path: Path) -> Readings:
    """Read a table of readings with the reader's name in each row. Raises DataError, naming file, row and column."""
    found: Readings = defaultdict(dict)
    for _number, reading, row in read_readings(path, ("reader",)):
        found[reading.source, reading.row][row["reader"]] = reading.label
    return dict(found)


def measure_agreement(
    examples: Sequence[Example], readings: Readings, answers: Mapping[str, Sequence[Emotion]]
) -> list[Agreement]:
    """For each family of sources each reader, then each of `answers`: names of models and what they say of `examples`.

    Only examples that a reader has read count, and for a reader those that this one has read.
    """
    found = []
    for family in dict.fromkeys(_family(example) for example in examples):
        rows = [
            (example.label, readings[_key(example)], {name: said[place] for name, said in answers.items()})
            for place, example in enumerate(examples)
            if _family(example) == family and _key(example) in readings
        ]
        for reader in sorted({reader for _, read, _ in rows for reader in read}):
            pairs = [(label, read, read[reader]) for label, read, _ in rows if reader in read]
            found.append(_agree(family, f"reader {reader}", pairs))
        for name in answers if rows else ():
            found.append(_agree(family, name, [(label, read, said[name]) for label, read, said in rows]))
    return found


def format_table(agreements: Sequence[Agreement]) -> str:
    """A Markdown table, a row each."""
    lines = [
        "| texts | who | texts read | finds the label | texts on which all readers agree | finds it there "
        "| finds what most say |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in agreements:
        clear = f"{row.agreed:,} | {row.accuracy_agreed:.3f} | {row.accuracy_majority:.3f}"
        lines.append(f"| {row.family} | {row.who} | {row.texts:,} | {row.accuracy:.3f} | {clear} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for bad data or a bad model)."""
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.agreement", description=__doc__)
    parser.add_argument(
        "--data", action="append", metavar=SPEC_FORM, help=f"may be repeated (default: corpus); {describe_kinds()}"
    )
    parser.add_argument(
        "--split", type=Split, choices=READINGS_TABLES, default=Split.TEST, help="default: %(default)s"
    )
    parser.add_argument("--readings", type=Path, help="default: those of the split in ml/corpus")
    parser.add_argument(
        "--model", type=Path, action="append", help="a model folder, may be repeated (default: the shipped one)"
    )
    options = parser.parse_args(arguments)
    try:
        examples = split_for_training(load_sources(options.data or ["corpus"]))[options.split]
        readings = load_readings(options.readings or READINGS_TABLES[options.split])
        models = {folder.name: Predictor.load(folder) for folder in options.model or [EMOTION_MODEL]}
        answers = {name: list(_predict(model, examples)) for name, model in models.items()}
        table = format_table(measure_agreement(examples, readings, answers))
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(table)
    return 0


def _agree(family: str, who: str, pairs: Sequence[tuple[Emotion, Mapping[str, Emotion], Emotion]]) -> Agreement:
    """Of (label, readings, answer) triples."""
    right = [label == answer for label, _, answer in pairs]
    clear = [label == answer for label, read, answer in pairs if set(read.values()) == {label}]
    most = [found == answer for label, read, answer in pairs if (found := _find_majority([label, *read.values()]))]
    return Agreement(family, who, len(right), _share(right), len(clear), _share(clear), _share(most))


def _find_majority(said: Sequence[Emotion]) -> Emotion | None:
    """What more than half of them say."""
    found, count = Counter(said).most_common(1)[0]
    return found if count > len(said) / 2 else None


def _share(outcomes: Sequence[bool]) -> float:
    return sum(outcomes) / len(outcomes) if outcomes else 0.0


def _predict(model: Predictor, examples: Sequence[Example]) -> Iterator[Emotion]:
    for start in range(0, len(examples), _BATCH):
        for prediction in model.predict([example.text for example in examples[start : start + _BATCH]]):
            yield prediction.label


def _family(example: Example) -> str:
    return example.source.partition("/")[0]


def _key(example: Example) -> tuple[str, str]:
    return example.source, example.id


if __name__ == "__main__":
    sys.exit(main())
