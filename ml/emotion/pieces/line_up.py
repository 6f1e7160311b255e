"""The neighbours that a convolution reads, lined up in bytes: a graph of a piece network reads bit for bit as before.

torch lines up the states of each place and its neighbours as floats, up to five copies of each, and the quantizer
rounds what is lined up. Here states are rounded once and lined up then, in a quarter of the memory and one step in
place of up to seven. Both ways round alike: what is lined up is each state and zeros, and a scale always reaches zero.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
from onnx import NodeProto, helper, numpy_helper
from onnxruntime.transformers.onnx_model import OnnxModel

from ml.encoder.export import quiet
from ml.errors import ModelError

_PLACES = 1  # the axis of states (windows, places, width)


class _LineUp(NamedTuple):
    """Nodes of the exported graph: states with zeros at both ends, each shifted by one more place, all in a row,
    rounded.
    """

    pad: NodeProto
    slices: list[NodeProto]
    row: NodeProto
    rounding: NodeProto


def line_up_bytes(path: Path) -> None:
    """Rewrite the graph in `path`, which `quantize` wrote; one that is rewritten already stays as it is.

    Raises ModelError where it lines states up in another way than `ml.emotion.pieces.network` does.
    """
    model = OnnxModel(onnx.load(path))
    found = _find(model, path)
    if not found:
        return
    model.add_nodes(_count_places())
    for name, values in (("zero", 0), ("one", 1), ("place_axis", [1]), ("lined_up", [0, 0, -1])):
        model.add_initializer(numpy_helper.from_array(np.array(values, np.int64), name))
    for count in {len(line.slices) for line in found}:
        model.add_initializer(numpy_helper.from_array(np.arange(count, dtype=np.int64), f"neighbours_{count}"))
        model.add_node(helper.make_node("Add", ["places", f"neighbours_{count}"], [f"spans_{count}"]))
    for line in found:
        model.remove_nodes([line.pad, *line.slices, line.row, line.rounding])
        model.add_nodes(_line_up(line))
    with quiet():
        model.topological_sort(is_deterministic=True)
        model.prune_graph(allow_remove_graph_inputs=False)
    onnx.checker.check_model(model.model)
    onnx.save(model.model, path)


def _find(model: OnnxModel, path: Path) -> list[_LineUp]:
    makers = model.output_name_to_node()
    found = []
    for rounding in model.get_nodes_by_op_type("DynamicQuantizeLinear"):
        row = makers.get(rounding.input[0])
        slices = [makers.get(name) for name in row.input] if row is not None and row.op_type == "Concat" else []
        if not slices or any(part is None or part.op_type != "Slice" for part in slices):
            continue
        pad = makers.get(slices[0].input[0])
        if pad is None or not _puts_zeros_around(pad) or not _shifts_by_one(slices, pad, model):
            raise ModelError(f"{path}: {rounding.name} rounds other places than a piece network lines up")
        found.append(_LineUp(pad, slices, row, rounding))
    return found


def _puts_zeros_around(pad: NodeProto) -> bool:
    """Whether it is such a node: with a third input it would put that one's value."""
    modes = [helper.get_attribute_value(attribute) for attribute in pad.attribute]
    return pad.op_type == "Pad" and len(pad.input) == 2 and modes in ([], [b"constant"])


def _shifts_by_one(slices: Sequence[NodeProto], pad: NodeProto, model: OnnxModel) -> bool:
    """Whether each slice is of what is padded, along the places, and begins one place after the one before it."""
    begun = [[model.get_constant_value(part.input[place]) for place in (1, 3)] for part in slices]
    expected = [[[place], [_PLACES]] for place in range(len(slices))]
    return (
        all(part.input[0] == pad.output[0] for part in slices)
        and [[None if value is None else value.tolist() for value in values] for values in begun] == expected
    )


def _count_places() -> list[NodeProto]:
    """Nodes that give the places of a window, 0, 1 …, int64 (places, 1)."""
    return [
        helper.make_node("Shape", ["vectors"], ["place_counts"], start=_PLACES, end=_PLACES + 1),
        helper.make_node("Squeeze", ["place_counts"], ["place_count"]),
        helper.make_node("Range", ["zero", "place_count", "one"], ["place_numbers"]),
        helper.make_node("Unsqueeze", ["place_numbers", "place_axis"], ["places"]),
    ]


def _line_up(line: _LineUp) -> list[NodeProto]:
    """Nodes in place of those: states are rounded, padded with what stands for zero, gathered in spans, in a row."""
    states, sizes = line.pad.input[:2]
    lined_up, scale, zero_point = line.rounding.output
    rounded, padded, spans = f"{states}_rounded", f"{states}_padded", f"{states}_spans"
    return [
        helper.make_node("DynamicQuantizeLinear", [states], [rounded, scale, zero_point], name=rounded),
        helper.make_node("Pad", [rounded, sizes, zero_point], [padded], name=padded),
        helper.make_node("Gather", [padded, f"spans_{len(line.slices)}"], [spans], name=spans, axis=_PLACES),
        helper.make_node("Reshape", [spans, "lined_up"], [lined_up], name=lined_up),
    ]
