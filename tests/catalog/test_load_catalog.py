"""`manage.py load_catalog`: the shipped catalogue in, once; curated tags and hidden items stay."""

import gzip
from datetime import timedelta
from io import StringIO
from itertools import islice
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.roles import Role
from catalog.curation import writes
from catalog.management.commands.load_catalog import DATA
from catalog.models import Movie, MovieTag, Source, Track, TrackTag
from ml.labels import FEELINGS, Mood

pytestmark = pytest.mark.django_db


def load(**options: object) -> str:
    output = StringIO()
    call_command("load_catalog", stdout=output, stderr=StringIO(), **options)
    return output.getvalue()


def counts() -> tuple[int, int, int, int]:
    return Movie.objects.count(), MovieTag.objects.count(), Track.objects.count(), TrackTag.objects.count()


def small(shipped: str, folder: Path) -> Path:
    """A file with the first lines of a shipped one."""
    path = folder / shipped
    with gzip.open(DATA / shipped, "rt", encoding="utf-8") as lines:
        head = list(islice(lines, 200))
    with gzip.open(path, "wt", encoding="utf-8") as target:
        target.writelines(head)
    return path


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    return {name: small(f"{name}.csv.gz", tmp_path) for name in ("movies", "tracks")}


def test_prepare_sets_up_roles_loads_the_shipped_catalogue_and_says_how_to_make_an_admin() -> None:
    output = StringIO()
    Session.objects.create(session_key="over", session_data="", expire_date=timezone.now() - timedelta(days=1))
    call_command("prepare", stdout=output, stderr=StringIO())
    assert "make admin" in output.getvalue()
    assert not Session.objects.exists()
    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)
    movies, movie_tags, tracks, track_tags = counts()
    assert movies >= 12_000
    assert movie_tags == movies * len(FEELINGS)
    assert tracks >= 5_000
    assert track_tags == tracks * len(Mood)
    assert Movie.objects.exclude(title_ko="").count() >= 3_700
    for mood in Mood:
        assert TrackTag.objects.filter(mood=mood, weight__gt=0).count() >= 800
    movie = Movie.objects.get(title_ko="올드보이", year=2003)
    assert movie.display_director == "박찬욱"


def test_load_catalog_again_has_nothing_to_do(files: dict[str, Path]) -> None:
    assert "movies.csv.gz: 199 loaded" in load(**files)
    before = counts()
    assert load(**files).count("already loaded") == 2
    assert load(**files, force=True).count("199 loaded") == 2
    assert counts() == before == (199, 199 * len(FEELINGS), 199, 199 * len(Mood))


def test_load_catalog_again_keeps_curated_tags_and_hidden_films(files: dict[str, Path]) -> None:
    load(**files)
    tag = MovieTag.objects.select_related("movie").earliest("pk")
    tag.score = 9.5
    writes.curate_tag(tag)
    writes.set_hidden(Movie.objects.filter(pk=tag.movie_id), is_hidden=True)
    load(**files, force=True)
    tag.refresh_from_db()
    assert (tag.score, tag.source) == (9.5, Source.CURATED)
    assert Movie.objects.get(pk=tag.movie_id).is_hidden


def test_load_catalog_a_changed_file_is_loaded(files: dict[str, Path]) -> None:
    load(**files)
    with gzip.open(files["movies"], "at", encoding="utf-8") as handle:
        handle.write("tt9999999,,New,새 영화,2020,Someone,,5,7.1,reviews,0,1,1,1,1,1\n")
    assert "movies.csv.gz: 200 loaded" in load(**files)
    assert Movie.objects.filter(title_ko="새 영화").exists()


def test_load_catalog_wrong_file_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "movies.csv"
    path.write_text("imdb_id,title\n1,2\n", encoding="utf-8")
    with pytest.raises(CommandError, match="columns tmdb_id"):
        load(movies=path)
    assert not Movie.objects.exists()


def test_load_catalog_missing_file(files: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such file"):
        load(movies=files["movies"], tracks=tmp_path / "missing.csv")
