"""The Keras network: embedding, LSTM, one output for each emotion; one epoch of its training, and its predictions."""

import os
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ml.emotion.lstm.settings import LstmSettings
from ml.emotion.lstm.vocabulary import PADDING, IdArray
from ml.emotion.units import FloatArray
from ml.errors import ModelError
from ml.labels import Emotion
from ml.probability import log_softmax

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # no notes on CPU instructions
try:
    import keras  # type: ignore[import-untyped, import-not-found, unused-ignore]
    import tensorflow as tf  # type: ignore[import-untyped, import-not-found, unused-ignore]
except ModuleNotFoundError as error:
    raise ModelError(f"{error.name} is not installed: pip install -r requirements/train.txt") from error

Network: TypeAlias = "keras.Model"
_PREDICTION_BATCH = 128
_POOL_BATCHES = 16  # sorted by length together: few enough that batches differ from epoch to epoch


@dataclass(frozen=True, slots=True)
class EncodedExamples:
    """ids: int32 (n, length); labels: int64 (n,), order of Emotion; weights: float (n,)."""

    ids: IdArray
    labels: npt.NDArray[np.int64]
    weights: FloatArray


def make_deterministic(seed: int) -> None:
    """Seed Keras and have TensorFlow use kernels that repeat their results, in the whole process."""
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def build_network(vocabulary_size: int, settings: LstmSettings) -> Network:
    """A compiled network with random weights. Logits leave it: their softmax is taken in the loss."""
    network = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(vocabulary_size, settings.embedding_size, mask_zero=PADDING == 0),
            keras.layers.SpatialDropout1D(settings.embedding_dropout),
            keras.layers.LSTM(settings.units),
            keras.layers.Dropout(settings.dropout),
            keras.layers.Dense(len(Emotion)),
        ]
    )
    optimizer = keras.optimizers.Adam(settings.learning_rate)
    optimizer.build(network.trainable_variables)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    # Compiling the loop of an LSTM with XLA takes longer than it saves.
    network.compile(optimizer, loss, jit_compile=False)
    return network


def train_epoch(network: Network, examples: EncodedExamples, settings: LstmSettings, epoch: int) -> None:
    """Show every example once. Order and dropout depend on seed and epoch alone, so an epoch can be repeated."""
    _seed_dropout(network, settings.seed, epoch)
    lengths = _count_morphemes(examples.ids)
    for rows in _plan_batches(lengths, settings, epoch):
        ids = examples.ids[rows, : lengths[rows].max()]
        network.train_on_batch(ids, examples.labels[rows], examples.weights[rows])


def predict_log_probabilities(network: Network, ids: IdArray) -> FloatArray:
    """Natural logarithms of the probabilities (n, 6) for the rows of ids (n, length)."""
    logits = np.empty((len(ids), len(Emotion)))
    lengths = _count_morphemes(ids)
    order = lengths.argsort(kind="stable")
    for start in range(0, len(ids), _PREDICTION_BATCH):
        rows = order[start : start + _PREDICTION_BATCH]
        logits[rows] = network.predict_on_batch(ids[rows, : lengths[rows].max()])
    return log_softmax(logits)


def _count_morphemes(ids: IdArray) -> npt.NDArray[np.int64]:
    """Ids of each row before the padding, at least 1: the network needs one step."""
    return np.asarray(np.maximum((ids != PADDING).sum(axis=1), 1), dtype=np.int64)


def _plan_batches(lengths: npt.NDArray[np.int64], settings: LstmSettings, epoch: int) -> list[npt.NDArray[np.int64]]:
    """Row indices of each batch, in random order. Texts of like length share a batch: an LSTM's time is its steps."""
    random = np.random.default_rng([settings.seed, epoch])
    order = random.permutation(len(lengths))
    pool = settings.batch_size * _POOL_BATCHES
    pools = [order[start : start + pool] for start in range(0, len(order), pool)]
    order = np.concatenate([rows[lengths[rows].argsort(kind="stable")] for rows in pools])
    batches = [order[start : start + settings.batch_size] for start in range(0, len(order), settings.batch_size)]
    return [batches[index] for index in random.permutation(len(batches))]


def _seed_dropout(network: Network, seed: int, epoch: int) -> None:
    for index, layer in enumerate(network.layers):
        if isinstance(layer, keras.layers.Dropout):
            state = np.random.SeedSequence([seed, epoch, index]).generate_state(2)
            layer.seed_generator.state.assign(state)
