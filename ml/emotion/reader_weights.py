"""The weights of a graph that `ml.emotion.reader_graph` wrote, for another training to start from."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from google.protobuf.message import DecodeError
from onnx import numpy_helper

from ml.errors import ModelError

Array = npt.NDArray[Any]


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """The tensors of the graph in `path` by their names in torch.

    The exporter keeps the names of all but the matrices of linear layers over sequences, which it turns round: such a
    one is named after the bias that is added to its product. The quantizer turns the others round as well. Raises
    ModelError when another one made the graph, or it is missing or damaged.
    """
    try:
        graph = onnx.load(path).graph
    except (OSError, DecodeError) as error:
        raise ModelError(f"{path}: {error}. Train it again.") from error
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    added = {name: node for node in graph.node if node.op_type == "Add" for name in node.input}
    try:
        for product, matrix in _read_products(graph, tensors):
            if product in added:
                (bias,) = (name for name in added[product].input if name.endswith(".bias"))
                tensors[bias.removesuffix("bias") + "weight"] = matrix.T
    except (KeyError, ValueError) as error:
        raise ModelError(f"{path}: its weights have unknown names ({error}). Train it again.") from error
    return {name: torch.from_numpy(np.array(values)) for name, values in tensors.items()}


def _read_products(graph: onnx.GraphProto, tensors: Mapping[str, Array]) -> Iterator[tuple[str, Array]]:
    """Of each product with a matrix of the graph its name, and the matrix in float."""
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in tensors:
            yield node.output[0], tensors[node.input[1]]
        elif node.op_type == "MatMulInteger":
            _, name, _, zero_point = node.input
            steps = tensors[name].astype(np.float32) - tensors[zero_point]
            scale = tensors[name.removesuffix("_quantized") + "_scale"]
            yield node.output[0].removesuffix("_output_quantized"), steps * scale
