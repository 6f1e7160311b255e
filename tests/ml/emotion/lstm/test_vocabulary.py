"""The vocabulary: which morphemes it keeps, and the ids that texts become."""

from ml.emotion.lstm.vocabulary import Vocabulary, build_vocabulary

TEXTS = [["나", "밥", "밥"], ["밥", "나", "물", "물"], ["집"]]


def test_build_orders_by_frequency_then_alphabet() -> None:
    assert build_vocabulary(TEXTS, size=10, min_count=1).morphemes == ("밥", "나", "물", "집")


def test_build_drops_the_rare_and_the_many() -> None:
    assert build_vocabulary(TEXTS, size=10, min_count=3).morphemes == ("밥",)
    assert build_vocabulary(TEXTS, size=2, min_count=1).morphemes == ("밥", "나")


def test_encode_pads_cuts_and_marks_the_unknown() -> None:
    vocabulary = Vocabulary(("밥", "나"))
    ids = vocabulary.encode([["나", "우주"], [], ["나", "나", "나", "밥"]], 3)
    assert ids.tolist() == [[3, 1, 0], [0, 0, 0], [3, 3, 2]]
    assert vocabulary.size == 4
