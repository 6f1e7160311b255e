"""Writes of what people say of the films and tracks that they were recommended."""

from django.db import transaction

from accounts.models import User
from diary import selectors
from diary.models import Feedback, Recommendation


def give_feedback(
    *, user: User, recommendation_id: int, opinion: str | None = None, is_seen: bool | None = None
) -> Recommendation:
    """Remember what the user says of a recommended film or track; returns the recommendation as it stands then.

    `opinion` is a Feedback.Opinion or "" for none; None leaves as it was what is not spoken of. Saying the same twice
    changes nothing. What is disliked or seen is never recommended again. Raises Recommendation.DoesNotExist, for
    another person's recommendation as well.
    """
    recommendation = selectors.get_recommendation(user=user, recommendation_id=recommendation_id)
    movie, track = recommendation.movie, recommendation.track
    said = {name: value for name, value in (("opinion", opinion), ("is_seen", is_seen)) if value is not None}
    with transaction.atomic():
        Feedback.objects.update_or_create(user=user, movie=movie, track=track, defaults=said)
        Feedback.objects.filter(user=user, movie=movie, track=track, opinion="", is_seen=False).delete()
    return selectors.get_recommendation(user=user, recommendation_id=recommendation_id)
