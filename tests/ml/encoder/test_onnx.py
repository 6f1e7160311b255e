"""ONNX: agrees with torch, float and int8, and serves without torch."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from numpy.testing import assert_allclose

from ml.emotion.data import Example
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.architecture import TransformerModel, TransformerSettings
from ml.encoder.checkpoint import load_pretrained
from ml.encoder.export import OnnxReport
from ml.encoder.quantize import quantize_tables
from ml.encoder.served import OnnxTransformer
from ml.encoder.settings import Precision
from ml.errors import ModelError
from tests.ml.encoder.conftest import FinishedRun

ODD_TEXTS = ["", "\ud800\0", "😀ㅋㅋㅋㅋ", "걱정되고 불안해서 떨린 순간이다. " * 40, "ABC 123"]


@pytest.fixture(scope="module")
def exported(finished: FinishedRun, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, OnnxReport]:
    """The int8 model."""
    folder = tmp_path_factory.mktemp("onnx")
    return folder, finished.model.to_onnx(folder, probes=ODD_TEXTS)


def test_int8_agrees_with_torch(
    exported: tuple[Path, OnnxReport], finished: FinishedRun, validation_part: list[Example]
) -> None:
    folder, report = exported
    assert report.agreement == 1.0
    assert 0 < report.max_difference < 0.5
    texts = [example.text for example in validation_part] + ODD_TEXTS
    expected = finished.model.log_probabilities(texts)
    found = OnnxTransformer.load(folder, EMOTION_TASK).log_probabilities(texts)
    assert np.mean(found.argmax(axis=1) == expected.argmax(axis=1)) > 0.95
    assert_allclose(np.exp(found).sum(axis=1), 1)


def test_int8_holds_its_weights_in_bytes(exported: tuple[Path, OnnxReport]) -> None:
    folder, report = exported
    assert sorted(report.files) == sorted(path.name for path in folder.iterdir())
    proto = onnx.load(folder / "model.onnx")
    assert [(opset.domain, opset.version) for opset in proto.opset_import] == [("", 18)]
    tables = [tensor for tensor in proto.graph.initializer if tensor.dims == [32, 64] or tensor.dims == [64, 32]]
    assert len(tables) == 4
    assert {tensor.data_type for tensor in tables} == {onnx.TensorProto.INT8}
    assert b"site-packages" not in proto.SerializeToString()


def test_blocks_lose_less_than_int8(exported: tuple[Path, OnnxReport], finished: FinishedRun, tmp_path: Path) -> None:
    report = finished.model.to_onnx(tmp_path, Precision.BLOCKS, ODD_TEXTS)
    assert report.agreement == 1.0
    assert 0 < report.max_difference < exported[1].max_difference
    found = OnnxTransformer.load(tmp_path, EMOTION_TASK).log_probabilities(ODD_TEXTS)
    assert_allclose(found, finished.model.log_probabilities(ODD_TEXTS), atol=0.1)


def test_tables_become_bytes_that_give_the_same_rows() -> None:
    """Two nodes share a table; a small table and one that is multiplied, too, stay as they are."""
    random = np.random.default_rng(0)
    tables = {
        name: random.normal(size=(rows, 8)).astype(np.float32) for name, rows in (("a", 300), ("b", 20), ("c", 300))
    }
    tables["a"][7] = 0
    nodes = [
        onnx.helper.make_node("Gather", ["a", "ids"], ["first"]),
        onnx.helper.make_node("Gather", ["a", "ids"], ["second"]),
        onnx.helper.make_node("Gather", ["b", "ids"], ["third"]),
        onnx.helper.make_node("Gather", ["c", "ids"], ["fourth"]),
        onnx.helper.make_node("MatMul", ["fourth", "d"], ["fifth"]),
        onnx.helper.make_node("Gemm", ["first", "c"], ["sixth"], transB=1),
    ]
    outputs = ["first", "second", "third", "fourth", "fifth", "sixth"]
    tables["d"] = random.normal(size=(8, 2)).astype(np.float32)
    graph = onnx.helper.make_graph(
        nodes,
        "tables",
        [onnx.helper.make_tensor_value_info("ids", onnx.TensorProto.INT64, ["n"])],
        [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in outputs],
        [onnx.numpy_helper.from_array(table, name) for name, table in tables.items()],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=10)
    feed = {"ids": np.array([0, 7, 19])}
    expected = ort.InferenceSession(model.SerializeToString()).run(outputs, feed)
    quantize_tables(model.graph)
    assert {tensor.name for tensor in model.graph.initializer} == {"a.int8", "a.scales", "b", "c", "d"}
    for name, one, other in zip(
        outputs, ort.InferenceSession(model.SerializeToString()).run(outputs, feed), expected, strict=True
    ):
        assert_allclose(one, other, atol=0.1 if name == "sixth" else 0.02, err_msg=name)


def test_float_graph_of_another_family_agrees_with_torch(checkpoints: dict[str, Path], tmp_path: Path) -> None:
    settings = TransformerSettings(str(checkpoints["distilbert"]), max_tokens=32, overlap=8)
    model = TransformerModel(*load_pretrained(settings, EMOTION_TASK))
    report = model.to_onnx(tmp_path, precision=Precision.FLOAT, probes=ODD_TEXTS)
    assert report.max_difference < 1e-4
    found = OnnxTransformer.load(tmp_path, EMOTION_TASK).log_probabilities(ODD_TEXTS)
    assert_allclose(found, model.log_probabilities(ODD_TEXTS), atol=1e-4)


def test_serving_needs_no_torch(exported: tuple[Path, OnnxReport]) -> None:
    code = """
import sys
from pathlib import Path
for name in ("torch", "transformers", "safetensors", "sentencepiece", "huggingface_hub.hf_api"):
    sys.modules[name] = None
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.quantize import quantize_tables
from ml.encoder.settings import Precision
from ml.encoder.served import OnnxTransformer
print(OnnxTransformer.load(Path(sys.argv[1]), EMOTION_TASK).log_probabilities(["기쁘다", ""]).shape)
"""
    folder, _ = exported
    result = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "(2, 6)"


@pytest.mark.parametrize("content", [None, b"", b"not a graph"])
def test_a_missing_or_damaged_graph_is_named(
    content: bytes | None, exported: tuple[Path, OnnxReport], tmp_path: Path
) -> None:
    for path in exported[0].iterdir():
        if path.suffix == ".json":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    if content is not None:
        (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(ModelError, match=r"(?s)model.onnx: cannot be loaded .*Export the model again"):
        OnnxTransformer.load(tmp_path, EMOTION_TASK)
