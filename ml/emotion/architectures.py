"""The architectures that can be trained and compared, behind one interface, with the settings of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from ml.emotion.calibrate import Temperatures
from ml.emotion.compact.settings import CompactSettings, Starts
from ml.emotion.data import Example
from ml.emotion.folder import COMPACT, HYBRID, NEURAL, NGRAM, TRAINER
from ml.emotion.hybrid.settings import HybridSettings, encoder_settings
from ml.emotion.lstm.settings import Analyzer, LstmSettings, parse_stopwords
from ml.emotion.neural import fit_neural
from ml.emotion.ngram import LINEAR, fit_ngrams
from ml.emotion.soft_labels import NO_SOFT_LABELS, SoftLabels
from ml.emotion.units import FloatArray, Units
from ml.emotion.words.settings import WordSettings
from ml.encoder.settings import TransformerSettings
from ml.errors import DataError, ModelError
from ml.manifest import read_manifest
from ml.options import change_settings

NO_STARTS = Starts()
NAMES = (*NGRAM, HYBRID, *NEURAL)
# What each is made with, for the manifest.
PACKAGES = {
    "linear": ("numpy", "onnx", "onnxruntime", "scikit-learn", "scipy"),
    "compact": ("numpy", "onnx", "onnxruntime", "scikit-learn", "scipy"),
    "hybrid": ("numpy", "onnx", "onnxruntime", "scikit-learn", "scipy", "tokenizers", "torch", "transformers"),
    "lstm": ("numpy", "keras", "konlpy", "tensorflow"),
    "transformer": ("numpy", "tokenizers", "torch", "transformers"),
}


class Model(Protocol):
    """What training gives."""

    def score(self, units: Units) -> tuple[FloatArray, FloatArray]:
        """Logits (units, 6) and diary shares (units,): how much each text is written like a diary, in 0..1."""

    def save(self, folder: Path, temperatures: Temperatures) -> list[str]:
        """Write all that scoring needs; return the names of the files."""


Fit = Callable[[Sequence[Example], Sequence[Example], Path], Model]
Refit = Callable[[Any, Sequence[Example]], Model]


@dataclass(frozen=True, slots=True)
class Architecture:
    """A named way to train: `fit(train, validation, state)`, where an interrupted run goes on from the folder `state`.

    `refit(model, examples)`, where there is one, fits what the validation split has not stopped once more, on the
    training and the validation split together. `soft` is what both learn from besides the examples, `started_from` the
    version of the model whose word network the new one starts from, `pieces_from` the SHA-256 of what its piece
    network starts from. `inherited` is what the manifest is to tell of readers that another model had before.
    """

    name: str
    settings: Any
    packages: tuple[str, ...]
    fit: Fit
    refit: Refit | None = None
    soft: SoftLabels = NO_SOFT_LABELS
    started_from: str = ""
    pieces_from: str = ""
    inherited: Mapping[str, Any] = field(default_factory=dict)


def make_architecture(
    name: str,
    settings: Any,
    soft: SoftLabels = NO_SOFT_LABELS,
    starts: Starts = NO_STARTS,
    networks_of: Path | None = None,
) -> Architecture:
    """The architecture of that name. `settings` are its own, as `make_settings` gives them.

    `soft` is for compact, `starts` for compact with `soft`, `networks_of`, the folder of a compact model, for hybrid.
    Raises DataError where another one is given them, and ModelError when a package that it needs is not installed or
    that model has no networks.
    """
    if networks_of and name != HYBRID:
        raise DataError(f"--networks is for {HYBRID}: {name} does not read by those of another model")
    if soft.texts and name != COMPACT:
        raise DataError(f"{name} does not learn from --soft: {COMPACT} does")
    if starts != NO_STARTS and not soft.texts:
        raise DataError("--start and --pieces are for networks, which only --soft trains")
    if soft.texts:
        return _make_taught(settings, soft, starts)
    if name in NGRAM:
        return Architecture(
            name,
            settings,
            PACKAGES[name],
            fit=lambda train, validation, state: fit_ngrams(train, settings),
            refit=lambda model, examples: fit_ngrams(examples, settings),
        )
    if name == HYBRID:
        from ml.emotion.hybrid import model as hybrid

        return Architecture(
            name,
            settings,
            PACKAGES[name],
            fit=lambda train, validation, state: hybrid.fit_hybrid(train, validation, settings, state, networks_of),
            refit=hybrid.refit_words,
            inherited=_describe_networks(networks_of) if networks_of else {},
        )
    return Architecture(name, settings, PACKAGES[name], partial(_fit_neural, name, settings))


def _make_taught(settings: CompactSettings, soft: SoftLabels, starts: Starts) -> Architecture:
    """compact with its networks. Raises ModelError where what they start from is not there."""
    compact = import_compact()
    started_from = pieces_from = ""
    if starts.words:
        started_from = name_start(starts.words, settings.words)
    if starts.pieces:
        from ml.emotion.pieces.start import hash_start

        pieces_from = hash_start(starts.pieces)
    return Architecture(
        COMPACT,
        settings,
        (*PACKAGES[COMPACT], "torch"),
        fit=lambda train, validation, state: compact.fit_compact(train, validation, settings, soft, state, starts),
        refit=lambda model, examples: compact.refit_ngrams(model, examples, settings),
        soft=soft,
        started_from=started_from,
        pieces_from=pieces_from,
    )


def _describe_networks(folder: Path) -> dict[str, Any]:
    """What the manifest of a hybrid model tells of its networks. Raises ModelError where there are none to read by."""
    manifest = read_manifest(folder, trainer=TRAINER)
    if manifest.get("architecture") != COMPACT or "soft" not in manifest:
        raise ModelError(f"{folder}: --networks needs a {COMPACT} model with networks, which --soft trains")
    return {"networks_of": manifest["model_version"]}


def name_start(folder: Path, settings: WordSettings) -> str:
    """The version of the model whose word network another one starts from.

    Raises ModelError where there is none, or its network has another number of heads, which no weight tells.
    """
    manifest = read_manifest(folder, trainer=TRAINER)
    heads = manifest.get("settings", {}).get("words", {}).get("heads", settings.heads)
    if heads != settings.heads:
        raise ModelError(
            f"{folder}: its word network has {heads} heads, not {settings.heads}: --set words.heads={heads}"
        )
    return str(manifest.get("model_version", ""))


def import_compact() -> ModuleType:
    """`ml.emotion.compact.model`, which needs torch. Raises ModelError where that is not installed."""
    try:
        from ml.emotion.compact import model
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "ml":
            raise
        raise ModelError(f"{error.name} is not installed: pip install -r requirements/train.txt") from error
    return model


def make_settings(
    name: str,
    *,
    analyzer: str = "okt",
    stopwords: str = "pos",
    checkpoint: str = "",
    changes: Sequence[str] = (),
) -> Any:
    """The settings of an architecture, with the changes (NAME=VALUE) of a command line.

    Raises DataError for a name or value that it does not have, or a file of stop words that can't be read.
    """
    settings: Any = CompactSettings()
    if name == "linear":
        settings = LINEAR
    elif name == "lstm":
        settings = LstmSettings(analyzer=Analyzer(analyzer), stopwords=parse_stopwords(stopwords))
    elif name in ("transformer", HYBRID):
        if not checkpoint:
            raise DataError(f"{name} needs --checkpoint: a Hugging Face id such as monologg/kobert, or a folder")
        settings = TransformerSettings(checkpoint)
        if name == HYBRID:
            settings = HybridSettings(encoder_settings(checkpoint))
    return change_settings(settings, changes)


def _fit_neural(
    name: str, settings: Any, train: Sequence[Example], validation: Sequence[Example], state: Path
) -> Model:
    return fit_neural(name, train, validation, settings, state)
