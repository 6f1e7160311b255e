"""Which films and tracks a curator looks at: each filter of the lists, by the name that it has in an address.

The same address means the same items for a list, for an action on all of them, and for a worker that has no request:
days are those of the site's time zone, whoever asks.
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeAlias

from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.models import FEELING_NAMES, FEWEST_REVIEWS, MOOD_NAMES, Kind, MovieTag, Source
from catalog.search_text import read_needles

Filter: TypeAlias = Callable[[QuerySet[Any], str], QuerySet[Any]]

SEARCH = "q"
# From which score on an item stands out for a tag: a film's lift, a track's probability.
STRONG_LIFT, STRONG_PROBABILITY = 1.3, 0.5
SOURCES = {
    Kind.MOVIE: (Source.REVIEWS, Source.PLOT, Source.CURATED),
    Kind.TRACK: (Source.FEATURES, Source.CURATED),
}
# The scripts that a song's title can be written in. PostgreSQL has an index for each (migration 0011). A film's own
# title is Latin in our sources, whatever language is spoken in it: it would tell nothing.
HANGUL, KANA_OR_HAN = "[가-힣]", "[ぁ-ヿ一-鿿]"
MAX_DIGITS = 7
# Of a value, in characters: more than anybody types, where a form could bring megabytes.
MAX_LENGTH = 1_000


class FilterError(ValueError):
    """A value that a filter does not know; `name` is the filter's, as in the address."""

    def __init__(self, name: str, value: object) -> None:
        super().__init__(f"{name}: {value}")
        self.name, self.value = name, value


def filter_items(kind: Kind, query: Mapping[str, Any]) -> QuerySet[Any]:
    """The films or tracks that an address asks for; what it says besides filters is left aside.

    Raises FilterError for a value that a filter does not know.
    """
    items: QuerySet[Any] = kind.model._default_manager.all()
    for name, value in active_filters(kind, query).items():
        try:
            items = FILTERS[kind][name](items, value)
        except (ValueError, OverflowError) as error:
            raise FilterError(name, value) from error
    return items


def active_filters(kind: Kind, query: Mapping[str, Any]) -> dict[str, str]:
    """What of an address are filters that have a value.

    Raises FilterError for a value that is no text, is too long, or holds what no database keeps.
    """
    found = {name: value for name, value in query.items() if name in FILTERS[kind] and value}
    for name, value in found.items():
        if not isinstance(value, str) or len(value) > MAX_LENGTH or not _can_be_kept(value):
            raise FilterError(name, value)
    return found


def search(items: QuerySet[Any], words: str) -> QuerySet[Any]:
    """Those whose titles and names have all the words, spelled in any way that `catalog.search_text` folds."""
    for needle in read_needles(words):
        items = items.filter(search_text__contains=needle)
    return items


def _strong_films(items: QuerySet[Any], emotion: str) -> QuerySet[Any]:
    return _with_tags(items, Q(emotion=_one_of(FEELING_NAMES, emotion), score__gte=STRONG_LIFT))


def _strong_tracks(items: QuerySet[Any], mood: str) -> QuerySet[Any]:
    return _with_tags(items, Q(mood=_one_of(MOOD_NAMES, mood), score__gte=STRONG_PROBABILITY))


def _fitting(items: QuerySet[Any], tag: str) -> QuerySet[Any]:
    """Items that recommendations put forward for a tag."""
    tag_model: Any = items.model._meta.get_field("tags").related_model
    name = "emotion" if tag_model is MovieTag else "mood"
    known = FEELING_NAMES if tag_model is MovieTag else MOOD_NAMES
    return _with_tags(items, Q(**{name: _one_of(known, tag)}, weight__gt=0))


def _with_tags(items: QuerySet[Any], condition: Q) -> QuerySet[Any]:
    """The items that have a tag of which the condition is true."""
    tags = items.model._meta.get_field("tags").related_model._default_manager
    return items.filter(pk__in=tags.filter(condition).values(items.model._meta.model_name))


def _source(kind: Kind) -> Filter:
    return lambda items, source: _with_tags(items, Q(source=_one_of(SOURCES[kind], source)))


def _disagreement(items: QuerySet[Any], answer: str) -> QuerySet[Any]:
    """Items of which a curator says that they carry a tag and the model that they don't, or the other way round."""
    _one_of(("yes",), answer)
    return _with_tags(items, items.model._meta.get_field("tags").related_model.DISPUTED)


def _film_decade(items: QuerySet[Any], decade: str) -> QuerySet[Any]:
    first = _decade(decade)
    return items.filter(year__range=(first, first + 9))


def _track_decade(items: QuerySet[Any], decade: str) -> QuerySet[Any]:
    """A date of release is a text that begins with the year."""
    first = _decade(decade)
    return items.filter(release_date__gte=str(first), release_date__lt=str(first + 10))


def _script(items: QuerySet[Any], script: str) -> QuerySet[Any]:
    match script:
        case "hangul":
            return items.filter(title__regex=HANGUL)
        case "kana_han":
            return items.filter(title__regex=KANA_OR_HAN)
        case "other":
            return items.exclude(title__regex=HANGUL).exclude(title__regex=KANA_OR_HAN)
    raise ValueError(script)


def _has_text(field: str) -> Filter:
    return lambda items, answer: items.exclude(**{field: ""}) if _is_yes(answer) else items.filter(**{field: ""})


def _weak(items: QuerySet[Any], answer: str) -> QuerySet[Any]:
    """Films whose tags rest on hardly any review."""
    few = (1, FEWEST_REVIEWS - 1)
    return items.filter(review_count__range=few) if _is_yes(answer) else items.exclude(review_count__range=few)


def _reviewed(items: QuerySet[Any], answer: str) -> QuerySet[Any]:
    return items.filter(reviewed_at__isnull=not _is_yes(answer))


def _flag(name: str) -> Filter:
    return lambda items, answer: items.filter(**{name: _is_yes(answer)})


def _bound(lookup: str, read: Callable[[str], object]) -> Filter:
    return lambda items, value: items.filter(**{lookup: read(value)})


def _between(name: str, field: str, read: Callable[[str], object]) -> dict[str, Filter]:
    """Two filters: at least so much, and at most."""
    return {f"{name}_from": _bound(f"{field}__gte", read), f"{name}_to": _bound(f"{field}__lte", read)}


def _can_be_kept(value: str) -> bool:
    """Whether a text has neither NULs nor halves of characters."""
    return "\0" not in value and value.encode(errors="ignore").decode() == value


def _is_yes(answer: str) -> bool:
    """Raises ValueError for what is neither yes nor no."""
    return ("no", "yes").index(answer) == 1


def _one_of(known: Any, value: str) -> str:
    if value not in known:
        raise ValueError(value)
    return value


def _whole(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) <= MAX_DIGITS):
        raise ValueError(value)
    return int(value)


def _number(value: str) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _decade(value: str) -> int:
    if len(value) != len("1990") or (first := _whole(value)) % 10:
        raise ValueError(value)
    return first


def _day(value: str, *, later: int = 0) -> datetime:
    """The beginning of a day, or of one so many days later, in the site's time zone; told in UTC, as it is stored.

    Raises OverflowError for what is no day there.
    """
    day = date.fromisoformat(value) + timedelta(days=later)
    return datetime.combine(day, time.min, timezone.get_default_timezone()).astimezone(UTC)


def _days_ago(value: str) -> datetime:
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    return _day((today - timedelta(days=_whole(value))).isoformat())


_OF_BOTH: dict[str, Filter] = {
    SEARCH: search,
    "hidden": _flag("is_hidden"),
    "pinned": _flag("is_pinned"),
    "reviewed": _reviewed,
    "disagreement": _disagreement,
    "fits": _fitting,
    "added_days": _bound("added_at__gte", _days_ago),
    "added_from": _bound("added_at__gte", _day),
    "added_to": _bound("added_at__lt", lambda value: _day(value, later=1)),
}
FILTERS: dict[Kind, dict[str, Filter]] = {
    Kind.MOVIE: {
        **_OF_BOTH,
        "strong": _strong_films,
        "source": _source(Kind.MOVIE),
        "decade": _film_decade,
        "korean": _has_text("title_ko"),
        "weak": _weak,
        "suicide": _flag("has_suicide_theme"),
        **_between("year", "year", _whole),
        **_between("reviews", "review_count", _whole),
        **_between("rating", "rating", _number),
    },
    Kind.TRACK: {
        **_OF_BOTH,
        "strong": _strong_tracks,
        "source": _source(Kind.TRACK),
        "decade": _track_decade,
        "korean": _has_text("artist_ko"),
        "script": _script,
        **_between("popularity", "popularity", _whole),
    },
}
