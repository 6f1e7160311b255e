"""Films and tracks that people dislike most where they were recommended to entries of an emotion, for curators.

A curator who knows somebody must not learn from this what that person was shown or said of it:

- What is counted is different people, so that one busy person is one.
- An item counts for an emotion only when at least LEAST_PEOPLE were shown it for such entries, and at least STEP of
  them dislike it: nobody can put an item on the list, or keep it off, without so many others.
- Both numbers are rounded down to STEP, and everything else is made of the rounded ones: what is shown, and the order
  too. So one click more moves an item only where a whole step is full, and items that differ by less stand in the
  order of their ids.
"""

from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import Coalesce

from catalog.curation.candidates import Candidate
from catalog.models import Kind, Reason
from diary.models import Feedback, Recommendation

LEAST_PEOPLE = 20
STEP = 10
# Only the latest recommendations are looked at: of hundreds of millions, counting people would take minutes.
LATEST = 200_000


def disliked_items(limit: int) -> list[Candidate]:
    """The `limit` films and as many tracks that the greatest share of those people dislikes who were shown them.

    An item of several emotions comes with each of them. What was said before a curator last looked at an item does
    not count: it comes once more when as many people say so again.
    """
    last = Recommendation.objects.aggregate(last=Max("pk"))["last"] or 0
    latest = Recommendation.objects.filter(pk__gt=last - LATEST)
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
        .filter(people__gte=LEAST_PEOPLE, disliked__gte=STEP)
    )
    return [
        _candidate(kind, item_id, emotion, people // STEP * STEP, disliked // STEP * STEP)
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
