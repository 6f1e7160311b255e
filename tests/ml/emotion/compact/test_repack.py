"""Networks of an older form are written again, and read nearly as before."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose

from ml.emotion.compact.repack import repack_pieces, repack_words
from ml.emotion.features import FeatureSettings
from ml.emotion.pieces import served as pieces
from ml.emotion.pieces.model import PieceModel
from ml.emotion.pieces.network import Convolutions
from ml.emotion.pieces.served import ServedPieces
from ml.emotion.pieces.settings import PieceSettings
from ml.emotion.pieces.start import write_start
from ml.emotion.reader_graph import export_reader
from ml.emotion.tables import Table, save_table
from ml.emotion.words import served as words
from ml.emotion.words.model import WordModel
from ml.emotion.words.served import ServedWords
from ml.emotion.words.settings import WordSettings
from ml.emotion.words.tokenizer import WordTokenizer
from ml.encoder.settings import Precision
from ml.errors import ModelError

TEXTS = ["오늘은 정말 좋았다", "", "내일이 두렵다 " * 30]
WORDS = WordSettings(FeatureSettings(bits=10), width=32, layers=1, heads=2, pools=2, max_words=8)
PIECES = PieceSettings(pools=2, head_width=16, max_pieces=24, served_pieces=24)


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both networks as they were written before: tables in bytes, words in float, windows as in training, neighbours
    lined up as floats.
    """
    folder = tmp_path_factory.mktemp("older")
    WordModel(WORDS, WordTokenizer(WORDS.max_words)).export(folder, Precision.FLOAT)
    known = [(character, -1.0) for character in sorted(set("▁" + "".join(TEXTS)) - {" "})]
    vectors = np.random.default_rng(0).normal(size=(len(known) + 4, 16)).astype(np.float32)
    write_start(folder / "start", known, vectors, Convolutions(16, dropout=0.0))
    model = PieceModel.load_start(folder / "start", PIECES)
    model.export(folder)
    export_reader(model.network.eval().reader, folder / pieces.READER_FILE, 16, 26, Precision.INT8, ["widening"])
    save_table(vectors, folder / pieces.TABLE_FILE, folder / pieces.SCALES_FILE, is_packed=False)
    return folder


def test_a_word_network_is_rounded_once(older: Path, tmp_path: Path) -> None:
    repack_words(older, tmp_path)
    packed = ServedWords.load(tmp_path)
    assert packed.table.is_packed
    assert (tmp_path / words.READER_FILE).stat().st_size < 0.7 * (older / words.READER_FILE).stat().st_size
    found, known = packed.log_probabilities(TEXTS), ServedWords.load(older).log_probabilities(TEXTS)
    assert_allclose(found, known, atol=0.1)
    assert not np.array_equal(found, known)
    (tmp_path / "again").mkdir()
    repack_words(tmp_path, tmp_path / "again")
    for name in words.SERVED_FILES:
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_a_piece_network_gets_windows_as_its_settings_say(older: Path, tmp_path: Path) -> None:
    settings = replace(PIECES, served_pieces=12)
    repack_pieces(older, tmp_path, settings)
    packed = ServedPieces.load(tmp_path)
    assert (packed.table.is_packed, packed.tokenizer.max_pieces) == (True, 12)
    found, known = packed.log_probabilities(TEXTS[:2]), ServedPieces.load(older).log_probabilities(TEXTS[:2])
    assert_allclose(found, known, atol=0.1)
    (tmp_path / "again").mkdir()
    repack_pieces(tmp_path, tmp_path / "again", PIECES)
    assert ServedPieces.load(tmp_path / "again").tokenizer.max_pieces == 24
    for name in (pieces.READER_FILE, pieces.TABLE_FILE):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_a_piece_networks_neighbours_are_lined_up_in_bytes(older: Path, tmp_path: Path) -> None:
    repack_pieces(older, tmp_path, PIECES)
    before, after = (
        {node.op_type for node in onnx.load(folder / pieces.READER_FILE).graph.node} for folder in (older, tmp_path)
    )
    assert ("Slice" in before, "Slice" in after) == (True, False)


@pytest.mark.parametrize("name", words.SERVED_FILES)
def test_a_file_that_is_missing_is_named(name: str, older: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(older, tmp_path / "older")
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name.replace(".", r"\.")):
        repack_words(folder, tmp_path)


def test_what_is_packed_is_off_by_little(older: Path, tmp_path: Path) -> None:
    repack_words(older, tmp_path)
    before = Table.load(older / words.TABLE_FILE, older / words.SCALES_FILE, 1 << 10).restore()
    after = ServedWords.load(tmp_path).table.restore()
    assert np.linalg.norm(after - before) < 0.12 * np.linalg.norm(before)
