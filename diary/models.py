"""Entries, what was read in them (analyses), what they were answered with (recommendations), and feedback on that."""

import unicodedata
import uuid
from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import FEELING_NAMES, MOOD_NAMES, Movie, Track
from diary.fields import KeptTimeField
from diary.reminder_models import Reminder as Reminder
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

    def not_read_by(self, model_version: str) -> "EntryQuerySet":
        """Entries that are unread, or were read by another version of the model."""
        return self.exclude(status=Entry.Status.ANALYZED, analysis__model_version=model_version)

    def left_behind(self, before: datetime) -> "EntryQuerySet":
        """Unread entries that nobody is at work on: failed ones, and those queued before a time; oldest first."""
        overdue = Q(status=Entry.Status.FAILED) | Q(queued_at__lt=before)
        return self.unanalyzed().filter(overdue).order_by("queued_at")

    def felt_as(self, emotion: str) -> "EntryQuerySet":
        """Entries that count as the emotion: by their writer's correction, else by what was read in them."""
        read_so = Q(correction=None, status=Entry.Status.ANALYZED, analysis__label=emotion)
        return self.filter(Q(correction__label=emotion) | read_so)

    def written_between(self, first: date | None, last: date | None) -> "EntryQuerySet":
        """Entries of the days from `first` to `last`, both included; None leaves that side open."""
        found = self if first is None else self.filter(written_on__gte=first)
        return found if last is None else found.filter(written_on__lte=last)

    def tagged(self, tag: str) -> "EntryQuerySet":
        """Entries that carry the tag, whatever its case."""
        return self.filter(tags__name__iexact=unicodedata.normalize("NFC", tag.replace("\x00", "")))

    def newest_first(self) -> "EntryQuerySet":
        return self.order_by("-written_on", "-created_at")


class Tag(models.Model):
    """A word that a person marks entries with. It is theirs alone, and goes with the last entry that carries it."""

    MAX_LENGTH = 30

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(_("태그"), max_length=MAX_LENGTH)

    class Meta:
        verbose_name = _("태그")
        verbose_name_plural = _("태그")
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_tag_a_name")]

    def __str__(self) -> str:
        return str(self.pk)  # never the word


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
    tags = models.ManyToManyField(Tag, related_name="entries", blank=True)
    status = models.CharField(_("상태"), max_length=8, choices=Status.choices, default=Status.PENDING)
    # Grows with every edit: a late analysis of an older text, and an edit of an older page, find out by it.
    revision = models.PositiveIntegerField(default=1)
    queued_at = models.DateTimeField(_("분석을 맡긴 때"), default=timezone.now)
    created_at = KeptTimeField(_("쓴 때"), auto_now_add=True)
    updated_at = KeptTimeField(_("고친 때"), auto_now=True)

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

    @property
    def was_answered(self) -> bool:
        """Whether this or an earlier text of the entry has been read and answered; both are saved as one."""
        return hasattr(self, "analysis")

    @property
    def tag_names(self) -> list[str]:
        """The tags in the order of their names; costs no query where `selectors` gave the entry."""
        return sorted(tag.name for tag in self.tags.all())

    @property
    def emotion(self) -> Emotion | None:
        """What the entry counts as: its writer's correction, else what was read in it; None while it is unread."""
        if hasattr(self, "correction"):
            return Emotion(self.correction.label)
        return self.current_analysis.emotion if self.current_analysis else None

    @property
    def current_analysis(self) -> "Analysis | None":
        """The analysis of the text as it stands: None while it is unread, also after an edit."""
        return self.analysis if self.status == self.Status.ANALYZED else None


class Analysis(models.Model):
    """The saved prediction of an entry: scores over the six emotions, and each sentence's share in them."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, primary_key=True, related_name="analysis")
    label = models.CharField(_("감정"), max_length=13, choices=EMOTION_CHOICES)
    is_unsure = models.BooleanField(_("잘 모르겠어요"), default=False)
    confidence = models.FloatField(_("확신"))
    scores = models.JSONField(_("점수"))
    # [{"start": …, "end": …, "scores": {emotion: probability}}], offsets in characters of the text.
    sentences = models.JSONField(_("문장별 점수"), default=list)
    model_version = models.CharField(_("모델"), max_length=64)
    analyzed_at = KeptTimeField(_("읽은 때"), auto_now=True)

    class Meta:
        verbose_name = _("분석")
        verbose_name_plural = _("분석")

    def __str__(self) -> str:
        return str(self.pk)  # never the emotion

    @property
    def emotion(self) -> Emotion:
        return Emotion(self.label)


class Correction(models.Model):
    """What the writer says that an entry feels like. It stands beside the analysis, through edits and new readings."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, primary_key=True, related_name="correction")
    label = models.CharField(_("감정"), max_length=13, choices=EMOTION_CHOICES)
    corrected_at = KeptTimeField(_("고친 때"), auto_now=True)

    class Meta:
        verbose_name = _("고친 감정")
        verbose_name_plural = _("고친 감정")

    def __str__(self) -> str:
        return str(self.pk)  # never the emotion


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """Filters on feedback."""

    def refused(self) -> "FeedbackQuerySet":
        """On what must never be recommended to its user again: disliked, or seen already."""
        return self.filter(Q(opinion=Feedback.Opinion.DISLIKE) | Q(is_seen=True))


class Feedback(models.Model):
    """What a person says of a film or a track, wherever it was recommended: liked or disliked, seen (heard) or not.

    An opinion and having seen it stand beside each other. Who takes both back leaves no row.
    """

    class Opinion(models.TextChoices):
        LIKE = "like", _("좋아요")
        DISLIKE = "dislike", _("별로예요")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feedback")
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    track = models.ForeignKey(Track, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    opinion = models.CharField(_("의견"), max_length=7, choices=Opinion.choices, blank=True)
    is_seen = models.BooleanField(_("이미 봤음"), default=False)
    given_at = KeptTimeField(_("알려 준 때"), auto_now=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("추천에 대한 의견")
        verbose_name_plural = _("추천에 대한 의견")
        constraints = [
            models.CheckConstraint(
                condition=Q(movie__isnull=False, track__isnull=True) | Q(movie__isnull=True, track__isnull=False),
                name="feedback_on_a_movie_or_a_track",
            ),
            models.UniqueConstraint(fields=["user", "movie"], name="one_feedback_on_a_movie"),
            models.UniqueConstraint(fields=["user", "track"], name="one_feedback_on_a_track"),
        ]

    def __str__(self) -> str:
        return str(self.pk)  # never the item or what was said of it


class RecommendationQuerySet(models.QuerySet["Recommendation"]):
    """Filters on recommendations."""

    def of(self, user: User) -> "RecommendationQuerySet":
        return self.filter(user=user)

    def current(self) -> "RecommendationQuerySet":
        """What entries are answered with now, without what other choices have replaced."""
        return self.filter(is_current=True)

    def with_items(self) -> "RecommendationQuerySet":
        """In order, with films and tracks, and with what their users say of them."""
        items = ("movie", "track", "movie_feedback", "track_feedback")
        return self.select_related(*items).order_by("position")


class Recommendation(models.Model):
    """A film or a track that an entry was shown, with the tag that it was chosen for, as it stood then."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="recommendations")
    # The entry's, repeated for the index: what a person was shown lately is asked at every save.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    strategy = models.CharField(max_length=5, choices=[(s.value, STRATEGY_NAMES[s]) for s in Strategy])
    position = models.PositiveSmallIntegerField()
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, null=True, blank=True)
    track = models.ForeignKey(Track, on_delete=models.CASCADE, null=True, blank=True)
    tag = models.CharField(max_length=13)
    score = models.FloatField()
    source = models.CharField(max_length=10)
    # What another choice has replaced stays, so that it is not shown again soon.
    is_current = models.BooleanField(default=True)
    created_at = KeptTimeField(auto_now_add=True)
    # Not columns: joins by person and item, which cost a read of an entry less than a query or a subquery.
    movie_feedback = models.ForeignObject(
        Feedback, models.DO_NOTHING, ["user", "movie"], ["user", "movie"], null=True, related_name="+"
    )
    track_feedback = models.ForeignObject(
        Feedback, models.DO_NOTHING, ["user", "track"], ["user", "track"], null=True, related_name="+"
    )

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = _("추천")
        verbose_name_plural = _("추천")
        constraints = [
            models.CheckConstraint(
                condition=Q(movie__isnull=False, track__isnull=True) | Q(movie__isnull=True, track__isnull=False),
                name="recommends_a_movie_or_a_track",
            ),
            # Two that choose for one entry at once can't leave it with both answers.
            models.UniqueConstraint(
                fields=["entry", "strategy", "position"],
                condition=Q(is_current=True, movie__isnull=False),
                name="one_current_movie_a_position",
            ),
            models.UniqueConstraint(
                fields=["entry", "strategy", "position"],
                condition=Q(is_current=True, track__isnull=False),
                name="one_current_track_a_position",
            ),
        ]
        indexes = [models.Index(fields=["user", "created_at"], name="recommendation_shown_lately")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def has_suicide_theme(self) -> bool:
        return self.movie is not None and self.movie.has_suicide_theme

    @property
    def title(self) -> str:
        """The film's or track's title as the reader sees it."""
        if self.movie is not None:
            return self.movie.display_title
        return self.track.title if self.track is not None else ""

    @property
    def feedback(self) -> Feedback | None:
        """What its user says of the film or track; None for nothing."""
        return self.movie_feedback if self.movie_id else self.track_feedback

    @property
    def opinion(self) -> str:
        return self.feedback.opinion if self.feedback else ""

    @property
    def is_seen(self) -> bool:
        return self.feedback is not None and self.feedback.is_seen
