"""A fine-tuned transformer as an ONNX graph, its weights in bytes on demand, checked against torch."""

import logging
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from transformers import PreTrainedModel

from ml.encoder.quantize import quantize
from ml.encoder.scoring import score_texts
from ml.encoder.served import ONNX_FILE, OnnxTransformer
from ml.encoder.settings import Precision
from ml.encoder.task import FloatArray
from ml.encoder.windows import WindowTokenizer
from ml.errors import ModelError

_OPSET = 18
# Largest difference in log-probability between torch and the float graph that rounding explains.
_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class OnnxReport:
    """What was written, and how far its log-probabilities are from torch's on the probes."""

    files: list[str]
    max_difference: float  # largest absolute difference in log-probability
    agreement: float  # share of the probes with the same most probable label


def export_onnx(
    network: PreTrainedModel,
    tokenizer: WindowTokenizer,
    folder: Path,
    precision: Precision,
    probes: Sequence[str],
    expected: FloatArray,
) -> OnnxReport:
    """Write graph and tokenizer to `folder`. `expected` holds the network's log-probabilities of `probes`.

    Raises ModelError when the float graph differs from them by more than rounding.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = [*tokenizer.save(folder), ONNX_FILE]
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        graph = Path(scratch) / ONNX_FILE
        with quiet():
            _write_float_graph(network, graph, tokenizer.max_tokens)
        difference = np.abs(_score(graph, tokenizer, probes) - expected).max()
        if not difference <= _TOLERANCE:
            raise ModelError(f"the ONNX graph differs from torch by {difference:.2g}: the export failed")
        with quiet():
            graph = quantize(graph, precision)
        found = _score(graph, tokenizer, probes)
        graph.replace(folder / ONNX_FILE)
    agreement = (found.argmax(axis=1) == expected.argmax(axis=1)).mean()
    return OnnxReport(files, float(np.abs(found - expected).max()), float(agreement))


def _write_float_graph(network: PreTrainedModel, path: Path, max_tokens: int) -> None:
    """Inputs input_ids and attention_mask, int64 (windows, tokens); output logits, float (windows, labels)."""
    device = network.device
    network.eval().to("cpu")
    # Two rows of unlike length: the exporter takes sizes of 0 and 1, and equal ones, for constants.
    example = {
        "input_ids": torch.ones(2, 7, dtype=torch.int64),
        "attention_mask": torch.tensor([[1] * 7, [1] * 5 + [0] * 2]),
    }
    shape = {0: torch.export.Dim("windows"), 1: torch.export.Dim("tokens", max=max_tokens)}
    try:
        torch.onnx.export(
            network,
            kwargs=example,
            f=path,
            input_names=list(example),
            output_names=["logits"],
            opset_version=_OPSET,
            dynamo=True,
            dynamic_shapes=dict.fromkeys(example, shape),
            external_data=False,
            verbose=False,
        )
    finally:
        network.to(device)
    strip_notes(path)
    onnx.checker.check_model(path)


def strip_notes(path: Path) -> None:
    """Drop the exporter's notes: stack traces with this machine's paths, several hundred kilobytes of them."""
    proto = onnx.load(path)
    graph = proto.graph
    for part in (proto, graph, *graph.node, *graph.initializer, *graph.value_info, *graph.input, *graph.output):
        del part.metadata_props[:]
        part.doc_string = ""
    onnx.save(proto, path)


def _score(graph: Path, tokenizer: WindowTokenizer, probes: Sequence[str]) -> FloatArray:
    served = OnnxTransformer(graph, tokenizer)
    return score_texts(probes, tokenizer, served.forward, len(probes))


@contextmanager
def quiet() -> Iterator[None]:
    """Silence what the exporters say of their own insides (a missing torchvision, deprecated calls of torch)."""
    disabled = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(disabled)
