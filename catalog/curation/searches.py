"""Searches that curators keep: each their own."""

from typing import Any
from urllib.parse import parse_qsl

from django.db.models import QuerySet

from catalog.curation.filters import filter_items
from catalog.models import Kind, SavedSearch
from catalog.models.searches import NAME_LENGTH, QUERY_LENGTH

MAX_SEARCHES = 50


def searches_of(owner: Any, kind: Kind) -> QuerySet[SavedSearch]:
    """A curator's searches of a kind, by name."""
    return SavedSearch.objects.filter(owner=owner, kind=kind)


def save_search(*, owner: Any, kind: Kind, name: str, query: str) -> SavedSearch:
    """Keep an address under a name; the same name again means the new address.

    `query` is what follows the question mark. Raises ValueError for a name or an address that is empty, too
    long or holds a NUL, a filter's unknown value, and for more than MAX_SEARCHES.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_LENGTH or not 0 < len(query) <= QUERY_LENGTH or "\0" in name + query:
        raise ValueError(f"a name of {len(name)} characters, an address of {len(query)}")
    filter_items(kind, dict(parse_qsl(query)))
    if searches_of(owner, kind).exclude(name=name).count() >= MAX_SEARCHES:
        raise ValueError(f"more than {MAX_SEARCHES} searches")
    return SavedSearch.objects.update_or_create(owner=owner, kind=kind, name=name, defaults={"query": query})[0]


def remove_search(*, owner: Any, kind: Kind, search_id: int) -> None:
    """Forget a search. Raises SavedSearch.DoesNotExist where it is not the curator's own."""
    searches_of(owner, kind).get(pk=search_id).delete()
