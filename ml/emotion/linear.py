"""The linear n-gram model: fitting, its numpy reference, and its ONNX graph."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import scipy.sparse as sp  # type: ignore[import-untyped]
from onnx import TensorProto, helper, numpy_helper
from sklearn.linear_model import LogisticRegression

from ml.emotion.features import FeatureSettings, HashedBatch, hash_batch
from ml.emotion.units import FloatArray

_OPSET = 18
_IR_VERSION = 10
_HASH_CHUNK = 512
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Quantised tf-idf logistic regression over hashed features.

    weights: int8 (buckets, classes), to be multiplied by scale; scale, bias: float32 (classes,);
    idf: uint8 (buckets,), zero for a bucket that training did not see often enough; its unit does not matter, because
    rows are scaled to length 1.
    """

    weights: npt.NDArray[np.int8]
    scale: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    idf: npt.NDArray[np.uint8]

    def logits(self, batch: HashedBatch, row_count: int) -> FloatArray:
        """Return (row_count, classes) logits: the reference that the ONNX graph has to agree with."""
        weight = (1 + np.log(batch.counts)) * self.idf[batch.buckets].astype(np.float32)
        norm = np.sqrt(np.bincount(batch.rows, weight**2, minlength=row_count))
        products = self.weights[batch.buckets].astype(np.float32) * weight[:, None]
        sums = np.zeros((row_count, len(self.bias)))
        np.add.at(sums, batch.rows, products)
        return sums * self.scale / np.maximum(norm, _TINY)[:, None] + self.bias


def count_matrix(texts: Sequence[str], settings: FeatureSettings) -> sp.csr_matrix:
    """Counts of hashed features of normalised texts, (texts, buckets)."""
    parts = []
    for start in range(0, len(texts), _HASH_CHUNK):
        chunk = texts[start : start + _HASH_CHUNK]
        batch = hash_batch(chunk, settings)
        shape = (len(chunk), 1 << settings.bits)
        parts.append(sp.csr_matrix((batch.counts, (batch.rows, batch.buckets)), shape=shape))
    return sp.vstack(parts).tocsr()


def fit_idf(counts: sp.csr_matrix, min_df: int, power: float) -> npt.NDArray[np.uint8]:
    """Smoothed inverse document frequency (scikit-learn's formula) to a power, in 0..255; 0 below `min_df` texts."""
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = (np.log((1 + counts.shape[0]) / (1 + frequency)) + 1) ** power
    idf = np.where(frequency >= min_df, idf, 0)
    return np.asarray(np.ceil(idf / max(idf.max(), _TINY) * 255), dtype=np.uint8)


def weigh(counts: sp.csr_matrix, idf: npt.NDArray[np.uint8]) -> sp.csr_matrix:
    """Sublinear tf times idf, rows of length 1 (Salton and Buckley 1988)."""
    weighted = counts.astype(np.float64)
    weighted.data = (1 + np.log(weighted.data)) * idf.astype(np.float64)[weighted.indices]
    norm = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return (sp.diags(1 / np.maximum(norm, _TINY)) @ weighted).tocsr()


def fit(
    counts: sp.csr_matrix,
    labels: npt.NDArray[np.int64],
    sample_weights: FloatArray,
    *,
    min_df: int,
    idf_power: float,
    inverse_regularization: float,
) -> LinearModel:
    """Fit a multinomial logistic regression by L-BFGS and quantise it. Labels 0 to 5 must all occur."""
    idf = fit_idf(counts, min_df, idf_power)
    kept = np.flatnonzero(idf)
    regression = LogisticRegression(C=inverse_regularization, max_iter=300, tol=1e-3)
    regression.fit(weigh(counts, idf)[:, kept], labels, sample_weight=sample_weights)
    weights, scale = _quantize(regression.coef_.T)
    table = np.zeros((counts.shape[1], weights.shape[1]), dtype=np.int8)
    table[kept] = weights
    return LinearModel(table, scale, regression.intercept_.astype(np.float32), idf)


def _quantize(weights: FloatArray) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Symmetric int8, one scale a class; the rare largest weights (1 in 10,000) are clipped."""
    limit = np.quantile(np.abs(weights), 0.9999, axis=0)
    scale = np.maximum(limit / 127, _TINY).astype(np.float32)
    return np.clip(np.rint(weights / scale), -127, 127).astype(np.int8), scale


def build_graph(model: LinearModel, temperature: float) -> onnx.ModelProto:
    """The ONNX graph: buckets, rows, counts (features,) and row_count (1,) → probabilities (row_count, classes)."""
    constants: dict[str, npt.NDArray[np.generic]] = {
        "weights": model.weights,
        "idf": model.idf,
        "scale": (model.scale / temperature).astype(np.float32),
        "bias": (model.bias / temperature).astype(np.float32),
        "one": np.array(1, dtype=np.float32),
        "tiny": np.array(_TINY, dtype=np.float32),
        "last_axis": np.array([1], dtype=np.int64),
        "classes": np.array([len(model.bias)], dtype=np.int64),
    }
    to_float = {"to": TensorProto.FLOAT}
    nodes = [
        _node("Log", ["counts"], "log_counts"),
        _node("Add", ["log_counts", "one"], "tf"),
        _node("Gather", ["idf", "buckets"], "picked_idf"),
        _node("Cast", ["picked_idf"], "idf_float", **to_float),
        _node("Mul", ["tf", "idf_float"], "weight"),
        _node("Mul", ["weight", "weight"], "square"),
        _node("Unsqueeze", ["rows", "last_axis"], "row_index"),
        _node("ConstantOfShape", ["row_count"], "zero_norms"),
        _node("ScatterND", ["zero_norms", "row_index", "square"], "square_sums", reduction="add"),
        _node("Sqrt", ["square_sums"], "raw_norms"),
        _node("Max", ["raw_norms", "tiny"], "norms"),
        _node("Unsqueeze", ["norms", "last_axis"], "norm_column"),
        _node("Gather", ["weights", "buckets"], "picked_int8"),
        _node("Cast", ["picked_int8"], "picked", **to_float),
        _node("Unsqueeze", ["weight", "last_axis"], "weight_column"),
        _node("Mul", ["picked", "weight_column"], "products"),
        _node("Concat", ["row_count", "classes"], "table_shape", axis=0),
        _node("ConstantOfShape", ["table_shape"], "zero_sums"),
        _node("ScatterND", ["zero_sums", "row_index", "products"], "sums", reduction="add"),
        _node("Mul", ["sums", "scale"], "scaled_sums"),
        _node("Div", ["scaled_sums", "norm_column"], "unbiased"),
        _node("Add", ["unbiased", "bias"], "logits"),
        _node("Softmax", ["logits"], "probabilities", axis=1),
    ]
    inputs = [
        helper.make_tensor_value_info("buckets", TensorProto.INT64, ["features"]),
        helper.make_tensor_value_info("rows", TensorProto.INT64, ["features"]),
        helper.make_tensor_value_info("counts", TensorProto.FLOAT, ["features"]),
        helper.make_tensor_value_info("row_count", TensorProto.INT64, [1]),
    ]
    outputs = [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["texts", len(model.bias)])]
    initializers = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "emotion", inputs, outputs, initializers)
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)
    onnx.checker.check_model(proto)
    return proto


def _node(operator: str, inputs: list[str], output: str, **attributes: Any) -> onnx.NodeProto:
    return helper.make_node(operator, inputs, [output], **attributes)
