"""A word network in training, and its export to what is served."""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from ml.emotion.sessions import open_session
from ml.emotion.units import FloatArray
from ml.emotion.words.network import WordNetwork, WordReader
from ml.emotion.words.served import FACTS_FILE, READER_FILE, SCALES_FILE, SERVED_FILES, TABLE_FILE
from ml.emotion.words.settings import WordSettings
from ml.emotion.words.tokenizer import WordTokenizer
from ml.encoder.export import quiet, strip_notes
from ml.encoder.model import write_tensors
from ml.encoder.scoring import IdArray, Windows, average_windows, score_windows
from ml.errors import ModelError
from ml.files import write_json
from ml.probability import log_softmax

WEIGHTS_FILE = "words.safetensors"
_BATCH_SIZE = 64
_OPSET = 18
# Largest difference in logits between torch and the graph that rounding explains.
_TOLERANCE = 1e-3


class WordModel:
    """A network and the tokenizer that has numbered all words of the texts that it is shown."""

    def __init__(self, settings: WordSettings, tokenizer: WordTokenizer) -> None:
        self.settings = settings
        self.tokenizer = tokenizer
        torch.manual_seed(settings.seed)
        self.network = WordNetwork(settings, tokenizer.words, len(tokenizer.task.labels))

    def pad(self, ids: Sequence[Sequence[int]]) -> tuple[IdArray, IdArray]:
        """As `WordTokenizer.pad`."""
        return self.tokenizer.pad(ids)

    def save(self, folder: Path) -> list[str]:
        """Write the weights in one step; return the names of the files."""
        folder.mkdir(parents=True, exist_ok=True)
        write_tensors(folder / WEIGHTS_FILE, self.network.state_dict(), {"format": "pt"})
        return [WEIGHTS_FILE]

    def log_probabilities(self, texts: Sequence[str]) -> FloatArray:
        """Log-probabilities (texts, labels) of texts whose words are numbered."""
        windows, logits = self.score_windows(texts)
        return average_windows(log_softmax(logits), windows, len(texts))

    def score_windows(self, texts: Sequence[str]) -> tuple[Windows, FloatArray]:
        """The windows that the texts are cut in, and their logits (windows, labels), as `ServedWords` gives them."""
        self.network.eval()
        windows = self.tokenizer.split(texts)
        return windows, score_windows(windows, self.tokenizer, self._forward, _BATCH_SIZE)

    def export(self, folder: Path) -> list[str]:
        """Write what `ServedWords.load` reads; return the names of the files. Raises ModelError when it differs."""
        self.network.eval()
        export_reader(self.network.reader, folder / READER_FILE, self.settings)
        values = self.network.table.weight.detach().numpy()
        scales = np.abs(values).max(axis=1, keepdims=True) / 127
        for name in (TABLE_FILE, SCALES_FILE):
            (folder / name).unlink(missing_ok=True)  # a server may have the old one mapped
        np.save(folder / TABLE_FILE, np.rint(values / scales).astype(np.int8))
        np.save(folder / SCALES_FILE, scales.astype(np.float32))
        facts = {"features": asdict(self.settings.features), "max_words": self.settings.max_words}
        write_json(folder / FACTS_FILE, facts)
        return list(SERVED_FILES)

    def _forward(self, numbers: IdArray, mask: IdArray) -> FloatArray:
        device = next(self.network.parameters()).device
        with torch.inference_mode():
            logits = self.network(torch.from_numpy(numbers).to(device), torch.from_numpy(mask).to(device)).logits
        return np.asarray(logits.cpu().numpy(), dtype=np.float64)


def export_reader(reader: WordReader, path: Path, settings: WordSettings) -> None:
    """Write the graph: vectors, float (windows, words, width), and mask, int64 (windows, words) → logits (windows,
    labels). Raises ModelError when it does not compute what the network computes.
    """
    # Two rows of unlike length: the exporter takes sizes of 0 and 1, and equal ones, for constants.
    words = min(7, settings.max_words)
    vectors = torch.randn(2, words, settings.width, generator=torch.Generator().manual_seed(0))
    mask = torch.tensor([[1] * words, [1] * (words - 1) + [0]])
    shape = {0: torch.export.Dim("windows"), 1: torch.export.Dim("words", max=settings.max_words)}
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch, quiet():
        graph = Path(scratch) / READER_FILE
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
        graph.replace(path)
    (found,) = open_session(path).run(["logits"], {"vectors": vectors.numpy(), "mask": mask.numpy()})
    with torch.inference_mode():
        difference = np.abs(found - reader(vectors, mask).numpy()).max()
    if not difference <= _TOLERANCE:
        raise ModelError(f"the ONNX graph differs from torch by {difference:.2g}: the export failed")
