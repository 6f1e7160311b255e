"""Writes of the catalogue."""

import pytest

from catalog import services
from catalog.curation import writes
from catalog.draw import PINNED_BONUS
from catalog.models import Movie, MovieTag, Source, Track, TrackTag
from catalog.movie_import import import_movies
from catalog.search_text import fold
from catalog.weights import track_weights
from ml.labels import FEELINGS, Emotion, Mood
from tests.factories import movie_row, track_row

pytestmark = pytest.mark.django_db


def test_upsert_movies_again_refreshes(db: None) -> None:
    services.upsert_movies([movie_row(1)])
    services.upsert_movies([movie_row(1, title="New title", lifts=dict.fromkeys(FEELINGS, 3.0))])
    assert Movie.objects.get().title == "New title"
    assert set(MovieTag.objects.values_list("score", flat=True)) == {3.0}


def test_upsert_movies_stores_the_suicide_theme() -> None:
    services.upsert_movies([movie_row(1, has_suicide_theme=True), movie_row(2)])
    assert Movie.objects.get(has_suicide_theme=True).tmdb_id == 1
    services.upsert_movies([movie_row(1), movie_row(2, has_suicide_theme=True)])
    assert Movie.objects.filter(has_suicide_theme=True).count() == 2  # the mark of the first may be a curator's


def test_upsert_tracks_again_keeps_curated_tags() -> None:
    rows = [track_row(1)]
    services.upsert_tracks(rows, track_weights(rows))
    tag = TrackTag.objects.get(mood=Mood.CALM)
    tag.score = 0.95
    writes.curate_tag(tag)
    services.upsert_tracks(rows, track_weights(rows))
    tag.refresh_from_db()
    assert (tag.score, tag.source) == (0.95, Source.CURATED)
    assert Track.objects.get().tags.count() == 4


@pytest.mark.parametrize("rows", [[]])
def test_upsert_nothing(rows: list[object]) -> None:
    services.upsert_movies(rows)
    services.upsert_tracks(rows, track_weights(rows))
    assert not Movie.objects.exists()


def test_track_weights_rank_the_fitting_mood_first() -> None:
    rows = [track_row(number, mood, popularity=50) for number, mood in enumerate(list(Mood) * 5)]
    weights = track_weights(rows)
    for place, mood in enumerate(Mood):
        ordered = sorted(range(len(rows)), key=lambda row, mood=mood: weights[row][mood], reverse=True)
        assert {row % 4 for row in ordered[:5]} == {place}


def test_track_weights_a_known_song_comes_before_its_twin() -> None:
    others = [track_row(10 + number, Mood.SAD) for number in range(8)]
    unknown, known, *_ = track_weights([track_row(1, popularity=0), track_row(2, popularity=90), *others])
    assert known[Mood.HAPPY] > unknown[Mood.HAPPY]


def test_save_item_a_korean_title_makes_a_film_better_known() -> None:
    services.upsert_movies([movie_row(1, title_ko="")])
    movie = Movie.objects.get()
    before = movie.tags.get(emotion="joy").weight
    movie.title_ko = "한국어 제목"
    writes.save_item(movie)
    assert movie.tags.get(emotion="joy").weight > before


def test_set_hidden_says_how_many() -> None:
    services.upsert_movies([movie_row(1), movie_row(2, Emotion.ANGER)])
    assert writes.set_hidden(Movie.objects.all(), is_hidden=True) == 2
    assert Movie.objects.filter(is_hidden=True).count() == 2


def test_track_weights_only_the_highest_quarter_is_put_forward() -> None:
    rows = [track_row(number, mood) for number, mood in enumerate(list(Mood) * 10)]
    weights = track_weights(rows)
    for place, mood in enumerate(Mood):
        assert {number % 4 for number, weight in enumerate(weights) if weight[mood] > 0} == {place}


def drawn_movies(emotion: Emotion = Emotion.JOY) -> list[int]:
    tags = [*MovieTag.objects.drawn(emotion, True), *MovieTag.objects.drawn(emotion, False)]
    return [tag.movie_id for tag in tags]


def test_upsert_movies_again_keeps_what_curators_said() -> None:
    rows = [movie_row(1), movie_row(2)]
    services.upsert_movies(rows)
    hidden, pinned = Movie.objects.order_by("pk")
    writes.set_hidden(Movie.objects.filter(pk=hidden.pk), is_hidden=True)
    writes.set_pinned(Movie.objects.filter(pk=pinned.pk), is_pinned=True)
    before = list(MovieTag.objects.order_by("pk").values_list("weight", "is_shown"))
    services.upsert_movies(rows)
    assert list(MovieTag.objects.order_by("pk").values_list("weight", "is_shown")) == before
    assert drawn_movies() == [pinned.pk]


@pytest.mark.parametrize("kind", [Movie, Track])
def test_set_pinned_lifts_what_the_item_carries_once(kind: type[Movie | Track]) -> None:
    services.upsert_movies([movie_row(1)])
    rows = [track_row(number, mood) for number, mood in enumerate(Mood)]
    services.upsert_tracks(rows, track_weights(rows))
    item = max(kind.objects.all(), key=lambda each: each.tags.latest("weight").weight)
    before = sorted(item.tags.values_list("weight", flat=True))
    assert writes.set_pinned(kind.objects.filter(pk=item.pk), is_pinned=True) == 1
    assert writes.set_pinned(kind.objects.filter(pk=item.pk), is_pinned=True) == 0  # is pinned already
    lifted = sorted(item.tags.values_list("weight", flat=True))
    assert lifted == pytest.approx([weight + PINNED_BONUS if weight else 0 for weight in before])
    assert writes.set_pinned(kind.objects.filter(pk=item.pk), is_pinned=False) == 1
    assert sorted(item.tags.values_list("weight", flat=True)) == pytest.approx(before)


@pytest.mark.parametrize("kind", [Movie, Track])
def test_save_item_tells_its_tags(kind: type[Movie | Track]) -> None:
    services.upsert_movies([movie_row(1, title_ko="")])
    rows = [track_row(number, mood) for number, mood in enumerate(Mood)]
    services.upsert_tracks(rows, track_weights(rows))
    item = max(kind.objects.all(), key=lambda each: each.tags.latest("weight").weight)
    strongest = item.tags.latest("weight")
    assert (strongest.is_shown, strongest.is_well_known) == (True, False)
    item.is_hidden, item.is_pinned = True, True
    if isinstance(item, Movie):
        item.title_ko = "이제는 아는 영화"
    else:
        item.popularity = 90
    writes.save_item(item)
    writes.save_item(item)  # a second time lifts nothing more
    found = item.tags.get(pk=strongest.pk)
    assert (found.is_shown, found.is_well_known) == (False, True)
    assert PINNED_BONUS < found.weight < PINNED_BONUS + 1


def test_curated_tag_stays_below_a_pinned_item() -> None:
    services.upsert_movies([movie_row(1), movie_row(2)])
    curated, pinned = MovieTag.objects.filter(emotion=Emotion.JOY).select_related("movie").order_by("pk")
    curated.score = 3.0
    writes.curate_tag(curated)
    writes.set_pinned(Movie.objects.filter(pk=pinned.movie_id), is_pinned=True)
    assert drawn_movies() == [pinned.movie_id, curated.movie_id]


def test_well_known_needs_a_korean_title_and_reviews() -> None:
    services.upsert_movies([movie_row(1), movie_row(2, title_ko=""), movie_row(3, review_count=4)])
    known = MovieTag.objects.drawn(Emotion.JOY, True).values_list("movie__tmdb_id", flat=True)
    assert list(known) == [1]


def test_upsert_movies_a_film_that_frightens_is_put_forward_for_fright_alone() -> None:
    lifts = dict.fromkeys(FEELINGS, 1.3) | {Emotion.ANXIETY: 2.1}
    services.upsert_movies([movie_row(1, lifts=lifts)])
    carried = set(MovieTag.objects.filter(weight__gt=0).values_list("emotion", flat=True))
    assert carried == {Emotion.ANXIETY}

    movie = Movie.objects.get()
    movie.title_ko = "새 제목"
    writes.save_item(movie)
    assert set(MovieTag.objects.filter(weight__gt=0).values_list("emotion", flat=True)) == carried


def test_what_a_curator_wrote_outlives_every_load() -> None:
    services.upsert_movies([movie_row(1), movie_row(2)])
    movie = Movie.objects.get(tmdb_id=1)
    movie.title_ko = "큐레이터가 고친 제목"
    writes.save_item(movie)
    rows = [movie_row(number, title_ko="불러온 제목", title="Loaded") for number in (1, 2)]
    services.upsert_movies(rows)
    assert import_movies(rows).is_nothing_new
    titles = Movie.objects.order_by("tmdb_id").values_list("title_ko", "title")
    assert list(titles) == [("큐레이터가 고친 제목", "Loaded"), ("불러온 제목", "Loaded")]
    assert Movie.objects.get(search_text__contains=fold("큐레이터가")).tmdb_id == 1


def test_a_curators_word_is_kept_beside_what_the_model_says() -> None:
    rows = [track_row(1, Mood.CALM)]
    services.upsert_tracks(rows, track_weights(rows))
    tag = TrackTag.objects.get(mood=Mood.CALM)
    computed = (tag.score, tag.weight)
    tag.score = 0.1
    writes.curate_tag(tag)
    tag.refresh_from_db()
    assert (tag.model_score, tag.model_weight, tag.model_source) == (*computed, Source.FEATURES)
    tag.score = 0.2
    writes.curate_tag(tag)  # said again: the model's word is still the model's
    tag.refresh_from_db()
    assert (tag.score, tag.model_score) == (0.2, computed[0])
