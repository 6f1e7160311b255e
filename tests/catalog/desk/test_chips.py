"""Tags as chips."""

from django.utils.translation import override

from catalog.desk.chips import tag_chips
from catalog.models import MovieTag, Source, TrackTag


def test_chips_have_name_score_and_tone_in_order() -> None:
    tags = [MovieTag(emotion="sadness", score=1.84), MovieTag(emotion="joy", score=0.9)]
    assert tag_chips(tags) == (
        '<ul class="chips"><li class="chip emotion-sadness">슬픔 ×1.8</li>'
        '<li class="chip emotion-joy">기쁨 ×0.9</li></ul>'
    )
    with override("en"):
        assert '<li class="chip mood-calm">Calm 62%</li>' in tag_chips([TrackTag(mood="calm", score=0.62)])


def test_a_curators_word_is_told_to_eyes_and_ears() -> None:
    chips = tag_chips(
        [MovieTag(emotion="joy", score=2.0, source=Source.CURATED), MovieTag(emotion="anger", score=1.0)]
    )
    curated, computed = chips.split("</li>")[:2]
    assert 'icons.svg#pen"/></svg><span class="visually-hidden">큐레이터가 정함: </span>기쁨' in curated
    assert "pen" not in computed
    assert "큐레이터" not in computed


def test_no_tags_are_no_list() -> None:
    assert tag_chips([]) == ""
