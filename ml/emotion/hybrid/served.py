"""A hybrid model as it is served: ONNX Runtime and `tokenizers`, without scikit-learn and torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from ml.emotion.compact.served import load_readers
from ml.emotion.features import FeatureSettings
from ml.emotion.folder import read_facts_of
from ml.emotion.hybrid.excerpts import whole_excerpts
from ml.emotion.mixing import Mixture, TextReader, average, mix, read_together
from ml.emotion.served_ngrams import ServedNgrams
from ml.emotion.transformer.task import EMOTION_TASK
from ml.emotion.units import FloatArray, Units
from ml.encoder.served import OnnxTransformer

ENCODER_FILE = "encoder.onnx"
HYBRID_FILE = "hybrid.json"


@dataclass(frozen=True, slots=True)
class Networks:
    """The networks of a compact model, which lie in `folder`, as one reader; `shares` are its `Mixture.readers`."""

    folder: Path
    readers: Sequence[TextReader]
    shares: Sequence[float]
    has_pieces: bool

    @classmethod
    def load(cls, folder: Path, shares: Sequence[float], *, has_pieces: bool) -> Self:
        """Raises ModelError when a file is missing or damaged."""
        return cls(folder, load_readers(folder, has_pieces=has_pieces), shares, has_pieces)

    def log_probabilities(self, texts: Sequence[str]) -> FloatArray:
        """Log-probabilities (texts, 6)."""
        return read_together(self.readers, texts, self.shares)


@dataclass(frozen=True, slots=True)
class Meanings:
    """What reads whole texts for their meaning: the encoder so many characters of each, the networks all of them."""

    encoder: TextReader
    excerpt: int
    networks: Networks | None = None

    def read(self, units: Units) -> list[FloatArray]:
        """The readings of the whole texts, each (texts, 6): the networks', where there are any, and the encoder's."""
        networks = [self.networks.log_probabilities(units.whole_texts)] if self.networks else []
        return [*networks, self.encoder.log_probabilities(whole_excerpts(units, self.excerpt))]


@dataclass(frozen=True, slots=True)
class ServedHybrid:
    """A loaded hybrid model. Thread-safe."""

    ngrams: ServedNgrams
    meanings: Meanings
    mixture: Mixture

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load what `HybridModel.save` wrote. Raises ModelError when a file is missing or damaged."""
        features, mixture, limit, facts = read_facts_of(folder / HYBRID_FILE, _parse)
        networks = Networks.load(folder, **facts) if facts else None
        encoder = OnnxTransformer.load(folder, EMOTION_TASK, ENCODER_FILE)
        return cls(ServedNgrams.load(folder, features), Meanings(encoder, limit, networks), mixture)

    def score(self, units: Units) -> tuple[FloatArray, FloatArray]:
        """As `HybridModel.score`."""
        probabilities, shares = self.ngrams.score(units.texts)
        meanings = average(self.meanings.read(units), self.mixture.readers)
        return mix(np.log(probabilities + 1e-12), shares, meanings, units.whole, self.mixture), shares


def _parse(facts: dict[str, Any]) -> tuple[FeatureSettings, Mixture, int, dict[str, Any]]:
    """Features of the n-grams, mixture, excerpt, and what `Networks.load` needs to know, if there are networks."""
    networks = facts.get("networks", {})
    if networks:
        networks = {
            "shares": [float(share) for share in networks["shares"]],
            "has_pieces": bool(networks["has_pieces"]),
        }
    return FeatureSettings(**facts["features"]), Mixture(**facts["mixture"]), int(facts["excerpt"]), networks
