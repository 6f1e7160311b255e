"""The review queue: films and tracks that wait for a curator to look at them, and who has which of them in hand."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.curation import Curation, Kind
from catalog.models.items import Movie, Track


class Reason(models.TextChoices):
    """Why an item waits. In the order of the alphabet, by which the database sorts, the most pressing comes first."""

    DISLIKED = "disliked", _("별로라는 반응")
    NEW = "new", _("새로 들어옴")
    UNCERTAIN = "uncertain", _("불확실한 태그")


class ReviewItemQuerySet(models.QuerySet["ReviewItem"]):
    """Filters on the queue."""

    def waiting(self) -> "ReviewItemQuerySet":
        """What nobody has decided on, here or elsewhere in the admin, since it was put into the queue."""
        return self.filter(
            *(Q(**{kind: None}) | Q(**{f"{kind}__is_hidden": False}) for kind in Kind.values),
            *(
                Q(**{f"{kind}__reviewed_at": None}) | Q(**{f"{kind}__reviewed_at__lte": F("queued_at")})
                for kind in Kind.values
            ),
            finished_at=None,
        )

    def free_for(self, curator: Any, now: datetime) -> "ReviewItemQuerySet":
        """What this curator may be given: in nobody's hands, and not skipped by them lately."""
        skipped = ReviewSkip.objects.filter(curator=curator, until__gt=now).values("item")
        return self.waiting().filter(Q(leased_until=None) | Q(leased_until__lte=now)).exclude(pk__in=skipped)

    def most_pressing_first(self) -> "ReviewItemQuerySet":
        return self.order_by("reason", "-urgency", "pk")


class ReviewItem(models.Model):
    """A film or track in the queue. There is one row for each, so that no two curators get it for two reasons.

    `urgency` sorts within a reason, from 0 to 1. `emotion`, `people` and `disliked` are filled for what is disliked
    alone: the emotion of the entries that it was shown for, and the numbers of people who were shown it and dislike
    it, rounded down as `diary.crowd` tells. A lease is over at `leased_until`; `leased_by` stays until somebody
    else takes the item. What is finished stays, to be undone, with the step by which it was.
    """

    movie = models.OneToOneField(Movie, null=True, on_delete=models.CASCADE, related_name="+")
    track = models.OneToOneField(Track, null=True, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("이유"), max_length=9, choices=Reason.choices)
    urgency = models.FloatField(default=0)
    emotion = models.CharField(max_length=13, blank=True)
    people = models.PositiveIntegerField(null=True)
    disliked = models.PositiveIntegerField(null=True)
    queued_at = models.DateTimeField()
    leased_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    leased_until = models.DateTimeField(null=True)
    finished_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    finished_at = models.DateTimeField(null=True)
    curation = models.ForeignKey(Curation, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ReviewItemQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(movie=None, track__isnull=False) | Q(movie__isnull=False, track=None),
                name="review_of_one_item",
            )
        ]
        indexes = [
            models.Index(
                fields=["reason", "-urgency", "id"], condition=Q(finished_at=None), name="review_most_pressing"
            ),
            models.Index(
                fields=["finished_by", "finished_at"], condition=Q(finished_at__isnull=False), name="review_finished"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.movie or self.track}"

    @property
    def kind(self) -> Kind:
        return Kind.MOVIE if self.movie_id else Kind.TRACK

    @property
    def item_id(self) -> int:
        """The film's or the track's id."""
        return self.movie_id or self.track_id or 0

    @property
    def item(self) -> Movie | Track:
        item = self.movie or self.track
        assert item is not None, "review_of_one_item"  # noqa: S101 - for mypy; the constraint holds
        return item


class ReviewSkip(models.Model):
    """A curator does not want to be given an item for a while; others still get it."""

    item = models.ForeignKey(ReviewItem, on_delete=models.CASCADE, related_name="+")
    curator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    skipped_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["curator", "item"], name="one_skip_a_curator")]

    def __str__(self) -> str:
        return str(self.pk)
