"""`python -m ml.emotion.evidence`: are the sentences that a page marks those in which a reader finds the emotion?

A reader, a language model, saw each sentence of an entry by itself and in no order, and said what its writer feels as
far as it tells. Nothing is trained on these readings. A page marks nothing in an entry that is neutral, or
of which the model is unsure, so those do not count here.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ml.artifacts import EMOTION_MODEL
from ml.emotion.corpora.own import load_corpus
from ml.emotion.corpora.readings import Reading
from ml.emotion.corpora.sentences import Span, name_text, read_sentences
from ml.emotion.data import CORPUS_FOLDER, Example, Split, split_examples
from ml.emotion.marking import is_marked
from ml.emotion.predict import Prediction, Predictor
from ml.emotion.text import normalize
from ml.errors import DataError, ModelError
from ml.labels import Emotion

READINGS_TABLE = CORPUS_FOLDER / "sentence_readings.tsv"

Found = Mapping[tuple[str, str], Mapping[Span, Reading]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of the entries of several sentences, none of them neutral, that a model reads as their writers meant them.

    marked, telling: how many sentences a page marks, and in how many the reader finds the emotion; right: how many of
    the marked ones tell it by the first or second word of the reader; found: how many of the telling ones are marked;
    told, shown: how many entries have a sentence that tells, and of how many one is marked.
    """

    entries: int
    marked: int
    right: int
    telling: int
    found: int
    told: int
    shown: int


def measure_evidence(entries: Sequence[Example], predictions: Iterable[Prediction], found: Found) -> Evidence:
    """What the predictions, of the entries' normalised texts, mark, by the side of what a reader `found`.

    An entry without a reading does not count; a sentence without one, where the reader was unsure, tells nothing.
    """
    counts: dict[str, int] = defaultdict(int)
    for entry, prediction in zip(entries, predictions, strict=True):
        read = found.get(name_text(entry))
        is_right = prediction.label == entry.label and not prediction.is_unsure
        if read is None or not is_right or entry.label is Emotion.NEUTRAL:
            continue
        marked = {
            (sentence.start, sentence.end)
            for sentence in prediction.sentences
            if is_marked(sentence.scores, entry.label)
        }
        telling = {span for span, reading in read.items() if reading.label == entry.label}
        perhaps = telling | {span for span, reading in read.items() if reading.second == entry.label}
        counts["entries"] += 1
        counts["marked"] += len(marked)
        counts["right"] += len(marked & perhaps)
        counts["telling"] += len(telling)
        counts["found"] += len(marked & telling)
        counts["told"] += bool(telling)
        counts["shown"] += bool(marked & telling)
    return Evidence(*(counts[name] for name in Evidence.__slots__))


def format_row(name: str, evidence: Evidence) -> str:
    """A row of the table that the command prints."""
    shares = [(evidence.right, evidence.marked), (evidence.found, evidence.telling), (evidence.shown, evidence.told)]
    cells = [f"{part / max(whole, 1):.3f} of {whole:,}" for part, whole in shares]
    return f"| {name} | {evidence.entries} | {' | '.join(cells)} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for a bad table or a bad model)."""
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.evidence", description=__doc__)
    parser.add_argument(
        "--split", type=Split, choices=(Split.TEST, Split.VALIDATION), default=Split.TEST, help="default: %(default)s"
    )
    parser.add_argument("--readings", type=Path, default=READINGS_TABLE, help="default: %(default)s")
    parser.add_argument(
        "--model", type=Path, action="append", help="a model folder, may be repeated (default: the shipped one)"
    )
    options = parser.parse_args(arguments)
    try:
        entries = split_examples(load_corpus(CORPUS_FOLDER))[options.split]
        found = _group(read_sentences(options.readings))
        texts = [normalize(entry.text) for entry in entries]
        rows = [
            format_row(folder.name, measure_evidence(entries, Predictor.load(folder).predict(texts), found))
            for folder in options.model or [EMOTION_MODEL]
        ]
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(
        "| model | entries read rightly | marked sentences that tell | telling ones that are marked | entries shown |"
    )
    print("|---|---|---|---|---|", *rows, sep="\n")
    return 0


def _group(rows: Iterable[tuple[int, Reading, Span]]) -> Found:
    found: dict[tuple[str, str], dict[Span, Reading]] = defaultdict(dict)
    for _, reading, span in rows:
        found[reading.source, reading.row][span] = reading
    return found


if __name__ == "__main__":
    sys.exit(main())
