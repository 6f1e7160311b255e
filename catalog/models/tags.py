"""Tags: an emotion of a film or a mood of a track, with its score and where it comes from."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.items import Movie, Track
from ml.labels import FEELINGS, Mood

# What a film carries, as reviewers felt it: their surprise answers the 당황 of a diary (ml.labels.EMOTION_FROM_DAIR).
FEELING_NAMES = {
    "joy": _("기쁨"),
    "sadness": _("슬픔"),
    "anger": _("분노"),
    "anxiety": _("불안"),
    "embarrassment": _("놀라움"),
}
MOOD_NAMES = {
    "happy": _("신나는"),
    "sad": _("슬픈"),
    "calm": _("잔잔한"),
    "energetic": _("강렬한"),
}
FEELING_CHOICES = [(feeling.value, FEELING_NAMES[feeling]) for feeling in FEELINGS]


class Source(models.TextChoices):
    """Where a tag comes from. A curated tag outranks a computed one and survives every import."""

    REVIEWS = "reviews", _("리뷰")
    PLOT = "plot", _("줄거리")
    FEATURES = "features", _("오디오 특징")
    CURATED = "curated", _("큐레이터")


class MovieTagQuerySet(models.QuerySet["MovieTag"]):
    """Filters on the emotions of films."""

    def drawn(self, emotion: str, *is_well_known: bool) -> "MovieTagQuerySet":
        """Tags that recommendations draw from, strongest first: for either kind alone, answered by an index alone."""
        # `__in`, because Django turns `is_well_known=…` into a bare column, which SQLite looks up in no index.
        tags = self.filter(emotion=emotion, is_well_known__in=is_well_known, is_shown=True, weight__gt=0)
        return tags.order_by("-weight", "movie_id")


class TrackTagQuerySet(models.QuerySet["TrackTag"]):
    """Filters on the moods of tracks."""

    def drawn(self, mood: str, *is_well_known: bool) -> "TrackTagQuerySet":
        """Tags that recommendations draw from, strongest first: for either kind alone, answered by an index alone."""
        tags = self.filter(mood=mood, is_well_known__in=is_well_known, is_shown=True, weight__gt=0)
        return tags.order_by("-weight", "track_id")


class Tag(models.Model):
    """What film and track tags share."""

    # Where the model's word is kept while a curator's stands.
    MODEL_WORD: ClassVar[tuple[str, ...]] = ("model_score", "model_source")

    source = models.CharField(_("출처"), max_length=10, choices=Source.choices)
    # How strongly the item is put forward for this tag, computed from the score: what recommendations sort by.
    weight = models.FloatField(_("추천 순서"), editable=False)
    # The item's, repeated for the index that recommendations are drawn by.
    is_shown = models.BooleanField(default=True, editable=False)
    is_well_known = models.BooleanField(default=False, editable=False)
    # What the model says where a curator's word stands instead: kept through every import, to go back to.
    model_score = models.FloatField(_("모델의 점수"), null=True, editable=False)
    model_source = models.CharField(_("모델의 근거"), max_length=10, blank=True, db_default="", editable=False)

    class Meta:
        abstract = True

    @property
    def is_curated(self) -> bool:
        return self.source == Source.CURATED


class MovieTag(Tag):
    """An emotion of a film. The score is its lift: how many times the catalogue's mean the film has of it."""

    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="tags")
    emotion = models.CharField(_("감정"), max_length=13, choices=FEELING_CHOICES)
    score = models.FloatField(
        _("평균 대비"),
        validators=[MinValueValidator(0)],
        help_text=_("1.0은 카탈로그의 평균, 2.0은 평균의 두 배"),
    )

    # A curator says that the film carries the emotion and the model that it does not, or the other way round.
    DISPUTED: ClassVar[Q] = Q(source=Source.CURATED) & (
        Q(score__gt=1, model_score__lte=1) | Q(score__lte=1, model_score__gt=1)
    )

    objects = MovieTagQuerySet.as_manager()

    class Meta:
        verbose_name = _("영화의 감정")
        verbose_name_plural = _("영화의 감정")
        constraints = [models.UniqueConstraint(fields=["movie", "emotion"], name="one_tag_per_movie_and_emotion")]
        indexes = [
            models.Index(
                fields=["emotion", "is_well_known", "-weight", "movie"],
                include=["score", "source"],
                condition=Q(is_shown=True, weight__gt=0),
                name="movietag_drawn",
            ),
            # What curators filter by: few films are tagged by their plots, or by hand.
            models.Index(fields=["source", "movie"], name="movietag_source"),
        ]

    def __str__(self) -> str:
        return f"{self.get_emotion_display()} ×{self.score:.1f}"

    @property
    def name(self) -> str:
        """The emotion, by which a film's tags are told apart."""
        return self.emotion

    @property
    def item(self) -> Movie:
        return self.movie


class TrackTag(Tag):
    """A mood of a track. The score is the classifier's probability."""

    MODEL_WORD: ClassVar[tuple[str, ...]] = (*Tag.MODEL_WORD, "model_weight")

    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="tags")
    mood = models.CharField(_("분위기"), max_length=9, choices=[(m.value, MOOD_NAMES[m]) for m in Mood])
    score = models.FloatField(_("확률"), validators=[MinValueValidator(0), MaxValueValidator(1)])
    # Its rank among all tracks, which can't be told from the score alone; without the bonus of a pinned track.
    model_weight = models.FloatField(null=True, editable=False)

    # As of films; a track carries a mood at even odds.
    DISPUTED: ClassVar[Q] = Q(source=Source.CURATED) & (
        Q(score__gte=0.5, model_score__lt=0.5) | Q(score__lt=0.5, model_score__gte=0.5)
    )

    objects = TrackTagQuerySet.as_manager()

    class Meta:
        verbose_name = _("곡의 분위기")
        verbose_name_plural = _("곡의 분위기")
        constraints = [models.UniqueConstraint(fields=["track", "mood"], name="one_tag_per_track_and_mood")]
        indexes = [
            models.Index(
                fields=["mood", "is_well_known", "-weight", "track"],
                include=["score", "source"],
                condition=Q(is_shown=True, weight__gt=0),
                name="tracktag_drawn",
            ),
            # What curators filter by; all others come from the features.
            models.Index(fields=["track"], condition=Q(source=Source.CURATED), name="tracktag_curated"),
        ]

    def __str__(self) -> str:
        return f"{self.get_mood_display()} {self.score:.0%}"

    @property
    def name(self) -> str:
        """The mood, by which a track's tags are told apart."""
        return self.mood

    @property
    def item(self) -> Track:
        return self.track
