"""Phrases like known ones are left out of what is scored beside the whole."""

from ml.safety.likeness import leave_out_likenesses
from ml.safety.phrases import TEST, TRAIN, Phrase

KNOWN = [
    Phrase("1", "bu", TRAIN, True, "mixed", "이제 그만 살고 싶다"),
    Phrase("2", "bu", TRAIN, False, "mixed", "죽"),
]


def _keep(text: str, share: float = 0.5) -> bool:
    return bool(leave_out_likenesses([Phrase("9", "cc", TEST, True, "mixed", text)], KNOWN, share))


def test_the_same_in_other_spacing_is_left_out() -> None:
    assert not _keep("이제그만 살고싶다...ㅠㅠ")


def test_more_than_half_counts_of_the_longer_one() -> None:
    assert not _keep("나는 이제 그만 살고 싶다")
    assert _keep("이제 그만 살고 싶다는 사람의 글을 오늘 도서관에서 오래 읽었다")
    assert not _keep("이제 그만 살고 싶다는 사람의 글을 오늘 도서관에서 오래 읽었다", share=0.1)


def test_another_phrase_and_one_too_short_for_a_run_are_compared_whole() -> None:
    assert _keep("배고프다")
    assert not _keep("죽")
