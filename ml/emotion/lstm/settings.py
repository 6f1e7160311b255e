"""What shapes the LSTM: analyser, stop words and hyper-parameters. Standard library only."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ml.files import read_lines


class Analyzer(StrEnum):
    """KoNLPy's morphological analysers that the original compared."""

    OKT = "okt"
    KOMORAN = "komoran"
    HANNANUM = "hannanum"


@dataclass(frozen=True, slots=True)
class LstmSettings:
    """Everything that shapes the model. Layers and widths are the original's; the rest was chosen on validation."""

    analyzer: Analyzer = Analyzer.OKT
    stem: bool = True  # dictionary forms of verbs; Okt alone can give them
    keep_jamo: bool = False  # whether ㅋㅋ and ㅠㅠ count as words; the original's regex removed them
    stopwords: tuple[str, ...] | None = None  # morphemes to drop; None drops by part of speech
    vocabulary_size: int = 10_000  # most frequent morphemes; the committed corpus has fewer
    min_count: int = 2  # rarer morphemes become "unknown", so that its embedding is trained too
    max_length: int = 64  # morphemes; the end of a longer text is kept, as Keras' pad_sequences does
    embedding_size: int = 128
    units: int = 128
    embedding_dropout: float = 0.5  # whole morphemes' features (SpatialDropout1D): the corpus is small
    dropout: float = 0.5  # before the output layer
    learning_rate: float = 1e-3
    batch_size: int = 64
    epochs: int = 40  # never reached: early stopping ends the fit
    patience: int = 5  # epochs without a better validation accuracy
    seed: int = 0


def parse_stopwords(value: str) -> tuple[str, ...] | None:
    """Read the value of `--stopwords`: `pos` (by part of speech), `none`, or a file with one word a line.

    Raises DataError when the file cannot be read.
    """
    if value == "pos":
        return None
    if value == "none":
        return ()
    return read_stopwords(Path(value))


def read_stopwords(path: Path) -> tuple[str, ...]:
    """Read a UTF-8 file of stop words, one a line, blank lines skipped, sorted. Raises DataError."""
    return tuple(sorted({word for _, word in read_lines(path)}))
