"""What the crisis model learns from: the training phrases, and the corpus' diary entries as ordinary days."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.emotion.corpora.own import load_corpus
from ml.safety.fit import BoolArray
from ml.safety.phrases import STRANGERS, Phrase

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
ENTRY = "entry"
FOLDS = len(STRANGERS)  # of the entries: one is left out with each of the strangers
# Entries that an attentive reader would not want to leave without a card, or that joke with wishing to be dead.
DOUBTFUL = frozenset({"C0317", "E0802", "G0022", "G0474", "H0165", "H0202", "K0326"})


@dataclass(frozen=True, slots=True)
class TrainingTexts:
    """Texts with labels; `authors` and `kinds` say whose and what each is, ENTRY for the corpus; `folds`: (texts,)."""

    texts: list[str]
    is_crisis: BoolArray
    authors: list[str]
    kinds: list[str]
    folds: list[int]

    def by(self, *authors: str) -> BoolArray:
        """Which texts are by these authors, (texts,)."""
        return np.isin(self.authors, authors)


def gather(phrases: Sequence[Phrase], corpus: Path = CORPUS) -> TrainingTexts:
    """The phrases that are no test, and the corpus' entries that are not doubtful. Raises DataError.

    Those of the *.training.jsonl are left out: nobody has looked through them for wishes to be dead.
    """
    learned = [phrase for phrase in phrases if not phrase.is_test]
    entries = [entry for entry in load_corpus(corpus) if entry.id not in DOUBTFUL and not entry.only_training]
    return TrainingTexts(
        texts=[phrase.text for phrase in learned] + [entry.text for entry in entries],
        is_crisis=np.array([phrase.is_crisis for phrase in learned] + [False] * len(entries)),
        authors=[phrase.author for phrase in learned] + [ENTRY] * len(entries),
        kinds=[phrase.kind for phrase in learned] + [ENTRY] * len(entries),
        folds=[-1] * len(learned) + [number % FOLDS for number in range(len(entries))],
    )
