"""A float graph with its weights in bytes: a quarter of the size, in two ways."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

from ml.encoder.settings import Precision
from ml.errors import ModelError

# Weights that share a scale, along a column. Of the sizes that ONNX Runtime takes, the largest is the fastest.
_BLOCK = 128
# ONNX Runtime's level 4: activations in int8 too, but with a scale for every block of every token.
_BLOCK_ACTIVATIONS = 4
# Rows of a table that is worth three more nodes.
_SMALLEST_TABLE = 256


def quantize(graph: Path, precision: Precision, in_float: Sequence[str] = ()) -> Path:
    """Write the graph in that precision beside it, and return where.

    With INT8, the products of layers whose names end in one of `in_float` stay in float. Raises ModelError where there
    is no such layer, or more than one.
    """
    if precision is Precision.FLOAT:
        return graph
    target = graph.with_name("quantized.onnx")
    proto = onnx.load(graph)
    if precision is Precision.INT8:
        del proto.graph.value_info[:]  # the quantizer turns matrices round, and stumbles over the shapes that they had
        excluded = _find_products(proto.graph, in_float)
        # Seven bits, since eight overflow on processors without VNNI and read another way.
        quantize_dynamic(
            proto,
            target,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            nodes_to_exclude=excluded,
        )
        return target
    quantize_tables(proto.graph)
    quantizer = MatMulNBitsQuantizer(
        proto, bits=8, block_size=_BLOCK, is_symmetric=True, accuracy_level=_BLOCK_ACTIVATIONS
    )
    quantizer.process()
    onnx.save(quantizer.model.model, target)
    return target


def _find_products(graph: onnx.GraphProto, layers: Sequence[str]) -> list[str]:
    """The names of the nodes that multiply by those layers' matrices: their bias is added to what comes out."""
    products = {node.output[0]: node.name for node in graph.node if node.op_type == "MatMul"}
    sums = [node.input for node in graph.node if node.op_type == "Add"]
    found = []
    for layer in layers:
        added = [name for terms in sums if any(term.endswith(f"{layer}.bias") for term in terms) for name in terms]
        names = [products[name] for name in added if name in products]
        if len(names) != 1:
            raise ModelError(f"{layer}: {len(names)} products of the graph are that layer's, in place of one")
        found += names
    return found


def quantize_tables(graph: onnx.GraphProto) -> None:
    """Hold tables that rows are gathered from, float (rows, width), as int8 with a scale for each row; in place."""
    tables = {
        tensor.name: tensor
        for tensor in graph.initializer
        if len(tensor.dims) == 2
        and tensor.dims[0] >= _SMALLEST_TABLE
        and {node.op_type for node in graph.node if tensor.name in node.input} == {"Gather"}
    }
    nodes = [
        made
        for node in graph.node
        for made in (_gather_bytes(node) if node.op_type == "Gather" and node.input[0] in tables else [node])
    ]
    del graph.node[:]
    graph.node.extend(nodes)
    for name, table in tables.items():
        values = numpy_helper.to_array(table)
        scales = np.abs(values).max(axis=1, keepdims=True) / 127
        scales = np.where(scales == 0, 1, scales).astype(np.float32)  # a row of zeros takes any
        graph.initializer.append(numpy_helper.from_array(np.rint(values / scales).astype(np.int8), f"{name}.int8"))
        graph.initializer.append(numpy_helper.from_array(scales, f"{name}.scales"))
        graph.initializer.remove(table)


def _gather_bytes(node: onnx.NodeProto) -> list[onnx.NodeProto]:
    """Nodes that give what the node gave: the rows in bytes, their scales, the product."""
    name, indices, result = node.input[0], node.input[1], node.output[0]
    return [
        helper.make_node("Gather", [f"{name}.int8", indices], [f"{result}.int8"], axis=0),
        helper.make_node("Gather", [f"{name}.scales", indices], [f"{result}.scales"], axis=0),
        helper.make_node("Cast", [f"{result}.int8"], [f"{result}.float"], to=onnx.TensorProto.FLOAT),
        helper.make_node("Mul", [f"{result}.float", f"{result}.scales"], [result]),
    ]
