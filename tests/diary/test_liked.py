"""The page of what somebody likes."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Movie, Track
from diary.feedback import give_item_feedback
from diary.models import Feedback

pytestmark = pytest.mark.django_db

LIKED = "/liked/"


def test_likes_are_found_again_the_last_first(owner_client: Client, owner: User, film: Movie, song: Track) -> None:
    give_item_feedback(user=owner, item=film, opinion="like", is_seen=True)
    give_item_feedback(user=owner, item=song, opinion="like")
    page = owner_client.get(LIKED).text
    assert "2개를 모아 두었어요." in page
    assert page.index(song.title) < page.index(film.display_title)
    assert f'href="{film.url}"' in page
    assert "봤어요" in page


def test_nothing_else_is_there(owner_client: Client, owner: User, outsider: User, film: Movie, song: Track) -> None:
    give_item_feedback(user=owner, item=film, opinion="dislike", is_seen=True)
    give_item_feedback(user=outsider, item=song, opinion="like")
    page = owner_client.get(LIKED).text
    assert "아직 모아 둔 것이 없어요." in page
    assert film.display_title not in page
    assert song.title not in page


@pytest.mark.parametrize("is_seen", [True, False])
def test_a_like_is_taken_back_and_nothing_more(owner_client: Client, owner: User, film: Movie, is_seen: bool) -> None:
    liked = give_item_feedback(user=owner, item=film, opinion="like", is_seen=is_seen)
    forget = reverse("diary:liked-forget", args=[liked.pk])
    page = owner_client.post(forget, follow=True).text
    assert "목록에서 뺐어요." in page
    assert list(Feedback.objects.values_list("opinion", "is_seen")) == [("", True)] * is_seen
    assert owner_client.post(forget).status_code == 404  # in another tab


def test_another_persons_like_does_not_exist(outsider_client: Client, owner: User, film: Movie) -> None:
    liked = give_item_feedback(user=owner, item=film, opinion="like")
    assert outsider_client.post(reverse("diary:liked-forget", args=[liked.pk])).status_code == 404
    assert Feedback.objects.get().opinion == "like"


def test_many_likes_come_in_pages_with_as_many_queries(
    owner_client: Client, owner: User, catalogue: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for film in Movie.objects.all()[:31]:
        give_item_feedback(user=owner, item=film, opinion="like")
    with django_assert_max_num_queries(6):
        page = owner_client.get(LIKED).text
    assert page.count('class="liked-item"') == 30
    assert owner_client.get(LIKED, {"page": "2"}).text.count('class="liked-item"') == 1


def test_what_curators_took_away_is_not_shown(owner_client: Client, owner: User, film: Movie, song: Track) -> None:
    for item in (film, song):
        give_item_feedback(user=owner, item=item, opinion="like")
    Movie.objects.filter(pk=film.pk).update(has_suicide_theme=True)
    Track.objects.filter(pk=song.pk).update(is_hidden=True)
    assert "아직 모아 둔 것이 없어요." in owner_client.get(LIKED).text
