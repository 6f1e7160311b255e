"""Training of a word network, on labels and on what a teacher read."""

from collections.abc import Sequence
from pathlib import Path

from ml.emotion.data import Example
from ml.emotion.soft_labels import SoftLabels
from ml.emotion.teaching import build_rows, describe_data, teach
from ml.emotion.units import FloatArray
from ml.emotion.words.model import WordModel
from ml.emotion.words.settings import WordSettings
from ml.emotion.words.start import hash_start, start_from
from ml.emotion.words.tokenizer import NO_WORD, WordTokenizer


def fit_words(
    examples: Sequence[Example],
    weights: FloatArray,
    soft: SoftLabels,
    validation: Sequence[Example],
    settings: WordSettings,
    state: Path,
    start: Path | None = None,
) -> WordModel:
    """A network as `teach` leaves it.

    `weights` are the examples', (n,), of mean 1. With `start`, the folder of a served model, it starts from that one's
    word network and not from chance. An interrupted run goes on from the folder `state`. Raises DataError and
    ModelError as `teach` does, and ModelError for a `start` of another shape.
    """
    tokenizer = WordTokenizer(settings.max_words)
    rows = build_rows(examples, weights, soft, settings, tokenizer, NO_WORD)
    tokenizer.split([example.text for example in validation])  # numbers their words: the network hashes them once
    model = WordModel(settings, tokenizer)
    started = {}
    if start:
        start_from(start, model)
        started = {"start": hash_start(start)}
    teach(model, rows, validation, settings, state, describe_data(examples, weights, soft, started))
    return model
