"""A taught compact model as it is served: numpy and ONNX Runtime."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from ml.emotion.features import FeatureSettings
from ml.emotion.folder import read_facts_of
from ml.emotion.mixing import Mixture, TextReader, mix, read_together
from ml.emotion.pieces.served import SERVED_FILES as PIECES_FILES
from ml.emotion.pieces.served import ServedPieces
from ml.emotion.served_ngrams import ServedNgrams
from ml.emotion.units import FloatArray, Units
from ml.emotion.words.served import SERVED_FILES as WORDS_FILES
from ml.emotion.words.served import ServedWords
from ml.errors import ModelError

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
        readers = load_readers(folder, has_pieces=read_has_pieces(folder))
        if mixture.readers and len(mixture.readers) != len(readers):
            raise ModelError(
                f"{folder / COMPACT_FILE}: damaged (shares of {len(mixture.readers)} readers, not of "
                f"{len(readers)}). Train the model again."
            )
        return cls(ServedNgrams.load(folder, features), readers, mixture)

    def score(self, units: Units) -> tuple[FloatArray, FloatArray]:
        """As `CompactModel.score`."""
        probabilities, shares = self.ngrams.score(units.texts)
        meanings = read_together(self.readers, units.whole_texts, self.mixture.readers)
        return mix(np.log(probabilities + 1e-12), shares, meanings, units.whole, self.mixture), shares


def read_has_pieces(folder: Path) -> bool:
    """Whether the model in a folder has a piece network. Raises ModelError when its facts are missing or damaged."""
    return read_facts_of(folder / COMPACT_FILE, lambda facts: bool(facts.get("has_pieces", False)))


def load_readers(folder: Path, *, has_pieces: bool) -> list[TextReader]:
    """The networks in a folder: the word network, and the piece network if there is one.

    Raises ModelError when a file is missing or damaged.
    """
    words = ServedWords.load(folder)
    return [words, ServedPieces.load(folder)] if has_pieces else [words]


def copy_networks(source: Path, folder: Path, *, has_pieces: bool) -> list[str]:
    """Copy the files of networks to another folder, and leave none of another model there; return their names."""
    names = [*WORDS_FILES, *PIECES_FILES] if has_pieces else [*WORDS_FILES]
    if source.resolve() == folder.resolve():
        return names
    empty_of_networks(folder)
    for name in names:
        shutil.copyfile(source / name, folder / name)
    return names


def empty_of_networks(folder: Path) -> None:
    """Make the folder, and leave no network of another model in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*WORDS_FILES, *PIECES_FILES):
        (folder / name).unlink(missing_ok=True)  # a server may have the old one mapped
