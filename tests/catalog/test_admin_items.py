"""The page of a film or track for curators: what it shows and saves, its history; and searches that are kept."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.curation import steps, writes
from catalog.models import Action, Curation, CurationChange, Kind, Movie, SavedSearch, Source, Track, TrackTag
from tests.catalog.test_admin import MOVIES, inline_data
from tests.catalog.test_admin_steps import log_in

pytestmark = pytest.mark.django_db

RIGHTS = ("view_movie", "change_movie", "view_track", "change_track")


@pytest.fixture
def curator(db: None) -> Client:
    return log_in("curator@example.com", *RIGHTS)


def page_of(item: Movie | Track, page: str = "change") -> str:
    return reverse(f"admin:catalog_{item._meta.model_name}_{page}", args=[item.pk])


def save(client: Client, movie: Movie, **changes: Any) -> None:
    data = {"title": movie.title, "title_ko": movie.title_ko, "year": movie.year, "director": movie.director}
    data |= {"imdb_id": movie.imdb_id, "tmdb_id": movie.tmdb_id}
    response = client.post(page_of(movie), data | inline_data(movie, "emotion") | changes)
    assert response.status_code == 302, response.context["errors"]


def test_facts_and_tags_are_saved_as_one_step(curator: Client, catalogue: None) -> None:
    movie = Movie.objects.earliest("pk")
    save(curator, movie, title_ko="새 제목", is_pinned="on", **{"tags-0-score": "7.5"})
    [step] = Curation.objects.all()
    assert (step.action, step.state, step.curator.email) == (Action.EDIT, Curation.State.DONE, "curator@example.com")
    [change] = step.changes.all()
    tag = movie.tags.order_by("pk")[0]
    assert change.before["title_ko"] == movie.title_ko
    assert change.after["title_ko"] == "새 제목"
    assert change.after["is_pinned"] is True
    assert change.after["tags"] == {tag.emotion: [7.5, Source.CURATED]}
    steps.begin_undo(step.pk, by=step.curator)
    steps.advance(step.pk, seconds=60)
    restored = Movie.objects.get(pk=movie.pk)
    assert (restored.title_ko, restored.is_pinned, restored.curated_facts) == (movie.title_ko, False, [])
    assert not restored.tags.filter(source=Source.CURATED).exists()


def test_saving_nothing_notes_nothing(curator: Client, catalogue: None) -> None:
    save(curator, Movie.objects.earliest("pk"))
    assert not Curation.objects.exists()


def test_two_curators_at_one_film_do_not_undo_each_other(curator: Client, catalogue: None) -> None:
    movie = Movie.objects.earliest("pk")
    shown = curator.get(page_of(movie)).context["adminform"].form
    [tags] = curator.get(page_of(movie)).context["inline_admin_formsets"]
    forms = [shown, *tags.formset.forms]
    seen = {
        bound.html_initial_name: "" if (value := bound.value()) is None else value for form in forms for bound in form
    }
    assert seen["initial-title_ko"] == movie.title_ko
    save(log_in("another@example.com", *RIGHTS), movie, title_ko="새 제목", **{"tags-0-score": "7.5"})
    save(curator, movie, is_pinned="on", **seen)
    movie.refresh_from_db()
    assert (movie.title_ko, movie.is_pinned) == ("새 제목", True)
    assert sorted(movie.tags.filter(source=Source.CURATED).values_list("score", flat=True)) == [7.5]
    assert Curation.objects.latest("pk").changes.get().after == {"is_pinned": True}


def test_the_page_shows_the_models_word_and_the_history(curator: Client, catalogue: None) -> None:
    movie = Movie.objects.earliest("pk")
    old = movie.title_ko
    save(curator, movie, title_ko="새 제목", **{"tags-0-score": "7.5"})
    for url in (page_of(movie), page_of(movie, "history")):
        text = " ".join(curator.get(url).text.split())
        assert "고치기" in text
        assert "curator@example.com" in text
        assert old in text
        assert "(리뷰)" in text
        assert "×7.5 (큐레이터)" in text
    assert "×2.5 (리뷰)" in curator.get(page_of(movie)).text  # the model's word, beside the field


def test_the_history_of_an_item_is_paged(curator: Client, catalogue: None) -> None:
    movie = Movie.objects.earliest("pk")
    for number in range(60):
        step = Curation.objects.create(kind=Kind.MOVIE, action=Action.EDIT, state=Curation.State.DONE)
        CurationChange.objects.create(
            curation=step, movie=movie, before={"title_ko": f"전 {number}"}, after={"title_ko": f"후 {number}"}
        )
    first = curator.get(page_of(movie, "history"))
    assert "후 59" in first.text
    assert "후 9<" not in first.text
    last = first.context["page"].rows[-1].id
    assert "후 9<" in curator.get(page_of(movie, "history"), {"after": last}).text
    assert "모두 보기" in curator.get(page_of(movie)).text


def test_what_is_measured_cannot_be_written(curator: Client, catalogue: None) -> None:
    track = Track.objects.earliest("pk")
    data = {field.name: getattr(track, field.name) for field in Track._meta.fields if field.editable}
    del data["is_hidden"], data["is_pinned"]
    data |= {"valence": 0.999, "popularity": 3, "duration_ms": 1} | inline_data(track, "mood", score="0.99")
    assert curator.post(page_of(track), data).status_code == 302
    again = Track.objects.get(pk=track.pk)
    assert (again.valence, again.popularity, again.duration_ms) == (track.valence, track.popularity, track.duration_ms)
    assert TrackTag.objects.get(source=Source.CURATED).score == 0.99


def test_who_may_only_look_saves_nothing(curator: Client, catalogue: None) -> None:
    movie = Movie.objects.earliest("pk")
    viewer = log_in("viewer@example.com", "view_movie")
    assert viewer.get(page_of(movie)).status_code == 200
    assert viewer.post(page_of(movie), {"title": "x"} | inline_data(movie, "emotion")).status_code == 403
    assert not Curation.objects.exists()


def test_an_item_that_is_not_there_has_no_history(curator: Client) -> None:
    assert curator.get(reverse("admin:catalog_movie_history", args=[10**9])).status_code == 404
    assert curator.get(reverse("admin:catalog_movie_history", args=["x"])).status_code == 404


def test_a_film_without_history_says_so(curator: Client, catalogue: None) -> None:
    assert "바꾼 적이 없어요" in curator.get(page_of(Movie.objects.earliest("pk"))).text


def test_a_search_is_kept_under_its_name_for_its_owner_alone(curator: Client, catalogue: None) -> None:
    response = curator.post(f"{MOVIES}searches/", {"name": " 슬픈  90년대 ", "query": "strong=sadness&decade=1990"})
    assert response["Location"] == f"{MOVIES}?strong=sadness&decade=1990"
    [search] = SavedSearch.objects.all()
    assert search.name == "슬픈 90년대"
    assert "?strong=sadness&amp;decade=1990" in curator.get(MOVIES).text
    another = log_in("another@example.com", *RIGHTS)
    assert "슬픈 90년대" not in another.get(MOVIES).text
    assert another.post(f"{MOVIES}searches/{search.pk}/remove/").status_code == 404
    assert curator.post(f"{MOVIES}searches/", {"name": "슬픈 90년대", "query": "weak=yes"}).status_code == 302
    assert SavedSearch.objects.get().query == "weak=yes"
    assert curator.post(f"{MOVIES}searches/{search.pk}/remove/").status_code == 302
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {"name": "", "query": "weak=yes"},
        {"name": "a" * 61, "query": "weak=yes"},
        {"name": "a", "query": ""},
        {"name": "a", "query": "weak=maybe"},
        {"name": "a", "query": "q=" + "b" * 1000},
    ],
)
def test_searches_that_are_not_kept(curator: Client, data: dict[str, str]) -> None:
    response = curator.post(f"{MOVIES}searches/", data)
    assert response["Location"].startswith(MOVIES)
    assert not SavedSearch.objects.exists()


def test_a_curator_keeps_only_so_many_searches(curator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.curation.searches.MAX_SEARCHES", 2)
    for name in ("a", "b", "c", "b"):
        curator.post(f"{MOVIES}searches/", {"name": name, "query": "weak=yes"})
    assert list(SavedSearch.objects.values_list("name", flat=True)) == ["a", "b"]


def test_a_list_comes_back_to_its_filters_after_saving(curator: Client, catalogue: None) -> None:
    movie = Movie.objects.earliest("pk")
    data = {"title": movie.title, "year": movie.year, "imdb_id": movie.imdb_id} | inline_data(movie, "emotion")
    response = curator.post(f"{page_of(movie)}?_changelist_filters=strong%3Djoy", data)
    assert response["Location"] == f"{MOVIES}?strong=joy"
    writes.set_hidden(Movie.objects.filter(pk=movie.pk), is_hidden=True)
    assert curator.get(f"{page_of(movie)}?_changelist_filters=nonsense").status_code == 200
