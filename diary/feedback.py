"""Writes of what people say of films and tracks, where they were recommended them and where they found them."""

from typing import Any

from django.db import transaction

from accounts.models import User
from catalog.models import Movie, Track
from diary import changes, selectors
from diary.models import Feedback, Recommendation


def give_feedback(
    *, user: User, recommendation_id: int, opinion: str | None = None, is_seen: bool | None = None
) -> Recommendation:
    """Remember what the user says of a recommended film or track; returns the recommendation as it stands then.

    As `give_item_feedback`. Raises Recommendation.DoesNotExist, for another person's recommendation as well.
    """
    recommendation = selectors.get_recommendation(user=user, recommendation_id=recommendation_id)
    item = recommendation.movie or recommendation.track
    if item is not None:  # the database allows no other
        give_item_feedback(user=user, item=item, opinion=opinion, is_seen=is_seen)
    return selectors.get_recommendation(user=user, recommendation_id=recommendation_id)


def give_item_feedback(
    *, user: User, item: Movie | Track, opinion: str | None = None, is_seen: bool | None = None
) -> Feedback:
    """Remember what the user says of a film or track, wherever it is recommended; returns all that they say of it.

    `opinion` is a Feedback.Opinion or "" for none; None leaves as it was what is not spoken of. Saying the same twice
    changes nothing. What is disliked or seen is never recommended again. Who takes all back leaves no row.
    """
    movies, tracks = ([item], []) if isinstance(item, Movie) else ([], [item])
    kind: dict[str, Any] = {"movie": next(iter(movies), None), "track": next(iter(tracks), None)}
    said = {name: value for name, value in (("opinion", opinion), ("is_seen", is_seen)) if value is not None}
    with transaction.atomic():
        moment = changes.take_turn(user.pk)
        own = Feedback.objects.filter(user=user, **kind)
        before = own.values_list("opinion", "is_seen").first() or ("", False)
        feedback, is_new = Feedback.objects.get_or_create(user=user, **kind, defaults=said)
        if not is_new and any(getattr(feedback, name) != value for name, value in said.items()):
            feedback, _ = Feedback.objects.update_or_create(user=user, **kind, defaults=said)
        if not feedback.opinion and not feedback.is_seen:
            own.delete()
        if (feedback.opinion, feedback.is_seen) != before:
            changes.mark_answered_with(
                user.pk, moment, movies=[each.pk for each in movies], tracks=[each.pk for each in tracks]
            )
    return feedback
