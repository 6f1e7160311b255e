"""Searching in texts: parts of words, particles, blanks, case, and excerpts around what was found."""

import unicodedata

import pytest

from diary.search import MAX_WORDS, Piece, highlight, matches, read_terms, strip_particle


def hits(text: str, words: str) -> list[str]:
    return [piece.text for piece in highlight(text, read_terms(words)) if piece.is_hit]


@pytest.mark.parametrize(
    ("word", "noun"),
    [
        ("엄마는", "엄마"),
        ("엄마가", "엄마"),
        ("엄마랑", "엄마"),
        ("엄마한테는", "엄마"),
        ("회사에서도", "회사"),
        ("친구들이", "친구"),
        ("집에서", "집"),
        ("부산으로", "부산"),
        ("서울로", "서울"),
        ("동생이랑", "동생"),
        # A single syllable before a short particle is rather a part of the word.
        ("사이", ""),
        ("나는", ""),
        ("비", ""),
        # Not after this sound: 엄마을 and 동생가 are no Korean.
        ("엄마을", ""),
        ("동생가", ""),
        ("바다", ""),
        ("mum는", ""),
        ("", ""),
    ],
)
def test_strip_particle(word: str, noun: str) -> None:
    assert strip_particle(word) == noun


@pytest.mark.parametrize(
    "text", ["엄마가 왔다", "엄마랑 걸었다", "우리 엄마.", "엄마한테는 비밀", "엄마들", "엄마였다"]
)
def test_matches_particles_are_no_obstacle(text: str) -> None:
    assert matches(text, read_terms("엄마는"))


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("사이", "책을 사는 사람"),
        ("아이가", "아이스크림을 먹었다"),
        ("고양이", "고양시에 갔다"),
        ("엄마 아빠", "엄마만 왔다"),
        ("가나", "아가 나무 아래"),
        ("집에서", "고집스러운 하루"),
    ],
)
def test_matches_not(words: str, text: str) -> None:
    assert not matches(text, read_terms(words))


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("마음", "한마음으로"),
        ("바다 엄마", "엄마와 바다에 갔다"),
        ("비행기표", "비행기 표를 샀다"),
        ("spotify", "Spotify로 들었다"),
        ("ÉCOLE", "école에 갔다"),
        (unicodedata.normalize("NFD", "바다"), "바다에 갔다"),
        ("ㅋㅋ", "ㅋㅋㅋ 웃었다"),
        ("\x00", "무엇이든"),
        ("", "무엇이든"),
    ],
)
def test_matches(words: str, text: str) -> None:
    assert matches(text, read_terms(words))


def test_read_terms_takes_the_first_words_each_once() -> None:
    assert len(read_terms("말 " * 3000)) == 1
    assert len(read_terms(" ".join(map(str, range(100))))) == MAX_WORDS


def test_highlight_marks_every_hit_and_keeps_the_text() -> None:
    pieces = highlight("엄마가 왔다. 엄마랑\n바다에 갔다.", read_terms("엄마는 바다"))
    assert [piece.text for piece in pieces if piece.is_hit] == ["엄마", "엄마", "바다"]
    assert "".join(piece.text for piece in pieces) == "엄마가 왔다. 엄마랑 바다에 갔다."


def test_highlight_is_an_excerpt_around_the_first_hit() -> None:
    text = "아무 일 없는 하루 " * 100 + "바다에 갔다. " + "그리고 돌아왔다. " * 100
    pieces = highlight(text, read_terms("바다"), length=60)
    assert pieces[0] == pieces[-1] == Piece("…")
    first = next(number for number, piece in enumerate(pieces) if piece.is_hit)
    assert pieces[first].text == "바다"
    assert 0 < sum(len(piece.text) for piece in pieces[:first]) < 20
    assert sum(len(piece.text) for piece in pieces) <= 62


def test_highlight_overlapping_hits_are_one() -> None:
    assert hits("바다가재", "바다 다가") == ["바다가"]


def test_highlight_a_hit_that_the_excerpt_cuts() -> None:
    pieces = highlight("가나다라마바사", read_terms("가나다라마바사"), length=3)
    assert pieces == [Piece("가나다", is_hit=True), Piece("…")]


def test_highlight_nothing_found_is_the_beginning() -> None:
    assert highlight("가나다라", read_terms("바다"), length=2) == [Piece("가나"), Piece("…")]


def test_read_terms_counts_each_word_once() -> None:
    assert len(read_terms("엄마 " * MAX_WORDS + "아빠")) == 2
