"""The networks of a ready model as they are written now: tables in four bits, products of words in int8.

Models wrote tables of whole bytes before, word networks with products in float, and read windows of 128 pieces, whose
neighbours they lined up as floats. The products of an older piece network all stay in int8: what would give one of
them in float is gone.
"""

import shutil
from pathlib import Path

from ml.emotion.pieces import served as pieces
from ml.emotion.pieces.line_up import line_up_bytes
from ml.emotion.pieces.served import ServedPieces
from ml.emotion.pieces.settings import PieceSettings
from ml.emotion.tables import save_table
from ml.emotion.words import served as words
from ml.emotion.words.served import ServedWords
from ml.encoder.export import quiet
from ml.encoder.quantize import quantize
from ml.encoder.settings import Precision


def repack_words(folder: Path, target: Path) -> None:
    """Write the word network of `folder` in `target`; one that is written as now stays byte for byte.

    Raises ModelError when a file is missing or damaged.
    """
    table = ServedWords.load(folder).table
    _copy(folder, target, words.SERVED_FILES)
    if not table.is_packed:
        save_table(table.restore(), target / words.TABLE_FILE, target / words.SCALES_FILE)
        with quiet():
            quantize(target / words.READER_FILE, Precision.INT8).replace(target / words.READER_FILE)


def repack_pieces(folder: Path, target: Path, settings: PieceSettings) -> None:
    """The same of a piece network; `settings` say how long its windows are then."""
    table = ServedPieces.load(folder).table
    _copy(folder, target, pieces.SERVED_FILES)
    if not table.is_packed:
        save_table(table.restore(), target / pieces.TABLE_FILE, target / pieces.SCALES_FILE)
    line_up_bytes(target / pieces.READER_FILE)
    pieces.write_facts(target, settings)


def _copy(folder: Path, target: Path, names: tuple[str, ...]) -> None:
    for name in names:
        shutil.copyfile(folder / name, target / name)
