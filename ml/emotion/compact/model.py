"""Training of a compact model that a large one teaches: n-grams, networks, how much each of them counts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ml.emotion.calibrate import Temperatures
from ml.emotion.compact.repack import repack_pieces, repack_words
from ml.emotion.compact.served import (
    COMPACT_FILE,
    copy_networks,
    empty_of_networks,
    load_readers,
    read_has_pieces,
)
from ml.emotion.compact.settings import CompactSettings, NewNetworks, Starts
from ml.emotion.data import Example
from ml.emotion.metrics import label_indices
from ml.emotion.mixed import choose_mixture, choose_own_temperatures, score_words
from ml.emotion.mixing import Mixture, TextReader, mix, read_together
from ml.emotion.ngram import NgramModel, balance_weights, fit_ngrams
from ml.emotion.pieces.fit import fit_pieces
from ml.emotion.pieces.fit import mix_with_start as mix_pieces_with_start
from ml.emotion.pieces.served import ServedPieces
from ml.emotion.pieces.start import check_starts
from ml.emotion.soft_labels import SoftLabels
from ml.emotion.units import FloatArray, Units, split_units
from ml.emotion.words.fit import fit_words
from ml.emotion.words.start import check_start, mix_with_start
from ml.files import write_json

_SERVED = "served"  # the networks as they serve, within the state of a run


@dataclass(frozen=True, slots=True)
class CompactModel:
    """A fitted compact model: `temperatures` are the n-grams' own; `readers` the networks that serve in `folder`."""

    ngrams: NgramModel
    temperatures: Temperatures
    mixture: Mixture
    readers: Sequence[TextReader]
    folder: Path

    def score(self, units: Units) -> tuple[FloatArray, FloatArray]:
        """Log-probabilities (units, 6) but for a constant in each row, and diary shares (units,)."""
        known, shares = score_words(self.ngrams, self.temperatures, units)
        meanings = read_together(self.readers, units.whole_texts, self.mixture.readers)
        return mix(known, shares, meanings, units.whole, self.mixture), shares

    def save(self, folder: Path, temperatures: Temperatures) -> list[str]:
        """Write graphs, tables and the mixture; return the names of the files."""
        names = self.ngrams.save(folder, self.temperatures)
        has_pieces = any(isinstance(reader, ServedPieces) for reader in self.readers)
        networks = copy_networks(self.folder, folder, has_pieces=has_pieces)
        facts = {
            "features": asdict(self.ngrams.features),
            "has_pieces": has_pieces,
            "mixture": asdict(self.mixture),
        }
        write_json(folder / COMPACT_FILE, facts)
        return [*names, *networks, COMPACT_FILE]


def fit_compact(
    train: Sequence[Example],
    validation: Sequence[Example],
    settings: CompactSettings,
    soft: SoftLabels,
    state: Path,
    starts: Starts,
) -> CompactModel:
    """Fit the n-grams on the labels, the networks on labels and soft labels; choose the mixture on validation.

    An interrupted training of a network goes on from the folder `state`; it is scored as it serves, its table in
    four bits. Raises DataError and ModelError as `fit_words` and `fit_pieces` do.
    """
    folder = state / _SERVED
    empty_of_networks(folder)
    taught = NewNetworks(starts, soft)
    _check(taught, settings)
    ngrams = fit_ngrams(train, settings)
    weights = balance_weights(train, settings.balance)
    _teach_words(train, weights, taught, validation, settings, state, folder)
    _teach_pieces(train, weights, taught, validation, settings, state, folder)
    return _join(ngrams, folder, validation, has_pieces=bool(starts.pieces))


def fit_beside(
    train: Sequence[Example],
    validation: Sequence[Example],
    settings: CompactSettings,
    folder: Path,
    state: Path,
    taught: NewNetworks | None = None,
) -> CompactModel:
    """New n-grams beside the networks of the ready model in `folder`; those that are `taught` are new as well.

    Networks of an older form are rounded as those of today are (`ml.emotion.compact.repack`). An interrupted training
    goes on from the folder `state`. Raises ModelError when there is no model, and DataError and ModelError as
    `fit_words` and `fit_pieces` do.
    """
    served = state / _SERVED
    empty_of_networks(served)
    starts = taught.starts if taught else Starts()
    has_pieces = bool(starts.pieces) or read_has_pieces(folder)
    # What may be missing or damaged comes first, what takes long afterwards.
    if not starts.words:
        repack_words(folder, served)
    if has_pieces and not starts.pieces:
        repack_pieces(folder, served, settings.pieces)
    if taught:
        _check(taught, settings)
    ngrams = fit_ngrams(train, settings)
    if taught:
        weights = balance_weights(train, settings.balance)
        if starts.words:
            _teach_words(train, weights, taught, validation, settings, state, served)
        _teach_pieces(train, weights, taught, validation, settings, state, served)
    return _join(ngrams, served, validation, has_pieces=has_pieces)


def _check(taught: NewNetworks, settings: CompactSettings) -> None:
    """Before an hour of training: raises ModelError where a start can't be read, or is of another network."""
    if taught.starts.words:
        check_start(taught.starts.words, settings.words)
    if taught.starts.pieces:
        check_starts(taught.starts.pieces, taught.back_to, settings.pieces)


def _teach_words(
    train: Sequence[Example],
    weights: FloatArray,
    taught: NewNetworks,
    validation: Sequence[Example],
    settings: CompactSettings,
    state: Path,
    folder: Path,
) -> None:
    """Train a word network, and write it in `folder` as it serves."""
    start = taught.starts.words
    words = fit_words(train, weights, taught.soft, validation, settings.words, state / "words", start)
    if start and settings.start_share:
        mix_with_start(start, words, settings.start_share)
    words.export(folder)


def _teach_pieces(
    train: Sequence[Example],
    weights: FloatArray,
    taught: NewNetworks,
    validation: Sequence[Example],
    settings: CompactSettings,
    state: Path,
    folder: Path,
) -> None:
    """The same of a piece network; without a start for one there is none."""
    start = taught.starts.pieces
    if not start:
        return
    pieces = fit_pieces(train, weights, taught.soft, validation, settings.pieces, state / "pieces", start)
    if settings.pieces_start_share:
        mix_pieces_with_start(taught.back_to or start, pieces, settings.pieces_start_share)
    pieces.export(folder)


def _join(ngrams: NgramModel, folder: Path, validation: Sequence[Example], *, has_pieces: bool) -> CompactModel:
    """Choose how much the n-grams and the networks that serve in `folder` count."""
    readers = load_readers(folder, has_pieces=has_pieces)
    units = split_units([example.text for example in validation])
    labels = label_indices(example.label for example in validation)
    temperatures = choose_own_temperatures(ngrams, units, labels)
    known, shares = score_words(ngrams, temperatures, units)
    readings = [reader.log_probabilities(units.whole_texts) for reader in readers]
    mixture = choose_mixture(known, shares, readings, units, labels)
    return CompactModel(ngrams, temperatures, mixture, readers, folder)


def refit_ngrams(model: CompactModel, examples: Sequence[Example], settings: CompactSettings) -> CompactModel:
    """The same model, its n-grams fitted on more examples; the networks stay."""
    return replace(model, ngrams=fit_ngrams(examples, settings))
