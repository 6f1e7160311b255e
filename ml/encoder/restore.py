"""The inverse of an export in blocks of bytes: an encoder that serves → a network that can learn on.

A graph holds equal weights once, so that a network that never learned, its biases all zero, does not come back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import onnx
import torch
from google.protobuf.message import DecodeError
from onnx import numpy_helper

from ml.encoder.mean_pooling import MeanPooledBertConfig, MeanPooledBertForSequenceClassification
from ml.errors import ModelError

FoundT = TypeVar("FoundT")
_Tensor = npt.NDArray[np.float32]
_Tensors = Mapping[str, npt.NDArray[np.generic]]
_WORDS = "bert.embeddings.word_embeddings.weight"
_POSITIONS = "bert.embeddings.position_embeddings.weight"
_QUERY = "bert.encoder.layer.0.attention.self.query.bias"
_INNER = "bert.encoder.layer.{}.intermediate.dense.weight"
# What a byte of MatMulNBits holds where it stands for zero, if the node has no zero points: its weights are unsigned.
_ZERO = 128


def restore_network(path: Path, labels: Sequence[str], pad_id: int) -> MeanPooledBertForSequenceClassification:
    """The float32 network behind a graph that `quantize` wrote in blocks; its weights are what the bytes stand for.

    pad_id: the token that pads, which no graph tells. Raises ModelError when the file is no graph of a mean-pooled
    BERT for these labels with its products in blocks.
    """
    graph = _load_graph(path)
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    try:
        weights = dict(_find_weights(graph, tensors))
        network = MeanPooledBertForSequenceClassification(_configure(graph, tensors, weights, labels, pad_id))
        network.load_state_dict({name: torch.tensor(values) for name, values in weights.items()})
        network.eval()
    except (KeyError, RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ModelError(
            f"{path}: not a mean-pooled BERT for {len(labels)} labels in blocks of bytes (precision=blocks), which "
            f"alone can be restored. Train again from the checkpoint that it was made of. ({reason})"
        ) from None
    return network


def _load_graph(path: Path) -> onnx.GraphProto:
    try:
        return onnx.load(path).graph
    except (OSError, DecodeError) as error:
        raise ModelError(f"{path}: cannot be read as an ONNX graph ({error}). Give a model's encoder.") from None


def _find_weights(graph: onnx.GraphProto, tensors: _Tensors) -> Iterator[tuple[str, _Tensor]]:
    """The network's weights by their names in it: those in float, the tables, the products."""
    for name, values in tensors.items():
        if name.startswith(("bert.", "classifier.")) and values.dtype == np.float32 and not name.endswith(".scales"):
            yield name, values.astype(np.float32)
        elif name.endswith(".int8"):
            table = name.removesuffix(".int8")
            yield table, values.astype(np.float32) * tensors[f"{table}.scales"].astype(np.float32)
    products = {node.output[0]: node for node in graph.node if node.op_type == "MatMulNBits"}
    for terms in (node.input for node in graph.node if node.op_type == "Add"):
        for product, bias in (terms, terms[::-1]):
            if product in products and bias.endswith(".bias"):
                yield f"{bias.removesuffix('bias')}weight", _read_product(products[product], tensors)


def _read_product(node: onnx.NodeProto, tensors: _Tensors) -> _Tensor:
    """The matrix (rows, width) that a MatMulNBits multiplies by: bytes (rows, blocks, bytes in a block) and scales."""
    facts = {fact.name: fact.i for fact in node.attribute}
    if facts["bits"] != 8 or len(node.input) != 3:
        raise ValueError(f"{node.name}: not eight bits around a zero of {_ZERO}")
    _, quantized, scales = (tensors.get(name) for name in node.input)
    if quantized is None or scales is None:
        raise ValueError(f"{node.name}: its weights are not in the file")
    rows, blocks, _ = quantized.shape
    values = (quantized.astype(np.float32) - _ZERO) * scales.astype(np.float32).reshape(rows, blocks, 1)
    return values.reshape(rows, -1)[:, : facts["K"]]


def _configure(
    graph: onnx.GraphProto,
    tensors: _Tensors,
    weights: Mapping[str, _Tensor],
    labels: Sequence[str],
    pad_id: int,
) -> MeanPooledBertConfig:
    """The network's shape, and no dropout in its layers, as `small_e5` builds them."""
    pieces, width = weights[_WORDS].shape
    layers = sum(_INNER.format(number) in weights for number in range(len(weights)))
    norms = (node for node in graph.node if node.op_type == "LayerNormalization")
    epsilons = {fact.f for node in norms for fact in node.attribute if fact.name == "epsilon"}
    names = dict(enumerate(map(str, labels)))
    return MeanPooledBertConfig(
        vocab_size=pieces,
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=width // _find_head_width(graph, tensors),
        intermediate_size=len(weights[_INNER.format(0)]),
        max_position_embeddings=len(weights[_POSITIONS]),
        layer_norm_eps=_only(epsilons),
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        classifier_dropout=0.1,
        pad_token_id=pad_id,
        id2label=names,
        label2id={name: number for number, name in names.items()},
    )


def _find_head_width(graph: onnx.GraphProto, tensors: _Tensors) -> int:
    """The last number of the shape in which the first layer's queries are cut: (windows, tokens, heads, width)."""
    query = _only(node.output[0] for node in graph.node if node.op_type == "Add" and _QUERY in node.input)
    cut = _only(node for node in graph.node if node.op_type == "Reshape" and node.input[0] == query)
    shape = _only(node for node in graph.node if cut.input[1] in node.output)
    return int(tensors[shape.input[-1]].astype(np.int64).item())


def _only(found: Iterable[FoundT]) -> FoundT:
    """Raises ValueError where there is none, or more than one."""
    (single,) = found
    return single
