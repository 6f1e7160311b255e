"""A word network in training, and its export to what is served."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import torch

from ml.emotion.reader_graph import export_reader
from ml.emotion.reader_head import score_padded
from ml.emotion.tables import save_table
from ml.emotion.units import FloatArray
from ml.emotion.words.network import WordNetwork
from ml.emotion.words.served import FACTS_FILE, READER_FILE, SCALES_FILE, SERVED_FILES, TABLE_FILE
from ml.emotion.words.settings import WordSettings
from ml.emotion.words.tokenizer import WordTokenizer
from ml.encoder.model import write_tensors
from ml.encoder.scoring import IdArray, Windows, average_windows, score_windows
from ml.encoder.settings import Precision
from ml.files import write_json
from ml.probability import log_softmax

WEIGHTS_FILE = "words.safetensors"
_BATCH_SIZE = 64


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
        return windows, score_windows(windows, self.tokenizer, partial(score_padded, self.network), _BATCH_SIZE)

    def export(self, folder: Path, precision: Precision = Precision.INT8) -> list[str]:
        """Write what `ServedWords.load` reads; return the names of the files. Raises ModelError when it differs.

        The table gets four bits a number; with products in float, which are next to exact, a byte.
        """
        self.network.eval()
        width, longest = self.settings.width, self.settings.max_words
        export_reader(self.network.reader, folder / READER_FILE, width, longest, precision)
        table = self.network.table.weight.detach().numpy()
        is_packed = precision is not Precision.FLOAT
        save_table(table, folder / TABLE_FILE, folder / SCALES_FILE, is_packed=is_packed)
        facts = {"features": asdict(self.settings.features), "max_words": self.settings.max_words}
        write_json(folder / FACTS_FILE, facts)
        return list(SERVED_FILES)
