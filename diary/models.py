"""Entries, what was read in them (analyses), and what they were answered with (recommendations)."""

import uuid
from typing import TypedDict

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import FEELING_NAMES, MOOD_NAMES, Movie, Track
from ml.labels import Emotion, Mood, Strategy

EMOTION_NAMES = {**FEELING_NAMES, "neutral": _("중립")}
EMOTION_CHOICES = [(emotion.value, EMOTION_NAMES[emotion]) for emotion in Emotion]
MOOD_CHOICES = [(mood.value, MOOD_NAMES[mood]) for mood in Mood]
STRATEGY_NAMES = {"match": _("공감"), "shift": _("전환")}


class EntryQuerySet(models.QuerySet["Entry"]):
    """Filters on entries. All that a person can reach starts at `of`."""

    def of(self, user: User) -> "EntryQuerySet":
        return self.filter(user=user)

    def unanalyzed(self) -> "EntryQuerySet":
        return self.exclude(status=Entry.Status.ANALYZED)

    def containing(self, words: str) -> "EntryQuerySet":
        """Entries whose text contains every one of the words."""
        found = self
        for word in words.split():
            found = found.filter(text__icontains=word)
        return found

    def read_as(self, emotion: str) -> "EntryQuerySet":
        return self.filter(analysis__label=emotion)

    def newest_first(self) -> "EntryQuerySet":
        return self.order_by("-written_on", "-created_at")


class Entry(models.Model):
    """What a person wrote about a day. Its text is shown to nobody but them."""

    class Status(models.TextChoices):
        PENDING = "pending", _("읽는 중")
        ANALYZED = "analyzed", _("읽음")
        FAILED = "failed", _("읽지 못함")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="entries")
    text = models.TextField(_("일기"))
    written_on = models.DateField(_("날짜"))
    status = models.CharField(_("상태"), max_length=8, choices=Status.choices, default=Status.PENDING)
    # Grows with every edit: a late analysis of an older text, and an edit of an older page, find out by it.
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("쓴 때"), auto_now_add=True)
    updated_at = models.DateTimeField(_("고친 때"), auto_now=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("일기")
        verbose_name_plural = _("일기")
        indexes = [
            models.Index(fields=["user", "-written_on", "-created_at"], name="entry_newest_first"),
            models.Index(fields=["user"], name="entry_unanalyzed", condition=~Q(status="analyzed")),
        ]

    def __str__(self) -> str:
        return f"{self.written_on} {self.pk}"  # never the text: this is what logs and the admin print


class SentenceReading(TypedDict):
    """One sentence of an analysis: where it stands in the text, and what was read in it."""

    start: int
    end: int
    scores: dict[str, float]


class Analysis(models.Model):
    """The saved prediction of an entry: scores over the six emotions, and each sentence's share in them."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, primary_key=True, related_name="analysis")
    label = models.CharField(_("감정"), max_length=13, choices=EMOTION_CHOICES)
    is_unsure = models.BooleanField(_("잘 모르겠어요"), default=False)
    confidence = models.FloatField(_("확신"))
    scores = models.JSONField(_("점수"))
    sentences = models.JSONField(_("문장별 점수"), default=list)
    model_version = models.CharField(_("모델"), max_length=64)
    created_at = models.DateTimeField(_("읽은 때"), auto_now=True)

    class Meta:
        verbose_name = _("분석")
        verbose_name_plural = _("분석")
        indexes = [models.Index(fields=["label"], name="analysis_label")]

    def __str__(self) -> str:
        return f"{self.label} {self.confidence:.2f}"

    @property
    def emotion(self) -> Emotion:
        return Emotion(self.label)


class RecommendationQuerySet(models.QuerySet["Recommendation"]):
    """Filters on recommendations."""

    def of(self, user: User) -> "RecommendationQuerySet":
        return self.filter(entry__user=user)

    def with_items(self) -> "RecommendationQuerySet":
        return self.select_related("movie", "track").order_by("position")


class Recommendation(models.Model):
    """A film or a track that an entry was shown, with the tag that it was chosen for, as it stood then."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="recommendations")
    strategy = models.CharField(max_length=5, choices=[(s.value, STRATEGY_NAMES[s]) for s in Strategy])
    position = models.PositiveSmallIntegerField()
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, null=True, blank=True)
    track = models.ForeignKey(Track, on_delete=models.CASCADE, null=True, blank=True)
    tag = models.CharField(max_length=13)
    score = models.FloatField()
    source = models.CharField(max_length=10)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = _("추천")
        verbose_name_plural = _("추천")
        constraints = [
            models.CheckConstraint(
                condition=Q(movie__isnull=False, track__isnull=True) | Q(movie__isnull=True, track__isnull=False),
                name="recommends_a_movie_or_a_track",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.strategy} {self.movie or self.track}"
