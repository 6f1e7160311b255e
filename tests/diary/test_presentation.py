"""How an analysis and a recommendation are put into words and parts."""

from typing import Any

import pytest
from django.utils import translation

from accounts.models import User
from catalog.models import Movie, Source, Track
from diary import presentation
from diary.models import Analysis, Recommendation
from ml.labels import Emotion
from tests.factories import make_entry

TEXT = "아침에 비가 왔다. 할머니가 보고 싶다. 밥을 먹었다."


def scores(**given: float) -> dict[str, float]:
    rest = (1 - sum(given.values())) / (6 - len(given))
    return {emotion.value: given.get(emotion.value, rest) for emotion in Emotion}


def make_analysis(**fields: Any) -> Analysis:
    sentences = [
        {"start": 0, "end": 10, "scores": scores(neutral=0.9)},
        {"start": 11, "end": 21, "scores": scores(sadness=0.83)},
        {"start": 22, "end": 29, "scores": scores(neutral=0.8)},
    ]
    values = {"label": "sadness", "scores": scores(sadness=0.6, neutral=0.3), "sentences": sentences}
    return Analysis(**(values | fields))


def test_bars_strongest_first() -> None:
    bars = presentation.bars(TEXT, make_analysis())
    assert [(bar.emotion, bar.percent) for bar in bars[:2]] == [("sadness", 60), ("neutral", 30)]
    assert len(bars) == 6


def test_bars_are_never_certain() -> None:
    assert presentation.bars(TEXT, make_analysis(scores=scores(sadness=0.999)))[0].percent == 99


@pytest.mark.parametrize("text", ["😭", "I got fired today."])
def test_bars_of_what_was_not_read_are_none(text: str) -> None:
    assert presentation.bars(text, make_analysis()) == []


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        ({"sadness": 0.6, "joy": 0.2}, Emotion.JOY),
        ({"sadness": 0.8, "joy": 0.15}, None),
        ({"sadness": 0.6, "neutral": 0.3}, None),  # most days have something plain in them
        ({"sadness": 0.49, "neutral": 0.48}, Emotion.NEUTRAL),
    ],
)
def test_second_feeling_is_told_where_it_counts(read: dict[str, float], expected: Emotion | None) -> None:
    assert presentation.also_read(make_analysis(scores=scores(**read))) is expected
    assert presentation.also_read(make_analysis(scores=scores(**read), is_unsure=True)) is None


def test_segments_mark_only_what_spoke_for_the_label() -> None:
    segments = presentation.segments(TEXT, make_analysis())
    assert "".join(segment.text for segment in segments) == TEXT
    marked = [segment for segment in segments if segment.emotion]
    assert [(s.text, s.emotion, s.percent) for s in marked] == [(TEXT[11:21], "sadness", 83)]


@pytest.mark.parametrize(("most", "is_marked"), [(0.28, True), (0.22, False)])
def test_segments_mark_a_sentence_that_leans_to_the_label(most: float, is_marked: bool) -> None:
    sentences = [{"start": 0, "end": 5, "scores": scores(sadness=most)}]
    segments = presentation.segments(TEXT, make_analysis(sentences=sentences))
    assert [segment.text for segment in segments if segment.emotion] == [TEXT[:5]] * is_marked


@pytest.mark.parametrize(
    "sentences",
    [
        [],
        [{"start": 0, "end": 99, "scores": scores(sadness=0.9)}],
        [
            {"start": 5, "end": 9, "scores": scores(sadness=0.9)},
            {"start": 2, "end": 12, "scores": scores(sadness=0.9)},
        ],
    ],
)
def test_segments_joined_are_the_text_again(sentences: list[dict[str, Any]]) -> None:
    segments = presentation.segments(TEXT, make_analysis(sentences=sentences))
    assert "".join(segment.text for segment in segments) == TEXT


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (Source.REVIEWS, "리뷰 1,412편에 담긴 슬픔이 보통 영화의 2.4배예요."),
        (Source.PLOT, "줄거리에 담긴 슬픔이 보통 영화의 2.4배예요."),
        (Source.CURATED, "큐레이터가 고른 ‘슬픔’ 영화예요."),
    ],
)
def test_reason_of_a_movie(source: str, expected: str) -> None:
    movie = Movie(review_count=1412)
    with translation.override("ko"):
        assert presentation.reason(Recommendation(movie=movie, tag="sadness", score=2.41, source=source)) == expected


@pytest.mark.parametrize(
    ("tempo", "energy", "reason"),
    [(120, 0.7, "슬픈 분위기의 곡이에요."), (80, 0.2, "슬픈 분위기예요. 느리고 잔잔한 곡이에요.")],
)
def test_reason_of_a_track(tempo: float, energy: float, reason: str) -> None:
    track = Track(tempo=tempo, energy=energy, valence=0.5, acousticness=0.2, danceability=0.6)
    recommendation = Recommendation(track=track, tag="sad", score=0.8, source="features")
    with translation.override("ko"):
        assert presentation.reason(recommendation) == reason


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("strategy", "tag", "read", "expected"),
    [
        ("match", "sadness", {}, "리뷰 5편에 담긴 슬픔이"),
        ("match", "anger", {}, "일기에 담긴 분노(30%)에 답해요. 리뷰 5편에 담긴 분노가"),
        (
            "match",
            "joy",
            {"anger": 0.1, "joy": 0.2},
            "일기에 담긴 기쁨(20%)에 답해요. 리뷰 5편에 담긴 기쁨이",
        ),  # no 중립
        ("match", "embarrassment", {}, "리뷰 5편에 담긴 놀라움이"),  # the reading has changed since
        ("shift", "joy", {}, "리뷰 5편에 담긴 기쁨이"),  # both feelings are led to joy
    ],
)
def test_reason_tells_which_feeling_of_a_mixed_entry_is_answered(
    owner: User, strategy: str, tag: str, read: dict[str, float], expected: str
) -> None:
    entry = make_entry(owner)
    read = scores(**{"sadness": 0.4, "neutral": 0.25, "joy": 0.02, "anger": 0.3} | read)
    Analysis.objects.create(entry=entry, label="sadness", confidence=0.4, scores=read, model_version="test")
    movie = Movie.objects.create(external_id="tt1", title="Film", year=2000, review_count=5)
    recommendation = Recommendation(
        entry=entry, strategy=strategy, movie=movie, tag=tag, score=1.8, source=Source.REVIEWS
    )
    with translation.override("ko"):
        assert presentation.reason(recommendation) == f"{expected} 보통 영화의 1.8배예요."


@pytest.mark.parametrize(("reviews", "begin"), [(2, "리뷰는 2편뿐이지만, 거기"), (3, "리뷰 3편에")])
def test_reason_of_a_film_with_few_reviews_says_so(reviews: int, begin: str) -> None:
    recommendation = Recommendation(movie=Movie(review_count=reviews), tag="sadness", score=1.8, source="reviews")
    with translation.override("ko"):
        assert presentation.reason(recommendation) == f"{begin} 담긴 슬픔이 보통 영화의 1.8배예요."
