"""A hybrid model as it is served: ONNX Runtime and `tokenizers`, without scikit-learn and torch."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from ml.emotion.features import FeatureSettings
from ml.emotion.hybrid.excerpts import whole_excerpts
from ml.emotion.mixing import Mixture, mix
from ml.emotion.served_ngrams import ServedNgrams
from ml.emotion.transformer.task import EMOTION_TASK
from ml.emotion.units import FloatArray, Units
from ml.encoder.served import OnnxTransformer
from ml.encoder.windows import WindowTokenizer
from ml.errors import ModelError

ENCODER_FILE = "encoder.onnx"
HYBRID_FILE = "hybrid.json"


@dataclass(frozen=True, slots=True)
class ServedHybrid:
    """A loaded hybrid model. Thread-safe."""

    ngrams: ServedNgrams
    encoder: OnnxTransformer
    mixture: Mixture
    excerpt: int

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load what `HybridModel.save` wrote. Raises ModelError when a file is missing or damaged."""
        path = folder / HYBRID_FILE
        try:
            facts = json.loads(path.read_text(encoding="utf-8"))
            features, mixture = FeatureSettings(**facts["features"]), Mixture(**facts["mixture"])
            limit = int(facts["excerpt"])
        except OSError as error:
            raise ModelError(f"{path}: {error.strerror}. Train the model again.") from None
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{path}: damaged ({error!r}). Train the model again.") from None
        encoder = OnnxTransformer(folder / ENCODER_FILE, WindowTokenizer.load(folder, EMOTION_TASK))
        return cls(ServedNgrams.load(folder, features), encoder, mixture, limit)

    def score(self, units: Units) -> tuple[FloatArray, FloatArray]:
        """As `HybridModel.score`."""
        probabilities, shares = self.ngrams.score(units.texts)
        meanings = self.encoder.log_probabilities(whole_excerpts(units, self.excerpt))
        return mix(np.log(probabilities + 1e-12), shares, meanings, units.whole, self.mixture), shares
