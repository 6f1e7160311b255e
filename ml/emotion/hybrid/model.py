"""Training of a hybrid model: the two halves one after the other, then how much each of them counts."""

import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ml.emotion.calibrate import Temperatures
from ml.emotion.compact.served import ServedCompact, copy_networks, empty_of_networks
from ml.emotion.data import Example
from ml.emotion.hybrid.excerpts import excerpt
from ml.emotion.hybrid.served import ENCODER_FILE, HYBRID_FILE, Networks, ServedHybrid, WholeTextReaders
from ml.emotion.hybrid.settings import HybridSettings
from ml.emotion.metrics import label_indices
from ml.emotion.mixed import choose_mixture, choose_own_temperatures, score_words
from ml.emotion.mixing import Mixture, average, mix
from ml.emotion.ngram import NgramModel, balance_weights, fit_ngrams
from ml.emotion.text import normalize
from ml.emotion.transformer.task import EMOTION_TASK
from ml.emotion.units import FloatArray, Units, split_units
from ml.encoder.architecture import TransformerModel, fit
from ml.encoder.served import ONNX_FILE, OnnxTransformer
from ml.encoder.windows import TOKENIZER_FILE, WINDOWS_FILE
from ml.files import write_json


@dataclass(frozen=True, slots=True)
class HybridModel:
    """A fitted hybrid model. `temperatures` are the n-grams' own; the encoder serves, its graph in `encoder_file`.

    Its tokenizer lies beside that file.
    """

    settings: HybridSettings
    ngrams: NgramModel
    temperatures: Temperatures
    mixture: Mixture
    readers: WholeTextReaders
    encoder_file: Path

    def score(self, units: Units) -> tuple[FloatArray, FloatArray]:
        """Log-probabilities (units, 6) but for a constant in each row, and diary shares (units,)."""
        words, shares = score_words(self.ngrams, self.temperatures, units)
        readings = average(self.readers.read(units), self.mixture.readers)
        return mix(words, shares, readings, units.whole, self.mixture), shares

    def save(self, folder: Path, temperatures: Temperatures) -> list[str]:
        """Write all graphs, the tokenizer and the mixture; return the names of the files."""
        names = self.ngrams.save(folder, self.temperatures)
        for name in (TOKENIZER_FILE, WINDOWS_FILE):
            shutil.copyfile(self.encoder_file.with_name(name), folder / name)
        shutil.copyfile(self.encoder_file, folder / ENCODER_FILE)
        features, mixture = asdict(self.settings.ngrams.features), asdict(self.mixture)
        facts = {"features": features, "mixture": mixture, "excerpt": self.settings.excerpt}
        networks = self.readers.networks
        if networks is None:
            empty_of_networks(folder)
        else:
            names += copy_networks(networks.folder, folder, has_pieces=networks.has_pieces)
            facts["networks"] = {"shares": list(networks.shares), "has_pieces": networks.has_pieces}
        write_json(folder / HYBRID_FILE, facts)
        return [*names, ENCODER_FILE, TOKENIZER_FILE, WINDOWS_FILE, HYBRID_FILE]


def fit_hybrid(
    train: Sequence[Example],
    validation: Sequence[Example],
    settings: HybridSettings,
    state: Path,
    networks_of: Path | None = None,
) -> HybridModel:
    """Fit the n-grams, fine-tune the encoder, choose the mixture on the validation part.

    With `networks_of`, the folder of a compact model, its networks read beside the encoder, as they are. An
    interrupted fine-tuning goes on from the folder `state`. The encoder is scored as it serves, weights in bytes.
    Raises DataError and ModelError as `transformer.fit` does, and ModelError where there are no such networks.
    """
    networks = _load_networks(networks_of) if networks_of else None
    ngrams = fit_ngrams(train, settings.ngrams)
    tuned = tune_encoder(train, validation, settings, state / "encoder")
    folder = state / "onnx"
    tuned.to_onnx(folder, settings.precision)
    readers = WholeTextReaders(OnnxTransformer.load(folder, EMOTION_TASK), settings.excerpt, networks)
    return _join(ngrams, readers, folder / ONNX_FILE, validation, settings)


def fit_beside(
    train: Sequence[Example], validation: Sequence[Example], settings: HybridSettings, folder: Path
) -> HybridModel:
    """New n-grams beside encoder and networks of the ready model in `folder`, which stay as they are.

    Raises ModelError when there is none.
    """
    readers = replace(ServedHybrid.load(folder).readers, excerpt=settings.excerpt)
    return _join(fit_ngrams(train, settings.ngrams), readers, folder / ENCODER_FILE, validation, settings)


def _load_networks(folder: Path) -> Networks:
    """Those of a compact model, which count as they do in it. Raises ModelError when there are none."""
    served = ServedCompact.load(folder)
    return Networks(folder, served.readers, served.mixture.readers)


def _join(
    ngrams: NgramModel,
    readers: WholeTextReaders,
    encoder_file: Path,
    validation: Sequence[Example],
    settings: HybridSettings,
) -> HybridModel:
    """Choose how much the n-grams, the networks and the encoder that serves count."""
    units = split_units([example.text for example in validation])
    labels = label_indices(example.label for example in validation)
    temperatures = choose_own_temperatures(ngrams, units, labels)
    words, shares = score_words(ngrams, temperatures, units)
    mixture = choose_mixture(words, shares, readers.read(units), units, labels)
    return HybridModel(settings, ngrams, temperatures, mixture, readers, encoder_file)


def tune_encoder(
    train: Sequence[Example], validation: Sequence[Example], settings: HybridSettings, state: Path
) -> TransformerModel:
    """Fine-tune the encoder as `ml.encoder.fit` does, on excerpts."""
    examples, held_out = to_excerpts(train, settings), _shorten(validation, settings.excerpt)
    return fit(examples, held_out, settings.encoder, state, EMOTION_TASK)


def refit_words(model: HybridModel, examples: Sequence[Example]) -> HybridModel:
    """The same model, its n-grams fitted on more examples; encoder and networks stay."""
    return replace(model, ngrams=fit_ngrams(examples, model.settings.ngrams))


def to_excerpts(examples: Sequence[Example], settings: HybridSettings) -> list[Example]:
    """The examples as the encoder learns them: in excerpts, rare emotions raised as for the n-grams."""
    weights = balance_weights(examples, settings.ngrams.balance)
    short = _shorten(examples, settings.excerpt)
    return [replace(example, weight=float(weight)) for example, weight in zip(short, weights, strict=True)]


def _shorten(examples: Sequence[Example], limit: int) -> list[Example]:
    return [replace(example, text=excerpt(normalize(example.text), limit)) for example in examples]
