"""A served encoder becomes a checkpoint again: the same network but for rounding, and one that learns on."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from transformers import BertConfig

from ml.emotion.hybrid.restore import main, restore_checkpoint
from ml.emotion.hybrid.served import ENCODER_FILE
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.architecture import TransformerModel
from ml.encoder.checkpoint import load_pretrained
from ml.encoder.restore import restore_network
from ml.encoder.served import ONNX_FILE
from ml.encoder.settings import Precision, TransformerSettings
from ml.errors import DataError, ModelError
from tests.ml.encoder.conftest import make_checkpoint

HEADS = 4
TEXTS = ["오늘은 정말 행복했다.", "버스를 놓쳐서 늦었다", "", "가나다 " * 60]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TransformerModel:
    """A mean-pooled BERT with a table of words that is worth bytes, and rows of products that fill no block."""
    letters = [chr(code) for code in range(ord("가"), ord("가") + 300)] + list("오늘은정말행복했다버스를놓쳐서었.")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    vocabulary = list(dict.fromkeys(vocabulary))
    stack = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": HEADS, "intermediate_size": 160}
    config = BertConfig(vocab_size=len(vocabulary), max_position_embeddings=48, initializer_range=0.2, **stack)
    folder = make_checkpoint(tmp_path_factory.mktemp("checkpoint"), config, vocabulary)
    settings = TransformerSettings(str(folder), mean_pooling=True, max_tokens=40, overlap=8)
    network, tokenizer = load_pretrained(settings, EMOTION_TASK)
    with torch.no_grad():  # fresh biases are alike, and a graph holds alike weights once
        for weights in network.parameters():
            weights.add_(torch.randn_like(weights), alpha=0.05)
    return TransformerModel(network, tokenizer)


@pytest.fixture(scope="module")
def served(trained: TransformerModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a hybrid model, as far as its encoder goes."""
    folder = tmp_path_factory.mktemp("served")
    trained.to_onnx(folder, Precision.BLOCKS)
    (folder / ONNX_FILE).rename(folder / ENCODER_FILE)
    return folder


def test_restored_weights_are_within_a_byte_of_the_trained_ones(
    trained: TransformerModel, served: Path, tmp_path: Path
) -> None:
    assert restore_checkpoint(served, tmp_path) < 0.05
    restored = TransformerModel.load(tmp_path, EMOTION_TASK)
    found, expected = restored.network.state_dict(), trained.network.state_dict()
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert_allclose(found[name], values, atol=float(values.abs().max()) / 127, err_msg=name)
    assert restored.network.config.num_attention_heads == HEADS
    exact = [name for name in expected if torch.equal(found[name], expected[name])]
    assert "classifier.weight" in exact  # what served in float comes back as it was
    assert "bert.embeddings.word_embeddings.weight" not in exact
    scores = restored.log_probabilities(TEXTS)
    assert_allclose(np.exp(scores), np.exp(trained.log_probabilities(TEXTS)), atol=0.02)


def test_restored_checkpoint_starts_another_training_with_its_head(served: Path, tmp_path: Path) -> None:
    restore_checkpoint(served, tmp_path)
    network, tokenizer = load_pretrained(TransformerSettings(str(tmp_path), max_tokens=40, overlap=8), EMOTION_TASK)
    expected = TransformerModel.load(tmp_path, EMOTION_TASK)
    assert torch.equal(network.classifier.weight, expected.network.classifier.weight)
    assert tokenizer.split(TEXTS) == expected.tokenizer.split(TEXTS)


def test_a_network_that_reads_something_else_is_noticed(
    served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def restore_wrongly(path: Path, labels: Sequence[str], pad_id: int) -> torch.nn.Module:
        network = restore_network(path, labels, pad_id)
        with torch.no_grad():
            network.classifier.bias[0] += 3
        return network

    monkeypatch.setattr("ml.emotion.hybrid.restore.restore_network", restore_wrongly)
    with pytest.raises(ModelError, match=r"restored, its probabilities differ by 0\.\d"):
        restore_checkpoint(served, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_model_itself_is_no_output(served: Path) -> None:
    before = sorted(path.name for path in served.iterdir())
    with pytest.raises(DataError, match="--output: is the model"):
        restore_checkpoint(served, served)
    assert sorted(path.name for path in served.iterdir()) == before


def test_command_restores_and_says_how_near(served: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--model", str(served), "--output", str(tmp_path / "out")]) == 0
    assert "probabilities within 0.0" in capsys.readouterr().err
    assert TransformerModel.load(tmp_path / "out", EMOTION_TASK).network.config.label2id["joy"] == 0


@pytest.mark.parametrize("precision", [Precision.FLOAT, Precision.INT8])
def test_command_refuses_a_graph_without_blocks(
    precision: Precision, trained: TransformerModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trained.to_onnx(tmp_path, precision)
    (tmp_path / ONNX_FILE).rename(tmp_path / ENCODER_FILE)
    assert main(["--model", str(tmp_path), "--output", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert f"{ENCODER_FILE}: not a mean-pooled BERT for 6 labels in blocks of bytes" in error
    assert "Train again" in error
    assert not (tmp_path / "out").exists()


def test_command_without_a_model_says_which_file_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--model", str(tmp_path), "--output", str(tmp_path / "out")]) == 2
    assert ENCODER_FILE in capsys.readouterr().err
