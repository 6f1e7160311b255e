"""The linear model as an ONNX graph: what `LinearModel.score` and the calibrated softmax compute."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from ml.emotion.calibrate import Temperatures
from ml.emotion.linear import EMOTIONS, EXPANSION, TINY, LinearModel

_OPSET = 18
_IR_VERSION = 10


def build_graph(model: LinearModel, temperatures: Temperatures) -> onnx.ModelProto:
    """Inputs: buckets, rows, counts (features,), row_count (1,).

    Outputs: probabilities (row_count, 6), diary_share (row_count, 1).
    """
    inputs = [
        helper.make_tensor_value_info("buckets", TensorProto.INT64, ["features"]),
        helper.make_tensor_value_info("rows", TensorProto.INT64, ["features"]),
        helper.make_tensor_value_info("counts", TensorProto.FLOAT, ["features"]),
        helper.make_tensor_value_info("row_count", TensorProto.INT64, [1]),
    ]
    outputs = [
        helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["texts", EMOTIONS]),
        helper.make_tensor_value_info("diary_share", TensorProto.FLOAT, ["texts", 1]),
    ]
    constants = _constants(model, temperatures)
    initializers = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    nodes = [*_weight_nodes(), *_score_nodes(), *_probability_nodes()]
    graph = helper.make_graph(nodes, "emotion", inputs, outputs, initializers)
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)
    onnx.checker.check_model(proto)
    return proto


def _constants(model: LinearModel, temperatures: Temperatures) -> dict[str, npt.NDArray[np.generic]]:
    coldness = 1 / temperatures.other
    return {
        "weights": model.weights,
        "idf": model.idf,
        "scale": model.scale,
        "expansion": EXPANSION,
        "bias": model.bias,
        "one": np.array(1, dtype=np.float32),
        "two": np.array(2, dtype=np.float32),
        "tiny": np.array(TINY, dtype=np.float32),
        "coldness_other": np.array(coldness, dtype=np.float32),
        "coldness_difference": np.array(1 / temperatures.diary - coldness, dtype=np.float32),
        "last_axis": np.array([1], dtype=np.int64),
        "columns": np.array([len(model.scale)], dtype=np.int64),
        "parts": np.array([EMOTIONS, EMOTIONS, 1], dtype=np.int64),
    }


def _weight_nodes() -> list[onnx.NodeProto]:
    """Sublinear tf times idf of each feature, and the length of each row."""
    return [
        _node("Log", ["counts"], "log_counts"),
        _node("Add", ["log_counts", "one"], "tf"),
        _node("Gather", ["idf", "buckets"], "picked_idf"),
        _node("Cast", ["picked_idf"], "idf_float", to=TensorProto.FLOAT),
        _node("Mul", ["tf", "idf_float"], "weight"),
        _node("Mul", ["weight", "weight"], "square"),
        _node("Unsqueeze", ["rows", "last_axis"], "row_index"),
        _node("ConstantOfShape", ["row_count"], "zero_norms"),
        _node("ScatterND", ["zero_norms", "row_index", "square"], "square_sums", reduction="add"),
        _node("Sqrt", ["square_sums"], "raw_norms"),
        _node("Max", ["raw_norms", "tiny"], "norms"),
        _node("Unsqueeze", ["norms", "last_axis"], "norm_column"),
    ]


def _score_nodes() -> list[onnx.NodeProto]:
    """The affine scores of each row, parted into shared, contrast and style."""
    return [
        _node("Gather", ["weights", "buckets"], "picked_int8"),
        _node("Cast", ["picked_int8"], "picked", to=TensorProto.FLOAT),
        _node("Unsqueeze", ["weight", "last_axis"], "weight_column"),
        _node("Mul", ["picked", "weight_column"], "products"),
        _node("Concat", ["row_count", "columns"], "table_shape", axis=0),
        _node("ConstantOfShape", ["table_shape"], "zero_sums"),
        _node("ScatterND", ["zero_sums", "row_index", "products"], "sums", reduction="add"),
        _node("Mul", ["sums", "scale"], "scaled_sums"),
        _node("Div", ["scaled_sums", "norm_column"], "unbiased"),
        _node("MatMul", ["unbiased", "expansion"], "expanded"),
        _node("Add", ["expanded", "bias"], "scores"),
        helper.make_node("Split", ["scores", "parts"], ["shared", "contrast", "style"], axis=1),
    ]


def _probability_nodes() -> list[onnx.NodeProto]:
    """Mix the halves by the diary share, divide by the temperature of the style, softmax."""
    return [
        _node("Sigmoid", ["style"], "diary_share"),
        _node("Mul", ["diary_share", "two"], "doubled_share"),
        _node("Sub", ["doubled_share", "one"], "sign"),
        _node("Mul", ["contrast", "sign"], "signed_contrast"),
        _node("Add", ["shared", "signed_contrast"], "logits"),
        _node("Mul", ["diary_share", "coldness_difference"], "coldness_of_diary"),
        _node("Add", ["coldness_of_diary", "coldness_other"], "coldness"),
        _node("Mul", ["logits", "coldness"], "calibrated"),
        _node("Softmax", ["calibrated"], "probabilities", axis=1),
    ]


def _node(operator: str, inputs: list[str], output: str, **attributes: Any) -> onnx.NodeProto:
    return helper.make_node(operator, inputs, [output], **attributes)
