"""The graph of what reads the vectors of words or pieces, checked against torch."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ml.emotion.sessions import open_session
from ml.encoder.export import quiet, strip_notes
from ml.encoder.quantize import quantize
from ml.encoder.settings import Precision
from ml.errors import ModelError

_OPSET = 18
# Largest difference in logits between torch and the float graph that rounding explains.
_TOLERANCE = 1e-3


def export_reader(
    reader: nn.Module, path: Path, width: int, longest: int, precision: Precision, in_float: Sequence[str] = ()
) -> None:
    """Write the graph: vectors, float (windows, places, width), and mask, int64 (windows, places) → logits (windows,
    labels); there are at most `longest` places. `reader` has to be in eval mode.

    Raises ModelError when the graph in float does not compute what the network computes; what it loses by a coarser
    precision is measured with the model. `in_float` is as in `quantize`.
    """
    # Two rows of unlike length: the exporter takes sizes of 0 and 1, and equal ones, for constants.
    places = min(7, longest)
    vectors = torch.randn(2, places, width, generator=torch.Generator().manual_seed(0))
    mask = torch.tensor([[1] * places, [1] * (places - 1) + [0]])
    shape = {0: torch.export.Dim("windows"), 1: torch.export.Dim("places", max=longest)}
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch, quiet():
        graph = Path(scratch) / path.name
        torch.onnx.export(
            reader,
            kwargs={"vectors": vectors, "mask": mask},
            f=graph,
            input_names=["vectors", "mask"],
            output_names=["logits"],
            opset_version=_OPSET,
            dynamo=True,
            dynamic_shapes={"vectors": shape, "mask": shape},
            external_data=False,
            verbose=False,
        )
        strip_notes(graph)
        (found,) = open_session(graph).run(["logits"], {"vectors": vectors.numpy(), "mask": mask.numpy()})
        with torch.inference_mode():
            difference = np.abs(found - reader(vectors, mask).numpy()).max()
        if not difference <= _TOLERANCE:
            raise ModelError(f"the ONNX graph differs from torch by {difference:.2g}: the export failed")
        quantize(graph, precision, in_float).replace(path)
