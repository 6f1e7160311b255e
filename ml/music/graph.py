"""Fitted estimators as ONNX graphs: the nodes that compute what scikit-learn and Keras compute, in double precision.

Written by hand, since none of them needs more than a few matrices and, for trees, ONNX's own operator.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from sklearn.base import BaseEstimator
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, StackingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    PolynomialFeatures,
    PowerTransformer,
    StandardScaler,
)
from sklearn.svm import SVC

from ml.errors import ModelError
from ml.labels import Mood
from ml.music import shape
from ml.music.data import INPUTS
from ml.music.trees import tree_attributes

_OPSET, _ML_OPSET, _IR_VERSION = 18, 3, 10
# The Box–Cox limit of Yeo and Johnson is a logarithm; this close to it the power gives the same to 1e-9.
_SMALLEST_POWER = 1e-6


def build_graph(estimator: BaseEstimator) -> onnx.ModelProto:
    """Input: features, double (n, len(INPUTS)). Output: probabilities, double (n, 4), in Mood's order.

    Raises ModelError for an estimator that was not fitted on all moods, or has a step without a translation here.
    """
    if list(estimator.classes_) != list(range(len(Mood))):
        raise ModelError(f"the model knows {len(estimator.classes_)} of the {len(Mood)} moods; it cannot be saved")
    nodes = _Nodes()
    nodes.rename(_write(nodes, estimator, "features"), "probabilities")
    graph = helper.make_graph(
        nodes.nodes,
        "moods",
        [helper.make_tensor_value_info("features", TensorProto.DOUBLE, ["tracks", len(INPUTS)])],
        [helper.make_tensor_value_info("probabilities", TensorProto.DOUBLE, ["tracks", len(Mood)])],
        nodes.constants,
    )
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("ai.onnx.ml", _ML_OPSET)]
    proto = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)
    onnx.checker.check_model(proto)
    return proto


class _Nodes:
    """The nodes and constants of a graph under construction; names count up, so equal models give equal bytes."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, operator: str, *inputs: str | NDArray[Any], domain: str = "", **attributes: Any) -> str:
        """Add a node whose inputs are names or constants; return the name of its output."""
        names = [each if isinstance(each, str) else self._constant(each) for each in inputs]
        output = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, names, [output], domain=domain, **attributes))
        return output

    def columns(self, name: str, indices: Sequence[int]) -> str:
        """Take columns of a matrix."""
        return self.add("Gather", name, np.array(indices, dtype=np.int64), axis=1)

    def rename(self, name: str, new: str) -> None:
        """Give the output of the last node its name."""
        self.nodes.append(helper.make_node("Identity", [name], [new]))

    def _constant(self, value: NDArray[Any]) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name


def _write(nodes: _Nodes, step: Any, name: str) -> str:
    """Write what a fitted step computes from the matrix `name`; return the name of the result."""
    match step:
        case Pipeline():
            for _, each in step.steps:
                name = _write(nodes, each, name)
            return name
        case FunctionTransformer() if step.func is shape.shape_inputs:
            return _write_shaping(nodes, name)
        case StandardScaler():
            return nodes.add("Div", nodes.add("Sub", name, step.mean_), step.scale_)
        case MinMaxScaler():
            return nodes.add("Add", nodes.add("Mul", name, step.scale_), step.min_)
        case PowerTransformer():
            return _write_power(nodes, step, name)
        case PolynomialFeatures():
            return _write_products(nodes, step, name)
        case LogisticRegression():
            return _write_affine_softmax(nodes, name, step.coef_.T, step.intercept_)
        case StackingClassifier():
            return _write(nodes, step.final_estimator_, _write(nodes, step.estimators_[0], name))
        case SVC():
            return _write_machines(nodes, step, name)
        case ExtraTreesClassifier():
            return _write_trees(nodes, [[tree] for tree in step.estimators_], name, factor=1 / len(step.estimators_))
        case GradientBoostingClassifier():
            scores = _write_trees(nodes, step.estimators_.tolist(), name, factor=step.learning_rate)
            return nodes.add("Softmax", nodes.add("Add", scores, np.log(step.init_.class_prior_)), axis=1)
        case VotingClassifier():
            members = [_write(nodes, each, name) for each in step.estimators_]
            return nodes.add("Div", nodes.add("Sum", *members), np.array(float(len(members))))
    if hasattr(step, "layers_"):  # ml.music.network.NetworkClassifier, which only TensorFlow can import
        return _write_network(nodes, step.layers_, name)
    raise ModelError(f"{type(step).__name__}: ml.music.graph cannot write it")


def _write_shaping(nodes: _Nodes, name: str) -> str:
    """What `ml.music.shape.shape_inputs` does."""
    shares = nodes.add("Clip", nodes.columns(name, shape.LOG_ODDS), np.array(0.0), np.array(1.0))
    odds = nodes.add(
        "Div", nodes.add("Add", shares, np.array(shape.MARGIN)), nodes.add("Sub", np.array(1 + shape.MARGIN), shares)
    )
    positive = nodes.add("Max", nodes.columns(name, shape.LOGARITHMS), np.array(0.0))
    quiet = nodes.add("Max", nodes.add("Neg", nodes.columns(name, [shape.LOUDNESS])), np.array(0.0))
    tempo = nodes.columns(name, [shape.TEMPO])
    is_fast, is_slow = (
        nodes.add("Greater", tempo, np.array(shape.FASTEST)),
        nodes.add("Less", tempo, np.array(shape.SLOWEST)),
    )
    slowed = nodes.add("Where", is_fast, nodes.add("Div", tempo, np.array(2.0)), tempo)
    left, right = zip(*shape.PRODUCTS, strict=True)
    parts = [
        name,
        nodes.add("Log", odds),
        nodes.add("Log", nodes.add("Add", positive, np.array(shape.OFFSETS))),
        nodes.add("Log", nodes.add("Add", quiet, np.array(1.0))),
        nodes.add("Where", is_slow, nodes.add("Mul", tempo, np.array(2.0)), slowed),
        nodes.add("Mul", nodes.columns(name, left), nodes.columns(name, right)),
    ]
    return nodes.add("Concat", *parts, axis=1)


def _write_power(nodes: _Nodes, step: PowerTransformer, name: str) -> str:
    """Yeo and Johnson's transform: one power for values above zero, another below, so their sum serves both."""
    above, below = step.lambdas_, 2 - step.lambdas_
    parts = []
    for values, power in ((name, above), (nodes.add("Neg", name), below)):
        power = np.where(np.abs(power) < _SMALLEST_POWER, _SMALLEST_POWER, power)
        base = nodes.add("Add", nodes.add("Max", values, np.array(0.0)), np.array(1.0))
        raised = nodes.add("Sub", nodes.add("Pow", base, power), np.array(1.0))
        parts.append(nodes.add("Div", raised, power))
    return _write(nodes, step._scaler, nodes.add("Sub", *parts))


def _write_products(nodes: _Nodes, step: PolynomialFeatures, name: str) -> str:
    """The columns, then the products of two of them, in scikit-learn's order."""
    pairs = [np.repeat(np.arange(len(powers)), powers) for powers in step.powers_]
    left, right = zip(*[pair for pair in pairs if len(pair) == 2], strict=True)
    return nodes.add("Concat", name, nodes.add("Mul", nodes.columns(name, left), nodes.columns(name, right)), axis=1)


def _write_affine_softmax(nodes: _Nodes, name: str, weights: NDArray[np.float64], bias: NDArray[np.float64]) -> str:
    return nodes.add("Softmax", nodes.add("Add", nodes.add("MatMul", name, weights), bias), axis=1)


def _write_machines(nodes: _Nodes, step: SVC, name: str) -> str:
    """The decision values of each pair of classes: RBF kernels against the support vectors, times their weights."""
    vectors = step.support_vectors_
    squares = nodes.add("ReduceSum", nodes.add("Mul", name, name), np.array([1]), keepdims=1)
    products = nodes.add("MatMul", name, 2 * vectors.T)
    distances = nodes.add("Sub", nodes.add("Add", squares, (vectors**2).sum(axis=1)), products)
    kernel = nodes.add("Exp", nodes.add("Mul", distances, np.array(-float(step.gamma))))
    return nodes.add("Add", nodes.add("MatMul", kernel, _pair_weights(step)), step.intercept_)


def _pair_weights(step: SVC) -> NDArray[np.float64]:
    """libsvm's table of dual coefficients (classes - 1, vectors) as (vectors, pairs): it keeps those of class i
    against class j in row j - 1 where i < j, and in row j where i > j."""
    of_class = np.repeat(np.arange(len(step.classes_)), step.n_support_)
    pairs = [(i, j) for i in range(len(step.classes_)) for j in range(i + 1, len(step.classes_))]
    weights = np.zeros((len(of_class), len(pairs)))
    for column, (i, j) in enumerate(pairs):
        weights[of_class == i, column] = step.dual_coef_[j - 1, of_class == i]
        weights[of_class == j, column] = step.dual_coef_[i, of_class == j]
    return weights


def _write_trees(nodes: _Nodes, rounds: Sequence[Sequence[Any]], name: str, *, factor: float) -> str:
    """The sum over all trees of `factor` times what their leaves hold, (n, 4)."""
    single = nodes.add("Cast", name, to=TensorProto.FLOAT)  # scikit-learn's trees read single precision, too
    sums = nodes.add("TreeEnsembleRegressor", single, domain="ai.onnx.ml", **tree_attributes(rounds, factor))
    return nodes.add("Cast", sums, to=TensorProto.DOUBLE)


def _write_network(nodes: _Nodes, layers: Sequence[tuple[NDArray[Any], NDArray[Any]]], name: str) -> str:
    (hidden, hidden_bias), (output, output_bias) = [
        (weights.astype(np.float64), bias.astype(np.float64)) for weights, bias in layers
    ]
    activations = nodes.add("Relu", nodes.add("Add", nodes.add("MatMul", name, hidden), hidden_bias))
    return _write_affine_softmax(nodes, activations, output, output_bias)
