"""Texts → windows of numbered pieces, as SentencePiece's unigram model cuts them. Standard library and numpy only.

Only a run of unknown characters is one unknown piece there, and as many here.

The web process has no room for a library that does the same and holds every language's pieces.
"""

import csv
import math
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from ml.emotion.hybrid.excerpts import excerpt
from ml.emotion.pieces.vocabulary import Pieces, Vocabulary
from ml.emotion.text import normalize
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.scoring import IdArray, Windows, cut_evenly, pad_windows
from ml.encoder.task import Task
from ml.errors import ModelError
from ml.store.disk import replace_file

PIECES_FILE = "pieces.tsv"  # piece and score in each row
NO_PIECE = 0  # padding, and a piece that training hides
FIRST, LAST, UNKNOWN = 1, 2, 3
_SPECIAL = 4  # so many numbers come before those of the pieces
_SPACE = "▁"
# Of a character that lies in no piece, below the least likely piece: SentencePiece's own penalty.
UNKNOWN_PENALTY = 10.0


class PieceTokenizer:
    """Cuts a text in the pieces that are likeliest together (Kudo 2018, arXiv 1804.10959).

    A piece's score is the logarithm of how likely it is; the first piece gets the number 4. Raises ValueError where
    one is given twice.
    """

    def __init__(self, pieces: Pieces, max_pieces: int, longest_text: int = 1000, task: Task = EMOTION_TASK) -> None:
        self.task = task
        self.max_pieces = max_pieces
        self.longest_text = longest_text
        self._vocabulary = Vocabulary.of(pieces)
        self._unknown_score = min(self._vocabulary.scores, default=0.0) - UNKNOWN_PENALTY

    @classmethod
    def load(cls, folder: Path, max_pieces: int, longest_text: int) -> Self:
        """Read what `save_pieces` wrote. Raises ModelError when it is missing or damaged."""
        try:
            return cls(read_pieces(folder), max_pieces, longest_text)
        except ValueError as error:
            raise ModelError(f"{folder / PIECES_FILE}: damaged ({error}). Train the model again.") from None

    def __len__(self) -> int:
        """How many numbers it gives, special ones included."""
        return _SPECIAL + len(self._vocabulary.scores)

    def split(self, texts: Sequence[str]) -> Windows:
        """Number the pieces of normalised texts; more than `max_pieces` are cut in windows of like length.

        Of a text of more than `longest_text` characters the beginning and the end are read.
        """
        windows = Windows([], [])
        for row, text in enumerate(texts):
            parts = cut_evenly(self.cut(excerpt(normalize(text), self.longest_text)), self.max_pieces)
            windows.ids.extend([FIRST, *part, LAST] for part in parts)
            windows.text_of.extend([row] * len(parts))
        return windows

    def pad(self, ids: Sequence[Sequence[int]]) -> tuple[IdArray, IdArray]:
        """Pad windows to the longest of them: numbers and mask (1: a piece), int64 (windows, pieces)."""
        return pad_windows(ids, NO_PIECE)

    def cut(self, text: str) -> list[int]:
        """The numbers of a text's pieces: of all ways to cut it the one with the largest sum of scores.

        A character that lies in no piece is unknown.
        """
        marked = mark_words(text)
        best = [0.0, *[-math.inf] * len(marked)]  # by the place where a cut ends
        last = [(0, UNKNOWN)] * (len(marked) + 1)  # where its last piece begins, and that piece
        scores, unknown = self._vocabulary.scores, self._unknown_score
        matches = self._vocabulary.find(marked)
        match = next(matches, None)
        for start in range(len(marked)):
            score = best[start]
            while match and match[0] == start:
                _, end, place = match
                if score + scores[place] > best[end]:
                    best[end], last[end] = score + scores[place], (start, _SPECIAL + place)
                match = next(matches, None)
            if score + unknown > best[start + 1]:
                best[start + 1], last[start + 1] = score + unknown, (start, UNKNOWN)
        found = []
        place = len(marked)
        while place:
            place, number = last[place]
            found.append(number)
        return found[::-1]


def mark_words(text: str) -> str:
    """A normalised text as the pieces are: a ▁ in front of each word, and NFKC, since they know ㅋ and ㅠ by their
    conjoining forms alone.
    """
    return _SPACE + unicodedata.normalize("NFKC", text).replace(" ", _SPACE)


def save_pieces(folder: Path, pieces: Pieces) -> None:
    """Write pieces and scores for `PieceTokenizer.load`, in one step: an interrupted call leaves the old file."""
    rows = (f"{piece}\t{score:.4f}\n" for piece, score in pieces)
    replace_file(folder / PIECES_FILE, "".join(rows).encode())


def read_pieces(folder: Path) -> Iterator[tuple[str, float]]:
    """What `save_pieces` wrote, piece by piece. Raises ModelError when it is missing or damaged."""
    path = folder / PIECES_FILE
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for piece, score in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield piece, float(score)
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}. Train the model again.") from None
    except (ValueError, csv.Error) as error:
        raise ModelError(f"{path}: damaged ({error}). Train the model again.") from None
