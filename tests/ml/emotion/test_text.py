"""Normalisation sees through what writers do not mean; sentence offsets point into the original."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.emotion.features import FeatureSettings, hash_batch
from ml.emotion.text import normalize, normalize_spans, split_sentences

_TEXT = "오늘은 정말 좋았다ㅋㅋ 내일도 그랬으면!! ㅠㅠ"


@pytest.mark.parametrize(
    "variant",
    [
        _TEXT + "  \n",
        _TEXT.replace(" ", "   "),
        _TEXT.replace(" ", "\u3000"),
        _TEXT.replace("ㅋㅋ", "ㅋ" * 30),
        _TEXT.replace("ㅠㅠ", "ㅠㅜㅠㅜ"),
        _TEXT.replace("!!", "!" * 9),
        unicodedata.normalize("NFD", _TEXT),
        _TEXT + " 😀👩‍👩‍👧❤️",
        "\u202e" + _TEXT + "\u200b\ufeff\0\ud800",
    ],
)
def test_normalize_ignores_spelling_of_the_same_text(variant: str) -> None:
    assert normalize(variant) == normalize(_TEXT)


def test_normalize_keeps_digits_and_words() -> None:
    assert normalize("10000원짜리 커피") == "10000원짜리 커피"


@given(st.text())
def test_normalize_is_idempotent(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(st.text(alphabet=st.sampled_from("가나각ㅋㅠ .!?~\n\t\u3000\0\u200b\u0301ᆨe😀11aaa"), max_size=60))
def test_normalize_spans_equals_normalize_of_each(text: str) -> None:
    spans = split_sentences(text)
    assert normalize_spans(text, spans) == [normalize(text[start:end]) for start, end in spans]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ('큰고모가 "내가 갔냐?" 하셔서 웃었다. 끝.', ['큰고모가 "내가 갔냐?" 하셔서 웃었다.', "끝."]),
        ("‘또 늦었네.’ 라고 하길래 죄송하다고 했다.", ["‘또 늦었네.’ 라고 하길래 죄송하다고 했다."]),
        ('"그만해!" 소리치고 나왔다. 하늘이 맑다.', ['"그만해!" 소리치고 나왔다.', "하늘이 맑다."]),
        ('"내가 갔냐?" 다들 웃었다.', ['"내가 갔냐?"', "다들 웃었다."]),
        ("내가 갔냐? 하셔서 웃었다.", ["내가 갔냐?", "하셔서 웃었다."]),
        ('"끝났어."\n하늘이 맑다.', ['"끝났어."', "하늘이 맑다."]),
    ],
)
def test_split_sentences_keeps_a_quotation_with_its_verb_of_saying(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in split_sentences(text)] == sentences


def test_split_sentences_without_punctuation() -> None:
    text = "아침에 늦잠 잤다ㅋㅋㅋ 버스 놓침ㅠㅠ 지각했다\n혼났다... 그래도 3.5점!? 끝"
    pieces = [text[start:end] for start, end in split_sentences(text)]
    assert pieces == ["아침에 늦잠 잤다ㅋㅋㅋ", "버스 놓침ㅠㅠ", "지각했다", "혼났다...", "그래도 3.5점!?", "끝"]


@given(st.text(alphabet=st.sampled_from("가나ㅋㅠ .!?~\n\t\0\ud800😀a"), max_size=200))
def test_split_sentences_covers_all_visible_text_in_order(text: str) -> None:
    spans = split_sentences(text)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_split_sentences_joins_neighbours_beyond_the_limit() -> None:
    text = "좋다. " * 1001
    spans = split_sentences(text, limit=200)
    assert len(spans) <= 200
    assert (spans[0][0], spans[-1][1]) == (0, len(text.rstrip()))


def test_hash_is_the_same_on_every_machine() -> None:
    """A change here makes every trained model useless."""
    batch = hash_batch(["가 나"], FeatureSettings(bits=16, char_max=2, jamo_max=0, word_max=1))
    assert batch.buckets.tolist() == [1931, 10006, 14647, 32892, 34189, 43969, 47397, 53152, 58728]


def test_hash_batch_equals_text_by_text() -> None:
    settings = FeatureSettings(bits=14, char_max=3, compact_max=3, jamo_max=5, word_max=2)
    texts = ["오늘 좋았다", "", "나", "내일은 비가 온다고 했다"]
    batch = hash_batch(texts, settings)
    for row, text in enumerate(texts):
        alone = hash_batch([text], settings)
        assert batch.buckets[batch.rows == row].tolist() == alone.buckets.tolist()
        assert batch.counts[batch.rows == row].tolist() == alone.counts.tolist()
