"""Films and tracks that people dislike most where they were recommended to entries of an emotion, for curators.

What is told keeps to `diary.crowd`, and so does what follows from being on the list and from its order:

- An item counts for an emotion only when at least FEWEST_PEOPLE were shown it for such entries, and at least
  PEOPLE_STEP of them dislike it: nobody can put an item on the list, or keep it off, without so many others.
- Everything is made of the rounded numbers, the order too. So one click more moves an item only where a whole step is
  full, and items that differ by less stand in the order of their ids.
"""

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from catalog.curation.candidates import Candidate
from catalog.models import Kind, Reason
from diary.crowd import FEWEST_PEOPLE, PEOPLE_STEP, latest_recommendations, round_people
from diary.models import Feedback, Recommendation


def disliked_items(limit: int) -> list[Candidate]:
    """The `limit` films and as many tracks that the greatest share of those people dislikes who were shown them.

    An item of several emotions comes with each of them. What was said before a curator last looked at an item does
    not count: it comes once more when as many people say so again.
    """
    latest = latest_recommendations()
    found = []
    for kind in Kind:
        ordered = sorted(_candidates(kind, latest), key=lambda candidate: (-candidate.urgency, candidate.item_id))
        found += ordered[:limit]
    return found


def _candidates(kind: Kind, latest: QuerySet[Recommendation]) -> list[Candidate]:
    rows = (
        _since_review(kind, latest)
        .annotate(emotion=Coalesce("entry__correction__label", "entry__analysis__label"))
        .values_list(f"{kind}_id", "emotion")
        .annotate(people=Count("user", distinct=True), disliked=_people_who_dislike(kind))
        .filter(people__gte=FEWEST_PEOPLE, disliked__gte=PEOPLE_STEP)
    )
    return [
        _candidate(kind, item_id, emotion, round_people(people), round_people(disliked))
        for item_id, emotion, people, disliked in rows
    ]


def _since_review(kind: Kind, latest: QuerySet[Recommendation]) -> QuerySet[Recommendation]:
    """Showings of visible items to entries that were read, after the last review of the item."""
    never = Q(**{f"{kind}__reviewed_at": None})
    since = Q(created_at__gt=F(f"{kind}__reviewed_at"))
    shown = Q(**{f"{kind}__isnull": False, f"{kind}__is_hidden": False})
    return latest.filter(shown & (never | since), entry__analysis__isnull=False)


def _people_who_dislike(kind: Kind) -> Count:
    dislikes = Q(**{f"{kind}_feedback__opinion": Feedback.Opinion.DISLIKE})
    return Count("user", distinct=True, filter=dislikes)


def _candidate(kind: Kind, item_id: int, emotion: str, people: int, disliked: int) -> Candidate:
    """Of the rounded numbers; the share of those who dislike it is the urgency."""
    return Candidate(
        kind, item_id, Reason.DISLIKED, urgency=disliked / people, emotion=emotion, people=people, disliked=disliked
    )
