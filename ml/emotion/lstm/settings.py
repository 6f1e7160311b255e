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
    """Everything that shapes the model. Layers and widths are the original's.

    Tried with Okt on the corpus' validation part: learning rate 1e-3 with batches of 32, dropout 0.3, 64 units, least
    count 1, single letters kept, and stop words by part of speech, by list and none. The best epoch's accuracy was
    always between 0.63 and 0.65, with a standard error of 0.02 (486 texts), so plain values stand.
    """

    analyzer: Analyzer = Analyzer.OKT
    stem: bool = True  # dictionary forms of verbs; Okt alone can give them
    keep_jamo: bool = False  # whether ㅋㅋ and ㅠㅠ count as words; the original's regex removed them
    stopwords: tuple[str, ...] | None = None  # morphemes to drop; None drops by part of speech, which needs no list
    vocabulary_size: int = 10_000  # most frequent morphemes; the committed corpus has fewer
    min_count: int = 2  # rarer morphemes become "unknown", so that its embedding is trained too
    max_length: int = 64  # morphemes; the end of a longer text is kept, as Keras' pad_sequences does
    embedding_size: int = 128
    units: int = 128
    embedding_dropout: float = 0.5  # one feature in all morphemes of a text (SpatialDropout1D): the corpus is small
    dropout: float = 0.5  # before the output layer
    learning_rate: float = 2e-3  # Adam's usual 1e-3, doubled with the batch size from 32 to 64
    batch_size: int = 64
    epochs: int = 40  # never reached: early stopping ends the fit
    patience: int = 5  # epochs without a better macro F1 on the validation part
    seed: int = 0


def parse_stopwords(value: str) -> tuple[str, ...] | None:
    """Read the value of `--stopwords`: `pos` (by part of speech), `none`, or a file with one word a line.

    A list of common particles, endings and pronouns, for all three analysers, lies beside this file: stopwords.txt.
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
