"""Pages of a long list: every row once, in order, forwards and back."""

from itertools import chain

import pytest

from catalog import services
from catalog.curation.pages import count_up_to, read_page
from catalog.models import Movie
from tests.factories import movie_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def films(db: None) -> None:
    services.upsert_movies([movie_row(number, year=1990 + number % 3) for number in range(1, 12)])


@pytest.mark.parametrize("order", ["pk", "-pk", "year", "-year", "title"])
def test_pages_walk_through_everything_and_back(films: None, order: str) -> None:
    field, is_descending = order.removeprefix("-"), order.startswith("-")
    ordering = [f"-{name}" if is_descending else name for name in (field, "pk")]
    expected = list(Movie.objects.order_by(*ordering).values_list("pk", flat=True))
    page = read_page(Movie.objects.all(), order=order, size=4)
    assert not page.has_previous
    walked = [[row.pk for row in page.rows]]
    while page.has_next:
        page = read_page(Movie.objects.all(), order=order, size=4, after=page.rows[-1].pk)
        assert page.has_previous
        walked.append([row.pk for row in page.rows])
    assert list(chain(*walked)) == expected
    back = read_page(Movie.objects.all(), order=order, size=4, before=page.rows[0].pk)
    assert [row.pk for row in back.rows] == walked[-2]
    first = read_page(Movie.objects.all(), order=order, size=4, before=back.rows[0].pk)
    assert [row.pk for row in first.rows] == walked[0]
    assert (first.has_previous, first.has_next) == (False, True)


def test_a_page_after_an_item_that_matches_no_more(films: None) -> None:
    [edge] = Movie.objects.filter(tmdb_id=5)
    rows = Movie.objects.filter(tmdb_id__in=(4, 6))
    assert [row.tmdb_id for row in read_page(rows, order="pk", size=4, after=edge.pk).rows] == [6]


def test_a_page_after_nothing(films: None) -> None:
    with pytest.raises(ValueError, match="no row"):
        read_page(Movie.objects.all(), order="year", size=4, after=10**9)


def test_a_count_goes_only_so_far(films: None) -> None:
    assert count_up_to(Movie.objects.all(), 11) == 11
    assert count_up_to(Movie.objects.all(), 5) == 6
