"""The n-grams of the crisis model as they are served: hashed characters of a text's windows, in numpy."""

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from ml.emotion.features import FeatureSettings, hash_batch
from ml.errors import ModelError
from ml.safety.pieces import IntArray, split_pieces, window_bounds

NGRAMS_FILE = "ngrams.npz"
FEATURES = FeatureSettings(bits=18, char_max=5, jamo_max=0)
_NUMBERS = ("scale", "bias")
_CHUNK = 256  # pieces hashed at a time: small enough for the processor's cache

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CrisisNgrams:
    """A quantised tf-idf logistic regression over windows.

    weights: int8 (buckets,), to be multiplied by `scale`; idf: uint8 (buckets,), zero for a bucket that training did
    not see often enough. A window scores its pieces' summed products over the root of their summed squares, plus
    `bias`, in log-odds.
    """

    weights: npt.NDArray[np.int8]
    idf: npt.NDArray[np.uint8]
    scale: float
    bias: float

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote. Raises ModelError when it is missing, damaged or of another size."""
        path = folder / NGRAMS_FILE
        try:
            with np.load(path, allow_pickle=False) as arrays:
                weights, idf = arrays["weights"], arrays["idf"]
                numbers = {name: float(arrays[name]) for name in _NUMBERS}
        except (OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            raise ModelError(f"{path}: damaged ({error}). Train the model again.") from None
        shape = (1 << FEATURES.bits,)
        if weights.shape != shape or idf.shape != shape or weights.dtype != np.int8 or idf.dtype != np.uint8:
            raise ModelError(f"{path}: weights and idf do not fit {shape[0]} buckets. Train the model again.")
        return cls(weights, idf, **numbers)

    def save(self, folder: Path) -> str:
        """Write the arrays, equal bytes for an equal model; return the name of the file."""
        arrays = {"weights": self.weights, "idf": self.idf}
        arrays |= {name: np.array(getattr(self, name), dtype=np.float64) for name in _NUMBERS}
        np.savez_compressed(folder / NGRAMS_FILE, allow_pickle=False, **arrays)
        return NGRAMS_FILE

    def sum_pieces(self, pieces: Sequence[str]) -> tuple[FloatArray, FloatArray]:
        """For each piece the sum of weighted features and the sum of their squares, (pieces,) each."""
        sums, squares = np.zeros(len(pieces)), np.zeros(len(pieces))
        for start in range(0, len(pieces), _CHUNK):
            chunk = pieces[start : start + _CHUNK]
            batch = hash_batch(chunk, FEATURES)
            values = (1 + np.log(batch.counts)) * self.idf[batch.buckets]
            here = slice(start, start + len(chunk))
            sums[here] = np.bincount(batch.rows, values * self.weights[batch.buckets], minlength=len(chunk))
            squares[here] = np.bincount(batch.rows, values**2, minlength=len(chunk))
        return sums, squares

    def score_windows(self, sums: FloatArray, squares: FloatArray, firsts: IntArray, lasts: IntArray) -> FloatArray:
        """Log-odds of the windows of one or two pieces, (windows,)."""
        is_pair = firsts < lasts
        together = sums[firsts] + np.where(is_pair, sums[lasts], 0)
        length = np.sqrt(squares[firsts] + np.where(is_pair, squares[lasts], 0))
        return np.asarray(self.scale * together / np.maximum(length, 1e-6) + self.bias)

    def log_odds(self, texts: Sequence[str]) -> FloatArray:
        """The highest log-odds of any window of each text, (texts,). Takes any strings."""
        pieces = [split_pieces(text) for text in texts]
        text_of = np.repeat(np.arange(len(texts)), [len(own) for own in pieces])
        firsts, lasts = window_bounds(len(text_of))
        within = text_of[firsts] == text_of[lasts]  # no window reaches from one text into the next
        firsts, lasts = firsts[within], lasts[within]
        sums, squares = self.sum_pieces([piece for own in pieces for piece in own])
        best = np.full(len(texts), -np.inf)
        np.maximum.at(best, text_of[firsts], self.score_windows(sums, squares, firsts, lasts))
        return best
