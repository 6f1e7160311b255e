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

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # no notes on CPU instructions
try:
    import keras  # type: ignore[import-untyped, import-not-found, unused-ignore]
    import tensorflow as tf  # type: ignore[import-untyped, import-not-found, unused-ignore]
except ModuleNotFoundError as error:
    raise ModelError(f"{error.name} is not installed: pip install -r requirements/train.txt") from error

Network: TypeAlias = "keras.Model"
_PREDICTION_BATCH = 128


@dataclass(frozen=True, slots=True)
class EncodedExamples:
    """ids: int32 (n, length); labels: int64 (n,), order of Emotion; weights: float (n,)."""

    ids: IdArray
    labels: npt.NDArray[np.int64]
    weights: FloatArray


def build_network(vocabulary_size: int, settings: LstmSettings) -> Network:
    """A compiled network, its weights drawn from the seed. Logits leave it: their softmax is taken in the loss.

    TensorFlow's random state and its choice of deterministic kernels are of the whole process.
    """
    keras.utils.set_random_seed(settings.seed)
    tf.config.experimental.enable_op_determinism()
    network = keras.Sequential(
        [
            keras.Input((settings.max_length,), dtype="int32"),
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
    order = np.random.default_rng([settings.seed, epoch]).permutation(len(examples.labels))
    for start in range(0, len(order), settings.batch_size):
        rows = order[start : start + settings.batch_size]
        network.train_on_batch(examples.ids[rows], examples.labels[rows], examples.weights[rows])


def predict_log_probabilities(network: Network, ids: IdArray) -> FloatArray:
    """Natural logarithms of the probabilities (n, 6) for the rows of ids (n, length)."""
    batches = [ids[start : start + _PREDICTION_BATCH] for start in range(0, len(ids), _PREDICTION_BATCH)]
    logits = np.concatenate([np.empty((0, len(Emotion))), *(network.predict_on_batch(batch) for batch in batches)])
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def _seed_dropout(network: Network, seed: int, epoch: int) -> None:
    for index, layer in enumerate(network.layers):
        if isinstance(layer, keras.layers.Dropout):
            state = np.random.SeedSequence([seed, epoch, index]).generate_state(2)
            layer.seed_generator.state.assign(state)
