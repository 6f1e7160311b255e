"""Texts are cut as SentencePiece cuts them, and what no piece knows is unknown."""

from pathlib import Path

import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st

from ml.artifacts import EMOTION_MODEL
from ml.emotion.pieces.tokenizer import (
    FIRST,
    LAST,
    NO_PIECE,
    UNKNOWN,
    PieceTokenizer,
    mark_words,
    read_pieces,
    save_pieces,
)
from ml.emotion.pieces.vocabulary import Vocabulary
from ml.emotion.text import normalize
from ml.errors import ModelError
from tests.ml.emotion.pieces.resources import TEXTS, write_resources

PIECES = [("▁", -2.0), ("▁오늘", -3.0), ("오", -4.0), ("늘", -4.5), ("도", -4.2), ("\u110f", -5.0), ("오늘도", -20.0)]


Pieces = list[tuple[str, float]]


def cut_into_names(pieces: Pieces, text: str) -> list[str]:
    special = ["", "<s>", "</s>", "<unk>"]
    names = special + [piece for piece, _ in pieces]
    return [names[number] for number in PieceTokenizer(pieces, 128).cut(text)]


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> sentencepiece.SentencePieceProcessor:
    folder = write_resources(tmp_path_factory.mktemp("resources"))
    return sentencepiece.SentencePieceProcessor(model_file=str(folder / "sp.model"))


@pytest.fixture(scope="module")
def same(vocabulary: sentencepiece.SentencePieceProcessor) -> Pieces:
    """All of that vocabulary's pieces."""
    return [(vocabulary.id_to_piece(n), vocabulary.get_score(n)) for n in range(3, len(vocabulary))]


def test_the_likeliest_cut_is_taken() -> None:
    assert cut_into_names(PIECES, "오늘도 오늘 늘ㅋ") == ["▁오늘", "도", "▁오늘", "▁", "늘", "\u110f"]
    assert cut_into_names(PIECES, "꽃도") == ["▁", "<unk>", "도"]
    assert cut_into_names(PIECES, "") == ["▁"]


def test_words_are_marked_and_lone_letters_conjoin() -> None:
    assert mark_words("ㅋ 가") == "▁\u110f▁가"


def test_of_no_pieces_all_is_unknown() -> None:
    assert PieceTokenizer([], 8).cut("가 나") == [UNKNOWN] * 4


@pytest.mark.parametrize("text", [*TEXTS, "행복한 버스에서 눈물이 났다", "정말정말 즐거웠다 학교", "밥을 먹고"])
def test_it_cuts_as_sentencepiece_does(
    text: str, same: Pieces, vocabulary: sentencepiece.SentencePieceProcessor
) -> None:
    assert cut_into_names(same, text) == vocabulary.encode(text, out_type=str)


@given(text=st.text(max_size=60))
def test_whatever_the_text_the_pieces_make_it_up(text: str, same: Pieces) -> None:
    marked = mark_words(normalize(text))
    place = 0
    for piece in cut_into_names(same, normalize(text)):
        if piece != "<unk>":
            assert marked.startswith(piece, place)
        place += 1 if piece == "<unk>" else len(piece)
    assert place == len(marked)


def test_long_texts_are_cut_in_windows_with_both_ends() -> None:
    tokenizer = PieceTokenizer(PIECES, 3)
    windows = tokenizer.split(["오늘도 오늘도", "", "\ud800"])
    numbers = tokenizer.cut("오늘도 오늘도")
    assert len(numbers) == 4
    assert windows.ids[:2] == [[FIRST, *numbers[:2], LAST], [FIRST, *numbers[2:], LAST]]
    assert windows.text_of == [0, 0, 1, 2]
    ids, mask = tokenizer.pad([[FIRST, 4, LAST], [FIRST, LAST]])
    assert ids.tolist() == [[FIRST, 4, LAST], [FIRST, LAST, NO_PIECE]]
    assert mask.tolist() == [[1, 1, 1], [1, 1, 0]]


def test_of_a_very_long_text_the_beginning_and_the_end_are_read() -> None:
    tokenizer = PieceTokenizer(PIECES, 128)
    windows = tokenizer.split(["오늘 " + "꽃" * 100_000 + " 오늘"])
    inner = [number for window in windows.ids for number in window[1:-1]]
    assert len(inner) <= 1010
    assert inner[0] == inner[-1] == tokenizer.cut("오늘")[0]


def test_pieces_are_read_as_they_were_written(tmp_path: Path) -> None:
    pieces = [*PIECES, ('"', -6.0), ("'", -7.25)]
    save_pieces(tmp_path, pieces)
    assert list(read_pieces(tmp_path)) == pieces
    read = PieceTokenizer.load(tmp_path, 8, 9)
    assert (read.max_pieces, read.longest_text) == (8, 9)
    assert len(read) == len(pieces) + 4


def test_no_two_pieces_that_serve_have_one_hash() -> None:
    hashes = Vocabulary.of(read_pieces(EMOTION_MODEL)).hashes
    assert (hashes[1:] > hashes[:-1]).all()


@given(text=st.text(alphabet="오늘도▁\u110f꽃", max_size=12))
def test_a_vocabulary_finds_what_a_plain_search_does(text: str) -> None:
    places = {piece: place for place, (piece, _) in enumerate(PIECES)}
    spans = [(start, end) for start in range(len(text)) for end in range(start + 1, len(text) + 1)]
    expected = [(start, end, places[text[start:end]]) for start, end in spans if text[start:end] in places]
    assert list(Vocabulary.of(PIECES).find(text)) == expected


def test_a_piece_that_is_given_twice_is_refused(tmp_path: Path) -> None:
    save_pieces(tmp_path, [*PIECES, PIECES[0]])
    with pytest.raises(ModelError, match=r"pieces\.tsv: damaged \(a piece is given twice\)"):
        PieceTokenizer.load(tmp_path, 8, 9)


def test_a_vocabulary_finds_all_pieces_and_nothing_else() -> None:
    vocabulary = Vocabulary.of(PIECES)
    assert list(vocabulary.find("오늘도")) == [(0, 1, 2), (0, 3, 6), (1, 2, 3), (2, 3, 4)]  # start, end, place
    assert list(vocabulary.find("")) == list(vocabulary.find("꽃\ud800")) == []
    assert list(Vocabulary.of([]).find("오늘")) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "No such file"), ("오늘\n", "damaged"), ("오늘\tx\n", "damaged"), ("가" * 200_000, "damaged")],
)
def test_load_says_what_is_broken(content: str | None, message: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "pieces.tsv").write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=rf"pieces\.tsv: {message}"):
        PieceTokenizer.load(tmp_path, 8, 9)
