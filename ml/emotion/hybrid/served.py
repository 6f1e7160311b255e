"""A hybrid model as it is served: ONNX Runtime and `tokenizers`, without scikit-learn and torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

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
from ml.errors import ModelError

ENCODER_FILE = "encoder.onnx"
HYBRID_FILE = "hybrid.json"


@dataclass(frozen=True, slots=True)
class Networks:
    """The networks of a compact model, which lie in `folder`, as one reader; `shares` are its `Mixture.readers`."""

    folder: Path
    readers: Sequence[TextReader]
    shares: Sequence[float]

    @property
    def has_pieces(self) -> bool:
        """Whether a piece network stands beside the word network."""
        return len(self.readers) > 1

    def log_probabilities(self, texts: Sequence[str]) -> FloatArray:
        """Log-probabilities (texts, 6)."""
        return read_together(self.readers, texts, self.shares)


@dataclass(frozen=True, slots=True)
class WholeTextReaders:
    """What reads whole texts beside the n-grams: the encoder `excerpt` characters of each, the networks all of it."""

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
    readers: WholeTextReaders
    mixture: Mixture

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load what `HybridModel.save` wrote. Raises ModelError when a file is missing or damaged."""
        features, mixture, excerpt, of_networks = read_facts_of(folder / HYBRID_FILE, _parse)
        networks = None
        if of_networks:
            networks = Networks(folder, load_readers(folder, has_pieces=of_networks.has_pieces), of_networks.shares)
            _check_shares(folder, networks.shares, len(networks.readers))
        _check_shares(folder, mixture.readers, 2 if networks else 1)
        encoder = OnnxTransformer.load(folder, EMOTION_TASK, ENCODER_FILE)
        return cls(ServedNgrams.load(folder, features), WholeTextReaders(encoder, excerpt, networks), mixture)

    def score(self, units: Units) -> tuple[FloatArray, FloatArray]:
        """As `HybridModel.score`."""
        probabilities, shares = self.ngrams.score(units.texts)
        readings = average(self.readers.read(units), self.mixture.readers)
        return mix(np.log(probabilities + 1e-12), shares, readings, units.whole, self.mixture), shares


class _OfNetworks(NamedTuple):
    shares: list[float]
    has_pieces: bool


def _parse(facts: dict[str, Any]) -> tuple[FeatureSettings, Mixture, int, _OfNetworks | None]:
    """Features of the n-grams, mixture, excerpt, and what has to be known of the networks, if there are any."""
    features, mixture = FeatureSettings(**facts["features"]), Mixture(**facts["mixture"])
    networks = facts.get("networks")
    if networks is not None:
        networks = _OfNetworks([float(share) for share in networks["shares"]], bool(networks["has_pieces"]))
    return features, mixture, int(facts["excerpt"]), networks


def _check_shares(folder: Path, shares: Sequence[float], readers: int) -> None:
    """Raises ModelError where shares are given, and not one for each reader."""
    if shares and len(shares) != readers:
        raise ModelError(
            f"{folder / HYBRID_FILE}: damaged (shares of {len(shares)} readers, not of {readers}). "
            "Train the model again."
        )
