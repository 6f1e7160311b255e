"""Which films and tracks a curator looks at: each filter of the lists, by the name that it has in an address.

The same address means the same items for a list, for an action on all of them, and for a worker that has no request.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from django.db.models import QuerySet

from catalog.models import FEWEST_REVIEWS, Kind, MovieTag, TrackTag
from catalog.search_text import read_needles

Filter: TypeAlias = Callable[[QuerySet[Any], str], QuerySet[Any]]

SEARCH = "q"
# From which score on an item stands out for a tag: a film's lift, a track's probability.
STRONG_LIFT, STRONG_PROBABILITY = 1.3, 0.5


def filter_items(kind: Kind, query: Mapping[str, str]) -> QuerySet[Any]:
    """The films or tracks that an address asks for; what it says besides filters is left aside.

    Raises ValueError for a value that a filter does not know.
    """
    items: QuerySet[Any] = kind.model._default_manager.all()
    for name, value in query.items():
        if name in FILTERS[kind] and value:
            items = FILTERS[kind][name](items, value)
    return items


def search(items: QuerySet[Any], words: str) -> QuerySet[Any]:
    """Those whose titles and names have all the words, spelled in any way that `catalog.search_text` folds."""
    for needle in read_needles(words):
        items = items.filter(search_text__contains=needle)
    return items


def _strong_films(items: QuerySet[Any], emotion: str) -> QuerySet[Any]:
    return items.filter(pk__in=MovieTag.objects.filter(emotion=emotion, score__gte=STRONG_LIFT).values("movie"))


def _strong_tracks(items: QuerySet[Any], mood: str) -> QuerySet[Any]:
    return items.filter(pk__in=TrackTag.objects.filter(mood=mood, score__gte=STRONG_PROBABILITY).values("track"))


def _source(items: QuerySet[Any], source: str) -> QuerySet[Any]:
    tags = items.model._meta.get_field("tags").related_model._default_manager
    return items.filter(pk__in=tags.filter(source=source).values(items.model._meta.model_name))


def _decade(items: QuerySet[Any], decade: str) -> QuerySet[Any]:
    return items.filter(year__range=(int(decade), int(decade) + 9))


def _korean_title(items: QuerySet[Any], answer: str) -> QuerySet[Any]:
    return items.exclude(title_ko="") if _is_yes(answer) else items.filter(title_ko="")


def _weak(items: QuerySet[Any], answer: str) -> QuerySet[Any]:
    """Films whose tags rest on hardly any review."""
    few = (1, FEWEST_REVIEWS - 1)
    return items.filter(review_count__range=few) if _is_yes(answer) else items.exclude(review_count__range=few)


def _flag(name: str) -> Filter:
    return lambda items, answer: items.filter(**{name: _is_yes(answer)})


def _is_yes(answer: str) -> bool:
    """Raises ValueError for what is neither yes nor no."""
    return ("no", "yes").index(answer) == 1


_OF_BOTH: dict[str, Filter] = {
    SEARCH: search,
    "source": _source,
    "hidden": _flag("is_hidden"),
    "pinned": _flag("is_pinned"),
}
FILTERS: dict[Kind, dict[str, Filter]] = {
    Kind.MOVIE: {
        **_OF_BOTH,
        "strong": _strong_films,
        "decade": _decade,
        "korean": _korean_title,
        "weak": _weak,
        "suicide": _flag("has_suicide_theme"),
    },
    Kind.TRACK: {**_OF_BOTH, "strong": _strong_tracks},
}
