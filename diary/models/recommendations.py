"""What entries were answered with (recommendations), and what people say of it (feedback)."""

from datetime import datetime
from typing import cast

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import MOOD_NAMES, Movie, Track
from diary.fields import KeptTimeField
from diary.models.entries import Entry
from diary.models.shown_items import COLUMNS, RecommendationIterable
from ml.labels import Mood, Strategy

MOOD_CHOICES = [(mood.value, MOOD_NAMES[mood]) for mood in Mood]
STRATEGY_NAMES = {"match": _("공감"), "shift": _("전환")}


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """Filters on feedback."""

    def liked_by(self, user: User) -> "FeedbackQuerySet":
        """What the user likes and readers may be shown, with the films and tracks, what they liked last first."""
        own = self.filter(user=user, opinion=Feedback.Opinion.LIKE)
        own = own.exclude(Q(movie__is_hidden=True) | Q(movie__has_suicide_theme=True) | Q(track__is_hidden=True))
        return own.select_related("movie", "track").order_by("-given_at", "-pk")

    def given_before(self, moment: datetime, feedback_id: int) -> "FeedbackQuerySet":
        """What was given before a moment, or at it and has a smaller id: what comes behind it in `liked_by`."""
        return self.filter(Q(given_at__lt=moment) | Q(given_at=moment, pk__lt=feedback_id))

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

    @property
    def item(self) -> Movie | Track:
        """What it is about."""
        return cast("Movie | Track", self.movie or self.track)  # the database allows no other


class RecommendationQuerySet(models.QuerySet["Recommendation"]):
    """Filters on recommendations."""

    def of(self, user: User) -> "RecommendationQuerySet":
        return self.filter(user=user)

    def current(self) -> "RecommendationQuerySet":
        """What entries are answered with now, without what other choices have replaced."""
        return self.filter(is_current=True)

    def with_items(self) -> "RecommendationQuerySet":
        """In order, with films and tracks, and with what their users say of them."""
        found = self.order_by("position")
        found.query.set_values(COLUMNS)
        found._iterable_class = RecommendationIterable
        return found


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
