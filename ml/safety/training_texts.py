"""What the crisis model learns from: phrases, the corpus' diary entries as ordinary days, and days made of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.emotion.corpora.own import load_corpus, load_written_lines
from ml.files import read_text
from ml.safety.phrases import STRANGERS, Phrase
from ml.safety.pieces import BoolArray, IntArray

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
LINES = "written_lines.tsv"
ENTRY, DAY = "entry", "day"
FOLDS = 5
EVERY_FOLD = -1  # of the authors who knew the rules, whose phrases are never left out
# Entries that an attentive reader would not want to leave without a card, or that joke with wishing to be dead.
DOUBTFUL_FILE = Path(__file__).parent / "doubtful_entries.txt"
_SEED = 0
_LONGEST_PHRASE = 20  # words of a phrase that a day is made of
_SHORTEST_DAY, _LONGEST_DAY = 25, 60  # words


@dataclass(frozen=True, slots=True)
class TrainingTexts:
    """Texts with labels.

    authors: whose a text is, ENTRY for the corpus; kinds: what a phrase is, ENTRY for an entry, DAY for a day made of
    a phrase and entries; folds: (texts,), with which fold it is left out.
    """

    texts: list[str]
    is_crisis: BoolArray
    authors: list[str]
    kinds: list[str]
    folds: list[int]

    def by(self, *authors: str) -> BoolArray:
        """Which texts are by these authors, as they wrote them, (texts,)."""
        return np.asarray(np.isin(self.authors, authors) & ~self.of_kind(DAY))

    def of_kind(self, kind: str) -> BoolArray:
        """Which texts are of this kind, (texts,)."""
        return np.asarray(np.array(self.kinds) == kind)

    def choose(self, is_chosen: BoolArray) -> "TrainingTexts":
        """The texts that are chosen, (texts,), alone."""
        places = np.flatnonzero(is_chosen).tolist()
        return TrainingTexts(
            [self.texts[place] for place in places],
            self.is_crisis[places],
            [self.authors[place] for place in places],
            [self.kinds[place] for place in places],
            [self.folds[place] for place in places],
        )

    def in_fold(self, fold: int) -> BoolArray:
        """Which texts are left out with this fold, (texts,)."""
        return np.asarray(np.array(self.folds) == fold)


def gather(phrases: Sequence[Phrase], corpus: Path = CORPUS, *, days: int = 0) -> TrainingTexts:
    """The phrases that are no test, the corpus' entries and lines that are not doubtful, and `days` made of both.

    The strangers are dealt into FOLDS parts, and so are the writers of the corpus: all that one of them wrote is left
    out together. Raises DataError.
    """
    learned = [phrase for phrase in phrases if not phrase.is_test]
    doubtful = read_doubtful()
    ordinary = [*load_corpus(corpus), *load_written_lines(corpus / LINES)]
    entries = [entry for entry in ordinary if f"{entry.source}/{entry.id}" not in doubtful]
    sources = sorted({entry.source for entry in entries})
    entry_folds = [sources.index(entry.source) % FOLDS for entry in entries]
    written = TrainingTexts(
        texts=[phrase.text for phrase in learned] + [entry.text for entry in entries],
        is_crisis=np.array([phrase.is_crisis for phrase in learned] + [False] * len(entries)),
        authors=[phrase.author for phrase in learned] + [ENTRY] * len(entries),
        kinds=[phrase.kind for phrase in learned] + [ENTRY] * len(entries),
        folds=[fold_of(phrase.author) for phrase in learned] + entry_folds,
    )
    return _with_days(written, days)


def fold_of(author: str) -> int:
    """The fold that the author's phrases are left out with."""
    return STRANGERS.index(author) % FOLDS if author in STRANGERS else EVERY_FOLD


def read_doubtful(path: Path = DOUBTFUL_FILE) -> frozenset[str]:
    """Source and id of the entries that are left out. Raises DataError when the file can't be read."""
    return frozenset(read_text(path).split())


def _with_days(written: TrainingTexts, count: int) -> TrainingTexts:
    """The texts, and days of a phrase among entries: half of them with one that speaks of a crisis.

    All that a day is made of is left out together. A diary says it in a sentence among others: how often it is heard
    there, the days are to tell; nothing learns from them.
    """
    random = np.random.default_rng(_SEED)
    folds, is_entry = np.array(written.folds), written.of_kind(ENTRY)
    entries = [np.flatnonzero(is_entry & (folds == fold)) for fold in range(FOLDS)]
    lengths = np.array([len(text.split()) for text in written.texts])
    is_short = ~is_entry & (folds != EVERY_FOLD) & (lengths <= _LONGEST_PHRASE)
    made: list[tuple[str, int]] = []
    for is_crisis in (True, False):
        phrases = np.flatnonzero(is_short & (written.is_crisis == is_crisis))
        for phrase in random.choice(phrases, count // 2 if len(phrases) else 0):
            made.append((_make_day(written.texts, int(phrase), entries[folds[phrase]], random), int(phrase)))
    sources = [phrase for _text, phrase in made]
    return TrainingTexts(
        texts=written.texts + [text for text, _phrase in made],
        is_crisis=np.concatenate([written.is_crisis, written.is_crisis[sources]]).astype(bool),
        authors=written.authors + [written.authors[phrase] for phrase in sources],
        kinds=written.kinds + [DAY] * len(made),
        folds=written.folds + [written.folds[phrase] for phrase in sources],
    )


def _make_day(texts: Sequence[str], phrase: int, entries: IntArray, random: np.random.Generator) -> str:
    """The phrase among entries in any order, until the day is long enough."""
    parts, enough = [texts[phrase]], int(random.integers(_SHORTEST_DAY, _LONGEST_DAY))
    words = len(parts[0].split())
    for place in random.permutation(entries):
        part = texts[place]
        if words < enough and words + len(part.split()) <= _LONGEST_DAY:
            parts.append(part)
            words += len(part.split())
        if words >= enough:
            break
    separator = "\n" if random.random() < 0.3 else " "
    return separator.join(parts[place] for place in random.permutation(len(parts)))
