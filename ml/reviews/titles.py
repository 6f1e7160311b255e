"""Films that stand twice under two ids made one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ml.reviews.films import Film
from ml.reviews.names import letters, name_key


def merge_duplicates(films: Sequence[Film], reviews: Mapping[str, int]) -> tuple[list[Film], dict[str, Film]]:
    """Make films that stand twice one; give the films left, sorted by key, and the film of every IMDb id.

    The same film has the same title and director, whatever the order of the director's names ("Kang Woo-suk", "Woo-Suk
    Kang"), and the same year; IMDb and TMDB may differ by one year where one knows the premiere and the other the
    release. The one with more `reviews` (by IMDb id) stays and takes from the others what it lacks: ids, Korean names,
    overview. Films without a director are never merged.
    """
    groups: dict[tuple[str, ...], list[list[Film]]] = defaultdict(list)
    for film in films:
        alike = groups[_identity(film)]
        same = next((group for group in alike if any(_is_same_year(film, other) for other in group)), None)
        if same is None:
            alike.append([film])
        else:
            same.append(film)
    kept: list[Film] = []
    by_imdb_id: dict[str, Film] = {}
    for group in (group for alike in groups.values() for group in alike):
        merged, *others = sorted(group, key=lambda film: (-reviews.get(film.imdb_id, 0), film.key))
        for film in others:
            merged = _fill_gaps(merged, film)
        kept.append(merged)
        by_imdb_id |= {film.imdb_id: merged for film in group if film.imdb_id}
    return sorted(kept, key=lambda film: film.key), by_imdb_id


def _identity(film: Film) -> tuple[str, ...]:
    """Title and the parts of the director's names, in the order of the alphabet; the key where one is not known."""
    title = letters(film.title)
    names = name_key(film.director)
    return (title, *names) if title and names else (film.key,)


def _is_same_year(film: Film, other: Film) -> bool:
    has_one_id_each = not (film.imdb_id and other.imdb_id) and not (film.tmdb_id and other.tmdb_id)
    return abs(film.year - other.year) <= (1 if has_one_id_each else 0)


def _fill_gaps(film: Film, other: Film) -> Film:
    names = ("imdb_id", "tmdb_id", "title_ko", "director_ko", "overview")
    return replace(film, **{name: getattr(film, name) or getattr(other, name) for name in names})
