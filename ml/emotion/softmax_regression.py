"""Multinomial logistic regression on soft targets, which scikit-learn's does not take."""

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp  # type: ignore[import-untyped]
from scipy.optimize import minimize  # type: ignore[import-untyped]
from scipy.special import log_softmax  # type: ignore[import-untyped]

from ml.emotion.units import FloatArray

_TOLERANCE = 1e-8  # of the gradient: smaller than any that is met before the iterations run out
_MEMORY = 10  # pairs of steps from which L-BFGS guesses the curvature; scikit-learn's and SciPy's choice


def fit_softmax_regression(
    features: sp.csr_matrix,
    targets: FloatArray,
    weights: FloatArray,
    *,
    inverse_regularization: float,
    iterations: int,
) -> tuple[FloatArray, FloatArray]:
    """Weights (columns, classes) and intercepts (classes,) of the least cross-entropy, by L-BFGS from zero.

    features: (rows, columns); targets: (rows, classes), each row a distribution; weights: (rows,).
    The weights that are found, not the intercepts, are penalised by half of their squares over
    `inverse_regularization`. Deterministic.
    """
    rows, columns = features.shape
    classes = targets.shape[1]
    turned = features.T.tocsr()
    penalty = 1 / inverse_regularization

    def loss_and_gradient(flat: FloatArray) -> tuple[float, FloatArray]:
        table = flat.reshape(columns + 1, classes)
        log_probabilities = log_softmax(features @ table[:-1].astype(np.float32) + table[-1], axis=1)
        loss = -np.sum(weights[:, None] * targets * log_probabilities) + penalty / 2 * np.sum(table[:-1] ** 2)
        excess = weights[:, None] * (np.exp(log_probabilities) - targets)
        gradient = np.empty_like(table)
        gradient[:-1] = turned @ excess.astype(np.float32) + penalty * table[:-1]
        gradient[-1] = excess.sum(axis=0)
        return float(loss / rows), gradient.ravel() / rows

    found = minimize(
        loss_and_gradient,
        np.zeros((columns + 1) * classes),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": iterations, "maxcor": _MEMORY, "ftol": 0, "gtol": _TOLERANCE},
    )
    table: npt.NDArray[np.float64] = found.x.reshape(columns + 1, classes)
    return table[:-1], table[-1]
