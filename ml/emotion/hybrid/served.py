"""A hybrid model as it is served: ONNX Runtime and `tokenizers`, without scikit-learn and torch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from ml.emotion.features import FeatureSettings
from ml.emotion.folder import read_facts_of
from ml.emotion.hybrid.excerpts import whole_excerpts
from ml.emotion.mixing import Mixture, TextReader, mix
from ml.emotion.served_ngrams import ServedNgrams
from ml.emotion.transformer.task import EMOTION_TASK
from ml.emotion.units import FloatArray, Units
from ml.encoder.served import OnnxTransformer

ENCODER_FILE = "encoder.onnx"
HYBRID_FILE = "hybrid.json"


@dataclass(frozen=True, slots=True)
class ServedHybrid:
    """A loaded hybrid model. Thread-safe."""

    ngrams: ServedNgrams
    encoder: TextReader
    mixture: Mixture
    excerpt: int

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load what `HybridModel.save` wrote. Raises ModelError when a file is missing or damaged."""
        features, mixture, limit = read_facts_of(
            folder / HYBRID_FILE,
            lambda facts: (FeatureSettings(**facts["features"]), Mixture(**facts["mixture"]), int(facts["excerpt"])),
        )
        encoder = OnnxTransformer.load(folder, EMOTION_TASK, ENCODER_FILE)
        return cls(ServedNgrams.load(folder, features), encoder, mixture, limit)

    def score(self, units: Units) -> tuple[FloatArray, FloatArray]:
        """As `HybridModel.score`."""
        probabilities, shares = self.ngrams.score(units.texts)
        meanings = self.encoder.log_probabilities(whole_excerpts(units, self.excerpt))
        return mix(np.log(probabilities + 1e-12), shares, meanings, units.whole, self.mixture), shares
