"""The original's network in Keras, as a scikit-learn estimator. Needs TensorFlow (requirements/train.txt)."""

import os
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from ml.errors import ModelError
from ml.music.settings import KerasSettings
from ml.probability import softmax

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # no notes on CPU instructions
try:
    import keras  # type: ignore[import-untyped, import-not-found, unused-ignore]
    import tensorflow as tf  # type: ignore[import-untyped, import-not-found, unused-ignore]
except ModuleNotFoundError as error:
    raise ModelError(f"{error.name} is not installed: pip install -r requirements/train.txt") from error

Order: TypeAlias = NDArray[np.int64]


class NetworkClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no stubs
    """One hidden layer of ReLUs and a softmax, trained by Adam on the cross-entropy; the same seed, the same weights.

    After `fit`: `network_`, and `layers_`, the (weights, bias) of its two layers, float32.
    """

    def __init__(self, settings: KerasSettings) -> None:
        self.settings = settings

    def fit(self, inputs: NDArray[np.float64], moods: NDArray[np.intp]) -> Self:
        """Train on scaled inputs [n, k] and their classes [n]."""
        settings = self.settings
        self.classes_, targets = np.unique(moods, return_inverse=True)
        keras.backend.clear_session()
        keras.utils.set_random_seed(settings.seed)
        tf.config.experimental.enable_op_determinism()
        self.network_ = keras.Sequential(
            [
                keras.Input((inputs.shape[1],)),
                keras.layers.Dense(settings.units, activation="relu"),
                keras.layers.Dense(len(self.classes_)),
            ]
        )
        generator = np.random.default_rng(settings.seed)
        order = np.stack([generator.permutation(len(inputs)) for _ in range(settings.epochs)])
        _train(self.network_, tf.constant(inputs, tf.float32), tf.constant(targets), order, settings)
        hidden, output = (layer.get_weights() for layer in self.network_.layers)
        self.layers_ = [(hidden[0], hidden[1]), (output[0], output[1])]
        return self

    def predict_proba(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities [n, classes] as Keras computes them."""
        logits = self.network_(inputs.astype(np.float32)).numpy()
        return softmax(logits.astype(np.float64))

    def predict(self, inputs: NDArray[np.float64]) -> NDArray[np.intp]:
        """The most probable class of each row."""
        return np.asarray(self.classes_[self.predict_proba(inputs).argmax(axis=1)])


def _train(
    network: "keras.Model", inputs: "tf.Tensor", targets: "tf.Tensor", order: Order, settings: KerasSettings
) -> None:
    """Run all epochs as one graph: with a step of a millisecond, Keras' own loop would cost twenty times as much.

    order: for each epoch the rows in the order in which they are seen, (epochs, n).
    """
    optimizer = keras.optimizers.Adam(settings.learning_rate)
    optimizer.build(network.trainable_variables)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function  # type: ignore[untyped-decorator, unused-ignore]
    def run(epochs: "tf.Tensor") -> None:
        for epoch in epochs:
            for start in tf.range(0, tf.shape(epoch)[0], settings.batch_size):
                rows = epoch[start : start + settings.batch_size]
                with tf.GradientTape() as tape:
                    loss = loss_of(tf.gather(targets, rows), network(tf.gather(inputs, rows), training=True))
                gradients = tape.gradient(loss, network.trainable_variables)
                optimizer.apply(gradients, network.trainable_variables)

    run(tf.constant(order))
