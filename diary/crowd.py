"""What curators and operators may be told of people: of many together, never of a few.

Whoever knows somebody must not learn from a figure what that person was shown or said of it. So a figure is a number
of different people, that one busy person is one; below FEWEST_PEOPLE there is none, not even 0; and what is told is
rounded down to PEOPLE_STEP, or who looks before and after somebody's click, or before and after an account is deleted,
would read that person's own share from the difference.
"""

from django.db.models import Max, QuerySet

from diary.models import Recommendation

FEWEST_PEOPLE = 20
PEOPLE_STEP = 10
# Only the latest recommendations are looked at: of hundreds of millions, counting people would take minutes.
LATEST_RECOMMENDATIONS = 200_000


def round_people(people: int) -> int:
    """A number of people, down to a multiple of PEOPLE_STEP."""
    return people // PEOPLE_STEP * PEOPLE_STEP


def people_to_tell(people: int) -> int | None:
    """What may be told of a number of people: rounded, and None below FEWEST_PEOPLE."""
    return round_people(people) if people >= FEWEST_PEOPLE else None


def latest_recommendations() -> QuerySet[Recommendation]:
    """The LATEST_RECOMMENDATIONS that were made last, of everybody."""
    last = Recommendation.objects.aggregate(last=Max("pk"))["last"] or 0
    return Recommendation.objects.filter(pk__gt=last - LATEST_RECOMMENDATIONS)
