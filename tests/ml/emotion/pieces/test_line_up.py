"""A graph whose neighbours are lined up in bytes reads as the one that the exporter wrote, to the last bit."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from ml.emotion.pieces.line_up import line_up_bytes
from ml.emotion.pieces.network import PieceReader
from ml.emotion.pieces.settings import PieceSettings
from ml.emotion.reader_graph import export_reader
from ml.emotion.reader_weights import read_weights
from ml.emotion.sessions import open_session
from ml.encoder.settings import Precision
from ml.errors import ModelError

Change = Callable[[onnx.NodeProto, list[onnx.NodeProto], onnx.NodeProto], None]

LONGEST = 12
RANK = 8


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("graph") / "pieces.onnx"
    torch.manual_seed(0)
    reader = PieceReader(PieceSettings(pools=2, head_width=16), RANK).eval()
    # All states of this branch are above zero: only what is put around them, and the scale's own rule, reaches it.
    torch.nn.init.constant_(reader.layers[0].branches[0].norm.bias, 10.0)
    export_reader(reader, path, RANK, LONGEST, Precision.INT8, ["widening"])
    return path


@pytest.fixture(scope="module")
def lined_up(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(shutil.copy(exported, tmp_path_factory.mktemp("lined_up")))
    line_up_bytes(path)
    return path


@pytest.mark.parametrize("size", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("places", [1, 2, 5, LONGEST])
def test_it_reads_to_the_last_bit_as_before(places: int, size: float, exported: Path, lined_up: Path) -> None:
    vectors = np.random.default_rng(places).normal(size=(2, places, RANK)).astype(np.float32) * np.float32(size)
    mask = (np.arange(places) < np.array([[places], [max(places - 2, 1)]])).astype(np.int64)
    before, after = (
        open_session(path).run(["logits"], {"vectors": vectors, "mask": mask})[0] for path in (exported, lined_up)
    )
    assert before.tobytes() == after.tobytes()


def test_it_copies_no_floats_and_keeps_the_weights(exported: Path, lined_up: Path) -> None:
    before, after = ([node.op_type for node in onnx.load(path).graph.node] for path in (exported, lined_up))
    assert (before.count("Slice"), after.count("Slice"), after.count("Gather")) == (20, 0, 6)
    assert (before.count("Concat"), after.count("Concat")) == (7, 1)
    weights, kept = read_weights(exported), read_weights(lined_up)
    named = {name for name in weights if name.endswith((".weight", ".bias"))}
    assert named
    assert all(torch.equal(weights[name], kept[name]) for name in named)


def test_what_is_lined_up_in_bytes_stays_so(lined_up: Path, tmp_path: Path) -> None:
    again = Path(shutil.copy(lined_up, tmp_path))
    line_up_bytes(again)
    assert again.read_bytes() == lined_up.read_bytes()


def swap(pad: onnx.NodeProto, parts: list[onnx.NodeProto], row: onnx.NodeProto) -> None:
    row.input[0], row.input[1] = row.input[1], row.input[0]


def fill_with_its_end(pad: onnx.NodeProto, parts: list[onnx.NodeProto], row: onnx.NodeProto) -> None:
    next(attribute for attribute in pad.attribute if attribute.name == "mode").s = b"edge"


def fill_with_a_number(pad: onnx.NodeProto, parts: list[onnx.NodeProto], row: onnx.NodeProto) -> None:
    pad.input.append("three")


def take_from_elsewhere(pad: onnx.NodeProto, parts: list[onnx.NodeProto], row: onnx.NodeProto) -> None:
    parts[1].input[0] = pad.input[0]


def begin_anywhere(pad: onnx.NodeProto, parts: list[onnx.NodeProto], row: onnx.NodeProto) -> None:
    parts[1].input[1] = "chosen_elsewhere"


@pytest.mark.parametrize("change", [swap, fill_with_its_end, fill_with_a_number, take_from_elsewhere, begin_anywhere])
def test_other_neighbours_are_refused(change: Change, exported: Path, tmp_path: Path) -> None:
    model = onnx.load(exported)
    makers = {name: node for node in model.graph.node for name in node.output}
    row = next(node for node in model.graph.node if node.op_type == "Concat")
    parts = [makers[name] for name in row.input]
    change(makers[parts[0].input[0]], parts, row)
    onnx.save(model, tmp_path / "other.onnx")
    with pytest.raises(ModelError, match=r"other\.onnx: .* rounds other places"):
        line_up_bytes(tmp_path / "other.onnx")
