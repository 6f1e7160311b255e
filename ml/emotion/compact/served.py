"""A taught compact model as it is served: numpy and ONNX Runtime."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from ml.emotion.features import FeatureSettings
from ml.emotion.folder import read_facts_of
from ml.emotion.mixing import Mixture, TextReader, mix, read_together
from ml.emotion.pieces.served import READER_FILE as PIECES_READER
from ml.emotion.pieces.served import ServedPieces
from ml.emotion.served_ngrams import ServedNgrams
from ml.emotion.units import FloatArray, Units
from ml.emotion.words.served import ServedWords

COMPACT_FILE = "compact.json"


@dataclass(frozen=True, slots=True)
class ServedCompact:
    """A loaded compact model. Thread-safe."""

    ngrams: ServedNgrams
    readers: Sequence[TextReader]
    mixture: Mixture

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load what `CompactModel.save` wrote. Raises ModelError when a file is missing or damaged."""
        features, mixture = read_facts_of(
            folder / COMPACT_FILE,
            lambda facts: (FeatureSettings(**facts["features"]), Mixture(**facts["mixture"])),
        )
        return cls(ServedNgrams.load(folder, features), load_readers(folder), mixture)

    def score(self, units: Units) -> tuple[FloatArray, FloatArray]:
        """As `CompactModel.score`."""
        probabilities, shares = self.ngrams.score(units.texts)
        meanings = read_together(self.readers, units.whole_texts)
        return mix(np.log(probabilities + 1e-12), shares, meanings, units.whole, self.mixture), shares


def load_readers(folder: Path) -> list[TextReader]:
    """The networks of a model's folder: the word network, and the piece network where there is one.

    Raises ModelError when a file is missing or damaged.
    """
    words = ServedWords.load(folder)
    return [words, ServedPieces.load(folder)] if (folder / PIECES_READER).exists() else [words]
