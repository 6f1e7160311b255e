"""Writes of what people say of the films and tracks that they were recommended."""

from django.db import transaction

from accounts.models import User
from diary import changes, selectors
from diary.models import Feedback, Recommendation


def give_feedback(
    *, user: User, recommendation_id: int, opinion: str | None = None, is_seen: bool | None = None
) -> Recommendation:
    """Remember what the user says of a recommended film or track; returns the recommendation as it stands then.

    `opinion` is a Feedback.Opinion or "" for none; None leaves as it was what is not spoken of. Saying the same twice
    changes nothing. What is disliked or seen is never recommended again. Raises Recommendation.DoesNotExist, for
    another person's recommendation as well.
    """
    said = {name: value for name, value in (("opinion", opinion), ("is_seen", is_seen)) if value is not None}
    with transaction.atomic():
        moment = changes.take_turn(user.pk)
        before = selectors.get_recommendation(user=user, recommendation_id=recommendation_id)
        movie, track = before.movie, before.track
        Feedback.objects.update_or_create(user=user, movie=movie, track=track, defaults=said)
        Feedback.objects.filter(user=user, movie=movie, track=track, opinion="", is_seen=False).delete()
        after = selectors.get_recommendation(user=user, recommendation_id=recommendation_id)
        if (after.opinion, after.is_seen) != (before.opinion, before.is_seen):
            movies, tracks = [movie.pk] if movie else [], [track.pk] if track else []
            changes.mark_answered_with(user.pk, moment, movies=movies, tracks=tracks)
    return after
