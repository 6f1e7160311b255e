"""Which films and tracks the numbers of the coverage page are of, by what an address says of them.

`FITS` and a track's `DECADE` are told here; the other names are those of the curators' list.
"""

from urllib.parse import urlencode

from django.db.models import QuerySet

from catalog.models import Movie, MovieTag, Track, TrackTag

FITS, DECADE, HIDDEN = "fits", "decade", "hidden"


def list_query(tag: str, **filters: str) -> str:
    """What follows the `?` in the address of a list of the items that are put forward for a tag.

    They are those that are shown, unless `filters` say otherwise.
    """
    return urlencode({FITS: tag, HIDDEN: "no", **filters})


def movies_that_fit(movies: QuerySet[Movie], emotion: str) -> QuerySet[Movie]:
    """Films that are put forward for an emotion."""
    return movies.filter(pk__in=MovieTag.objects.filter(emotion=emotion, weight__gt=0).values("movie"))


def tracks_that_fit(tracks: QuerySet[Track], mood: str) -> QuerySet[Track]:
    """Tracks that are put forward for a mood."""
    return tracks.filter(pk__in=TrackTag.objects.filter(mood=mood, weight__gt=0).values("track"))


def tracks_of_decade(tracks: QuerySet[Track], decade: str) -> QuerySet[Track]:
    """Tracks that came out from a year like '1990' on, within ten years. Raises ValueError for what is no year."""
    return tracks.filter(release_date__startswith=f"{int(decade) // 10:03}")
