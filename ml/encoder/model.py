"""A fine-tuned transformer: scores, save, load, ONNX."""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Self

import numpy as np
import torch
from safetensors.torch import save_file
from transformers import PreTrainedModel

from ml.encoder.checkpoint import load_network
from ml.encoder.export import OnnxReport, export_onnx
from ml.encoder.scoring import IdArray, score_texts
from ml.encoder.settings import Precision
from ml.encoder.task import FloatArray, Task
from ml.encoder.windows import WindowTokenizer
from ml.errors import ModelError

WEIGHTS_FILE = "model.safetensors"
CONFIG_FILE = "config.json"
# Windows read at once: more keep no CPU any busier, and fewer leave a GPU waiting.
_BATCH_SIZES = {"cpu": 64, "cuda": 1024}


class TransformerModel:
    """A network with its tokenizer. Scores on the device that the network lies on."""

    def __init__(self, network: PreTrainedModel, tokenizer: WindowTokenizer) -> None:
        self.network = network
        self.tokenizer = tokenizer

    @classmethod
    def load(cls, folder: Path, task: Task) -> Self:
        """Load what `save` wrote, on the GPU where there is one.

        Raises ModelError, saying what to do, when a file is missing, damaged or made for other labels.
        """
        tokenizer = WindowTokenizer.load(folder, task)
        if not (folder / WEIGHTS_FILE).is_file():
            raise ModelError(f"{folder / WEIGHTS_FILE}: no such file. Train the model again.")
        network: PreTrainedModel = load_network(folder, task.labels, is_trained=True).to(choose_device()).eval()
        return cls(network, tokenizer)

    def save(self, folder: Path) -> list[str]:
        """Write weights (safetensors), configuration and tokenizer; return the file names.

        The weights are replaced in one step and last, so a folder that held a model always holds one.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.network.config.architectures = [type(self.network).__name__]
        self.network.config.save_pretrained(folder)
        names = self.tokenizer.save(folder)
        write_tensors(folder / WEIGHTS_FILE, self.network.state_dict(), {"format": "pt"})
        return [CONFIG_FILE, *names, WEIGHTS_FILE]

    def pad(self, ids: Sequence[Sequence[int]]) -> tuple[IdArray, IdArray]:
        """As `WindowTokenizer.pad`."""
        return self.tokenizer.pad(ids)

    def log_probabilities(self, texts: Sequence[str]) -> FloatArray:
        """Log-probabilities (texts, labels) in the task's order. Any `str` is accepted, blank ones included."""
        self.network.eval()
        return score_texts(texts, self.tokenizer, self._forward, _BATCH_SIZES[self.network.device.type])

    def to_onnx(self, folder: Path, precision: Precision = Precision.INT8, probes: Sequence[str] = ()) -> OnnxReport:
        """Write an ONNX model that `served.OnnxTransformer` loads without torch.

        The report compares its log-probabilities of `probes` (the task's, where none are given) with this model's.
        Raises ModelError when the float graph does not compute what the network computes.
        """
        probes = probes or self.tokenizer.task.probes
        device = self.network.device
        self.network.cpu()  # in float32, as the graph will be
        try:
            expected = self.log_probabilities(probes)
            return export_onnx(self.network, self.tokenizer, folder, precision, probes, expected)
        finally:
            self.network.to(device)

    def _forward(self, ids: IdArray, mask: IdArray) -> FloatArray:
        device = self.network.device
        with torch.inference_mode(), half_precision(device):
            logits = self.network(
                input_ids=torch.from_numpy(ids).to(device), attention_mask=torch.from_numpy(mask).to(device)
            ).logits
        return np.asarray(logits.float().cpu().numpy(), dtype=np.float64)


def choose_device() -> torch.device:
    """The GPU where torch finds one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def half_precision(device: torch.device) -> AbstractContextManager[None]:
    """Products in bfloat16 on a GPU, whose units are made for them; on a CPU all stays float32."""
    is_gpu = device.type == "cuda"
    return torch.autocast(device.type, torch.bfloat16) if is_gpu else nullcontext()


def multiplies_bfloat16(device: torch.device) -> bool:
    """Whether products in bfloat16 are worth it: on any GPU, and on a processor with AVX512-BF16 or AMX.

    On one without they took three times as long as in float32.
    """
    if device.type != "cpu":
        return True
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def write_tensors(path: Path, tensors: dict[str, torch.Tensor], metadata: dict[str, str]) -> None:
    """Write a safetensors file in one step: an interrupted call leaves the old file."""
    # The format takes no two tensors that share memory, as tied weights do.
    plain = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        save_file(plain, temporary, metadata)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
