"""The admin's page of what the catalogue has, and the desk that leads there."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from tests.diary.readers import make_readers, recommend
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PAGE, DESK = reverse("admin:coverage"), reverse("admin:index")


@pytest.fixture(autouse=True)
def _password_is_enough(settings: Settings) -> None:
    settings.ADMIN_SECOND_FACTOR = False


def log_in(*permissions: str, **fields: bool) -> Client:
    """Staff who may do this."""
    user = make_user("curator@example.com", is_staff=True, **fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client(headers={"accept-language": "ko"})
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("permissions", "status"),
    [
        ((), 403),
        (("view_movie",), 403),
        (("view_track", "change_track"), 403),
        (("view_movie", "view_track"), 200),
        (("change_movie", "view_track"), 200),
    ],
)
def test_page_is_for_who_may_see_films_and_tracks(permissions: tuple[str, ...], status: int) -> None:
    client = log_in(*permissions)
    assert client.get(PAGE).status_code == status
    assert (f'href="{PAGE}"' in client.get(DESK).text) == (status == 200)


def test_others_are_led_to_the_log_in(owner_client: Client, client: Client) -> None:
    for visitor in (owner_client, client):
        assert visitor.get(PAGE).status_code == 302
    assert log_in("view_movie", "view_track").post(PAGE).status_code == 405


def test_desk_leads_to_what_is_open() -> None:
    films, tracks = reverse("admin:catalog_movie_changelist"), reverse("admin:catalog_track_changelist")
    page = log_in("view_track").get(DESK).text
    assert f'href="{tracks}"' in page
    assert films not in page
    assert "곡을 찾아 분위기를 고치고" in page


def test_desk_in_english() -> None:
    page = log_in("view_track").get(DESK, headers={"accept-language": "en"}).text
    assert "The curators’ desk" in page
    assert "Find tracks, correct their moods" in page


def test_desk_of_staff_without_rights_is_empty() -> None:
    page = log_in().get(DESK).text
    assert 'class="desk"' not in page
    assert "desk-nav" not in page
    assert "아직 열어 볼 수 있는 것이 없어요." in page


def test_page_shows_numbers_with_their_lists(catalogue: None) -> None:
    page = log_in(is_superuser=True).get(PAGE).text
    films = reverse("admin:catalog_movie_changelist")
    assert f'<a href="{films}?fits=joy&amp;hidden=no">40</a>' in page
    assert re.search(rf'href="{films}\?fits=joy&amp;hidden=no&amp;decade=1990">.*?기쁨 · 1990년대.*?>\d+<', page)
    assert "10분에 한 번 다시 세어요." in page
    assert page.count("20명 미만") == 3 * (5 * 2 + 4 * 2)


def test_page_in_english(catalogue: None) -> None:
    page = log_in(is_superuser=True).get(PAGE, headers={"accept-language": "en"}).text
    for words in ("<h1>Coverage</h1>", "Corners to fill", "Joy · 1990s", "fewer than 20", "Counted on"):
        assert words in page
    assert not re.search("[가-힣]", re.sub("모두의 휴게소|한국어", "", page))


def test_empty_catalogue() -> None:
    page = log_in("view_movie", "view_track").get(PAGE).text
    assert page.count("아직 아무것도 없어요.") == 2


def test_no_number_of_fewer_than_twenty_people_is_on_the_page(catalogue: None) -> None:
    for place, reader in enumerate(make_readers(43)):
        recommend(reader, "joy", opinion="like" if place < 26 else "dislike")
        if place < 17:
            recommend(reader, "anger", "shift")
    page = log_in(is_superuser=True).get(PAGE).text
    section = page.partition('id="people-title"')[2].partition("</section>")[0]
    figures = [int(figure) for figure in re.findall(r"<td>(\d+)명</td>", section)]
    assert figures == [40, 20]
    told = set(re.findall(r"\d+", re.sub('</?h[23]>|tabindex="0"', "", section)))
    assert told == {"200", "000", "20", "10", "40"}, "neither 17, 26 nor 43, in no attribute either"


def test_query_count(catalogue: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client = log_in(is_superuser=True)
    client.get(DESK)  # notes that the session is in use
    with django_assert_num_queries(8):  # session, person, two counts of items, two of people with where they begin
        client.get(PAGE)
    with django_assert_num_queries(2):
        client.get(PAGE)
