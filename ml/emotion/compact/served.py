"""A taught compact model as it is served: numpy and ONNX Runtime."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from ml.emotion.features import FeatureSettings
from ml.emotion.mixing import Mixture, mix
from ml.emotion.served_ngrams import ServedNgrams
from ml.emotion.units import FloatArray, Units
from ml.emotion.words.served import ServedWords
from ml.errors import ModelError

COMPACT_FILE = "compact.json"


@dataclass(frozen=True, slots=True)
class ServedCompact:
    """A loaded compact model. Thread-safe."""

    ngrams: ServedNgrams
    words: ServedWords
    mixture: Mixture

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load what `CompactModel.save` wrote. Raises ModelError when a file is missing or damaged."""
        path = folder / COMPACT_FILE
        try:
            facts = json.loads(path.read_text(encoding="utf-8"))
            features, mixture = FeatureSettings(**facts["features"]), Mixture(**facts["mixture"])
        except OSError as error:
            raise ModelError(f"{path}: {error.strerror}. Train the model again.") from None
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{path}: damaged ({error!r}). Train the model again.") from None
        return cls(ServedNgrams.load(folder, features), ServedWords.load(folder), mixture)

    def score(self, units: Units) -> tuple[FloatArray, FloatArray]:
        """As `CompactModel.score`."""
        probabilities, shares = self.ngrams.score(units.texts)
        meanings = self.words.log_probabilities(units.texts)
        return mix(np.log(probabilities + 1e-12), shares, meanings, range(len(units.texts)), self.mixture), shares
