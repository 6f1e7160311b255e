"""How ONNX Runtime is opened for the small graphs that a web process holds."""

from pathlib import Path

import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from ml.errors import ModelError

# Of a graph with products in int8: all activations share a scale, so that a neighbour would change what is read.
WINDOWS_AT_ONCE = 1


def open_session(path: Path) -> ort.InferenceSession:
    """One thread and no memory arena: the graph is tiny, and the web process has to stay small.

    Raises ModelError when ONNX Runtime can't load it.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except (ort_errors.InvalidGraph, ort_errors.InvalidProtobuf, ort_errors.Fail, ort_errors.NoSuchFile) as error:
        raise ModelError(f"{path}: ONNX Runtime cannot load it ({error}). Train it again.") from error
