"""The inverse of an export in blocks of bytes: an encoder that serves → a network that can learn on."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from google.protobuf.message import DecodeError
from onnx import numpy_helper

from ml.encoder.mean_pooling import MeanPooledBertConfig, MeanPooledBertForSequenceClassification
from ml.errors import ModelError

_Tensor = npt.NDArray[np.float32]
_WORDS = "bert.embeddings.word_embeddings.weight"
_POSITIONS = "bert.embeddings.position_embeddings.weight"
_INNER = "bert.encoder.layer.{}.intermediate.dense.weight"
# What a byte of MatMulNBits holds where it stands for zero: its weights are unsigned.
_ZERO = 128


def restore_network(
    path: Path, labels: Sequence[str], heads: int, pad_id: int
) -> MeanPooledBertForSequenceClassification:
    """The float32 network that `quantize` made the graph in `path` of, but for what rounding to bytes took.

    A graph does not tell how many `heads` there are, nor which token pads. Raises ModelError when the file is no graph
    of a mean-pooled BERT for these labels, its products in blocks.
    """
    graph = _load_graph(path)
    try:
        weights = dict(_find_weights(graph))
        network = MeanPooledBertForSequenceClassification(_configure(graph, weights, labels, heads, pad_id))
        network.load_state_dict({name: torch.tensor(values) for name, values in weights.items()})
        network.eval()
    except (KeyError, RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ModelError(
            f"{path}: not a mean-pooled BERT in blocks of bytes for {len(labels)} labels ({reason})"
        ) from None
    return network


def _load_graph(path: Path) -> onnx.GraphProto:
    try:
        return onnx.load(path).graph
    except (OSError, DecodeError) as error:
        raise ModelError(f"{path}: cannot be read as an ONNX graph ({error})") from None


def _find_weights(graph: onnx.GraphProto) -> Iterator[tuple[str, _Tensor]]:
    """The network's weights by their names in it: those in float, the tables, the products."""
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for name, values in tensors.items():
        if name.startswith(("bert.", "classifier.")) and values.dtype == np.float32 and not name.endswith(".scales"):
            yield name, values
        elif name.endswith(".int8"):
            table = name.removesuffix(".int8")
            yield table, values.astype(np.float32) * tensors[f"{table}.scales"]
    products = {node.output[0]: node for node in graph.node if node.op_type == "MatMulNBits"}
    for terms in (node.input for node in graph.node if node.op_type == "Add"):
        for product, bias in (terms, terms[::-1]):
            if product in products and bias.endswith(".bias"):
                _, quantized, scales = products[product].input[:3]
                width = next(fact.i for fact in products[product].attribute if fact.name == "K")
                yield f"{bias.removesuffix('bias')}weight", _to_floats(tensors[quantized], tensors[scales], width)


def _to_floats(quantized: npt.NDArray[np.uint8], scales: _Tensor, width: int) -> _Tensor:
    """Blocks of bytes (rows, blocks, bytes in a block) and their scales, one each → a matrix (rows, width)."""
    rows, blocks, _ = quantized.shape
    values = (quantized.astype(np.float32) - _ZERO) * scales.reshape(rows, blocks, 1)
    return values.reshape(rows, -1)[:, :width]


def _configure(
    graph: onnx.GraphProto, weights: dict[str, _Tensor], labels: Sequence[str], heads: int, pad_id: int
) -> MeanPooledBertConfig:
    """The network's shape, and no dropout in its layers, as `small_e5` builds them."""
    pieces, width = weights[_WORDS].shape
    layers = sum(_INNER.format(number) in weights for number in range(len(weights)))
    epsilons = {
        fact.f
        for node in graph.node
        if node.op_type == "LayerNormalization"
        for fact in node.attribute
        if fact.name == "epsilon"
    }
    return MeanPooledBertConfig(
        vocab_size=pieces,
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=len(weights[_INNER.format(0)]),
        max_position_embeddings=len(weights[_POSITIONS]),
        layer_norm_eps=min(epsilons),
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        classifier_dropout=0.1,
        pad_token_id=pad_id,
        id2label=dict(enumerate(map(str, labels))),
    )
