"""The piece network learns, goes on, and serves what was trained."""

import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from numpy.testing import assert_allclose
from safetensors.torch import load_file, save_file

from ml.emotion.corpora.own import load_corpus
from ml.emotion.data import Split
from ml.emotion.metrics import label_indices
from ml.emotion.pieces import universal
from ml.emotion.pieces.fit import fit_pieces
from ml.emotion.pieces.model import PieceModel
from ml.emotion.pieces.network import VECTOR_WIDTH
from ml.emotion.pieces.served import FACTS_FILE, READER_FILE, SERVED_FILES, TABLE_FILE, ServedPieces
from ml.emotion.pieces.settings import PieceSettings
from ml.emotion.pieces.start import hash_start
from ml.emotion.soft_labels import SoftLabels
from ml.emotion.train import Parts, split_for_training
from ml.encoder.batches import count_updates
from ml.errors import DataError, ModelError
from tests.ml.emotion.interruption import fit_interrupted
from tests.ml.emotion.pieces.resources import write_resources

SETTINGS = PieceSettings(
    pools=2, head_width=32, max_pieces=24, served_pieces=16,
    label_weight=1.0, epochs=5, batch_size=16, learning_rate=3e-3, save_every=5,
)  # fmt: skip
SOFT = SoftLabels(["까르르헤헤"] * 40, np.tile([0.95, *[0.01] * 5], (40, 1)), "somebody")
TEXTS = ["학교에서 정말 기쁘고 행복한 하루", "", " ", "ㅋㅋ", "가나다 라마. " * 30, "\ud800", "plain English"]


@pytest.fixture(scope="module")
def parts(tiny_corpus: Path) -> Parts:
    return split_for_training(load_corpus(tiny_corpus))


@pytest.fixture(scope="module")
def start(tiny_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("start")
    words = folder / "words.txt"
    words.write_text("까르르헤헤\n" * 9, encoding="utf-8")
    arguments = ["--weights", str(write_resources(folder / "r")), "--data", f"corpus:{tiny_corpus}"]
    arguments += ["--texts", f"lines:{words}", "--rank", "16", "--least-count", "1", "--output", str(folder / "s")]
    assert universal.main(arguments) == 0
    return folder / "s"


def fit(parts: Parts, state: Path, start: Path, soft: SoftLabels = SOFT) -> PieceModel:
    train = parts[Split.TRAIN]
    return fit_pieces(train, np.ones(len(train)), soft, parts[Split.VALIDATION], SETTINGS, state, start)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def model(parts: Parts, state: Path, start: Path) -> PieceModel:
    return fit(parts, state, start)


@pytest.fixture(scope="module")
def served(model: PieceModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    assert model.export(folder) == list(SERVED_FILES)
    return folder


def test_network_reads_what_padding_and_place_in_a_batch_do_not_change(model: PieceModel) -> None:
    ids = model.tokenizer.split(["학교에서 정말 기쁘고 행복한 하루.", "그냥 밥 먹고"]).ids
    model.network.eval()
    with torch.inference_mode():
        alone = [model.network(*map(torch.from_numpy, model.pad([window]))).logits[0] for window in ids]
        together = model.network(*map(torch.from_numpy, model.pad(ids[::-1]))).logits
    assert_allclose(together.numpy(), np.stack(alone[::-1]), atol=1e-4)


def test_it_learns_labels_and_what_a_teacher_read(model: PieceModel, parts: Parts) -> None:
    validation = parts[Split.VALIDATION]
    labels = label_indices(example.label for example in validation)
    found = model.log_probabilities([example.text for example in validation]).argmax(axis=1)
    assert (found == labels).mean() > 0.9
    assert np.exp(model.log_probabilities(SOFT.texts[:1]))[0, 0] > 0.8


def test_interrupted_run_ends_in_the_same_weights(
    parts: Parts, model: PieceModel, start: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again, updates = fit_interrupted(lambda: fit(parts, tmp_path, start), monkeypatch, at=18)
    rows = len(again.tokenizer.split([*(example.text for example in parts[Split.TRAIN]), *SOFT.texts]).ids)
    assert updates == SETTINGS.epochs * count_updates(rows, SETTINGS)
    for name, tensor in model.network.state_dict().items():
        assert torch.equal(tensor, again.network.state_dict()[name]), name


def test_another_start_does_not_go_on(
    parts: Parts, model: PieceModel, state: Path, start: Path, tmp_path: Path
) -> None:
    other = shutil.copytree(start, tmp_path / "other")
    rows = (start / "pieces.tsv").read_text(encoding="utf-8").splitlines()
    (other / "pieces.tsv").write_text("\n".join([*rows[1:], rows[0]]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="training data"):
        fit(parts, state, other)


def test_a_trained_network_is_a_start(model: PieceModel, state: Path) -> None:
    again = PieceModel.load_start(state / "best", SETTINGS)
    assert again.pieces == model.pieces
    best = load_file(state / "best" / "pieces.safetensors")
    for name, tensor in again.network.state_dict().items():
        assert torch.equal(tensor, best[name]), name


def test_a_network_that_serves_is_a_start(model: PieceModel, served: Path) -> None:
    again = PieceModel.load_start(served, SETTINGS)
    difference = np.abs(np.exp(again.log_probabilities(TEXTS)) - np.exp(model.log_probabilities(TEXTS)))
    assert difference.mean() < 0.02  # what rounding took
    trained = model.network.state_dict()
    for name, tensor in again.network.state_dict().items():
        moved = (tensor - trained[name]).norm() / trained[name].norm()
        assert moved < (0.2 if name.startswith("embeddings") else 0.02), name  # four bits, and seven


def test_hash_of_a_start_is_of_what_is_read(state: Path, served: Path, tmp_path: Path) -> None:
    assert hash_start(served) != hash_start(state / "best")
    copy = shutil.copytree(served, tmp_path / "copy")
    assert hash_start(copy) == hash_start(served)
    np.save(copy / TABLE_FILE, np.load(copy / TABLE_FILE)[:, ::-1])
    assert hash_start(copy) != hash_start(served)


@pytest.mark.parametrize(
    ("name", "message"),
    [(READER_FILE, r"pieces\.onnx: .*Train it again"), (TABLE_FILE, r"pieces_table\.npy: damaged")],
)
def test_a_damaged_network_that_serves_is_no_start(name: str, message: str, served: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(served, tmp_path / "s")
    (folder / name).write_bytes(b"x")
    with pytest.raises(ModelError, match=message):
        PieceModel.load_start(folder, SETTINGS)


@pytest.mark.parametrize("change", ["half a head", "one tensor too many"])
def test_a_start_of_another_network_is_refused(change: str, model: PieceModel, state: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(state / "best", tmp_path / "s")
    tensors = load_file(folder / "pieces.safetensors")
    if change == "half a head":
        del tensors["reader.pooling.bias"]
    else:
        tensors["reader.layers.1.norm.bias"] = torch.zeros(1)
    save_file(tensors, folder / "pieces.safetensors")
    with pytest.raises(ModelError, match=r"is of another network \(reader\.(pooling|layers\.1\.norm)\.bias\)"):
        PieceModel.load_start(folder, SETTINGS)


def test_what_restores_the_vectors_serves_in_float(model: PieceModel, served: Path) -> None:
    graph = onnx.load(served / READER_FILE).graph
    rank = model.network.embeddings.embedding_dim
    shapes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    in_float = [shapes[node.input[1]] for node in graph.node if node.op_type == "MatMul" and node.input[1] in shapes]
    assert in_float == [(rank, VECTOR_WIDTH)]
    assert "MatMulInteger" in {node.op_type for node in graph.node}


def test_a_layer_that_is_to_stay_in_float_has_to_be_there(
    model: PieceModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ml.emotion.pieces.model._IN_FLOAT", ("lengthening",))
    with pytest.raises(ModelError, match="lengthening: 0 products"):
        model.export(tmp_path)


def test_what_serves_reads_as_what_was_trained(model: PieceModel, served: Path) -> None:
    found = np.exp(ServedPieces.load(served).log_probabilities(TEXTS))
    difference = np.abs(found - np.exp(model.log_probabilities(TEXTS)))  # fewer bits, shorter windows
    assert difference.mean() < 0.02
    assert difference.max() < 0.12  # how much of it, hangs on the processor that trained
    assert_allclose(found.sum(axis=1), 1)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (FACTS_FILE, None, r"pieces\.json: No such file"),
        (FACTS_FILE, b"{}", r"pieces\.json: damaged"),
        (READER_FILE, b"x", r"pieces\.onnx: ONNX Runtime cannot load it"),
        (TABLE_FILE, b"x", r"pieces_table\.npy: damaged"),
        ("pieces.tsv", b"\xea\xb0\x80\t-1\n", r"pieces_table\.npy: has another size"),
    ],
)
def test_load_says_what_is_broken(
    name: str, content: bytes | None, message: str, served: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(served, tmp_path / "broken")
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match=message):
        ServedPieces.load(folder)


def test_facts_say_how_long_a_window_is(served: Path) -> None:
    assert json.loads((served / FACTS_FILE).read_text()) == {"max_pieces": 16, "longest_text": 1000}


@pytest.mark.parametrize(
    "changes", [{"pools": 0}, {"served_pieces": 0}, {"learning_rate": 0.0}, {"layer_decay": 1.5}, {"dropout": 1.5}]
)
def test_settings_that_cannot_be_meant_are_refused(changes: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"ha(s|ve) to be"):
        PieceSettings(**changes)
