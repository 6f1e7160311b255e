"""From an upload to a step and back: what is compared, kept, protected, written and undone."""

import io
import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog import services
from catalog.curation import steps, writes
from catalog.curation.filters import filter_items
from catalog.curation.states import read_states
from catalog.exchange import imports
from catalog.exchange.cells import EMPTY_WORD
from catalog.exchange.errors import UnreadableFileError
from catalog.exchange.exporting import stream_csv, write_xlsx
from catalog.exchange.preview import preview_import
from catalog.models import Action, Curation, ImportFile, ImportRow, Kind, Movie, Source, Track
from catalog.weights import track_weights
from diary.retention import forget_what_is_over
from ml.labels import FEELINGS, Mood
from tests.catalog.exchange.conftest import make_curator
from tests.catalog.exchange.files import csv_file, xlsx_file
from tests.factories import movie_row, track_row

pytestmark = pytest.mark.django_db

TITLES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
DECOMPOSED = unicodedata.normalize("NFD", "한국어 제목")
TRICKY = (
    "-1",
    "=^.^=",
    "@home",
    "+1",
    "'Round Midnight",
    "'=x",
    EMPTY_WORD,
    "1917",
    "1e5",
    "TRUE",
    "2020-01-02",
    'a;b,c"d',
)


def upload(owner: User, text: str, kind: Kind = Kind.MOVIE) -> ImportFile:
    return imports.read_import(owner=owner, kind=kind, name="films.csv", file=csv_file(text))


def upload_rows(owner: User, headings: Sequence[str], *rows: Sequence[Any]) -> ImportFile:
    return imports.read_import(owner=owner, kind=Kind.MOVIE, name="films.xlsx", file=xlsx_file([headings, *rows]))


def carry_out(file: ImportFile, *, overwrites_curated: bool = False) -> Curation:
    step = imports.confirm_import(
        file.pk, owner=file.owner, kind=Kind(file.kind), overwrites_curated=overwrites_curated
    )
    return steps.advance(step.pk, seconds=60)


def messages_of(file: ImportFile) -> list[tuple[int, str]]:
    return [(number, message) for number, _column, message in file.errors]


def test_a_file_changes_what_it_says_and_nothing_else(lead: User, films: list[Movie]) -> None:
    before = read_states(Kind.MOVIE, [film.pk for film in films])
    file = upload(lead, "external_id,title_ko,joy,숨김\ntt0000001,새 제목,3.25,예\ntt0000002,,,\n")
    assert (file.row_count, file.unchanged_count, file.failed_count, file.rows.count()) == (2, 1, 0, 1)
    assert read_states(Kind.MOVIE, [film.pk for film in films]) == before
    step = carry_out(file)
    assert (step.action, step.state, step.total, step.changed) == (Action.IMPORT, Curation.State.DONE, 1, 1)
    assert step.curator == lead
    assert step.parameters == {
        "file": "films.csv", "rows": 2, "unchanged": 1, "failed": 0, "overwrites_curated": False,
    }  # fmt: skip
    after = read_states(Kind.MOVIE, [film.pk for film in films])
    first = films[0].pk
    assert (after[first]["title_ko"], after[first]["is_hidden"]) == ("새 제목", True)
    assert after[first]["curated_facts"] == ["title_ko"]
    assert after[first]["tags"]["joy"] == [3.25, Source.CURATED]
    assert after[first]["tags"]["anger"] == before[first]["tags"]["anger"]
    assert {pk: after[pk] for pk in after if pk != first} == {pk: before[pk] for pk in before if pk != first}
    assert not ImportRow.objects.exists()


def test_an_import_outlives_what_comes_in_later(lead: User, films: list[Movie]) -> None:
    carry_out(upload(lead, "external_id,title_ko,joy\ntt0000001,새 제목,3.25\n"))
    services.upsert_movies([movie_row(1, lifts=dict.fromkeys(FEELINGS, 0.5))])
    movie = Movie.objects.get(external_id="tt0000001")
    assert (movie.title_ko, movie.tags.get(emotion="joy").score) == ("새 제목", 3.25)


def test_an_import_is_undone_as_a_whole(lead: User, films: list[Movie], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "CHUNK", 2)
    ids = [film.pk for film in films]
    writes.set_tag(films[:1], "sadness", 4.0)
    before = read_states(Kind.MOVIE, ids)
    text = "external_id,title,joy,sadness,is_pinned,has_suicide_theme\n"
    text += "".join(f"{film.external_id},T{film.pk},2.5,3,예,예\n" for film in films)
    step = carry_out(upload(lead, text), overwrites_curated=True)
    assert (step.state, step.changed) == (Curation.State.DONE, 5)
    steps.begin_undo(step.pk, by=lead)
    step = steps.advance(step.pk, seconds=60)
    assert (step.state, step.restored) == (Curation.State.UNDONE, 5)
    assert read_states(Kind.MOVIE, ids) == before


def test_moods_are_imported_too(lead: User, tracks: list[Track]) -> None:
    text = "spotify_id,아티스트 (한국어),잔잔한,release_date\n" + f"{tracks[0].spotify_id},가수,0.75,2019\n"
    step = carry_out(upload(lead, text, Kind.TRACK))
    state = read_states(Kind.TRACK, [tracks[0].pk])[tracks[0].pk]
    assert (step.changed, state["artist_ko"], state["release_date"]) == (1, "가수", "2019")
    assert state["tags"]["calm"] == [0.75, Source.CURATED]


def test_the_word_for_empty_empties(lead: User, films: list[Movie]) -> None:
    carry_out(upload(lead, f"external_id,title_ko,director\ntt0000001,{EMPTY_WORD},\n"))
    movie = Movie.objects.get(external_id="tt0000001")
    assert (movie.title_ko, movie.director) == ("", "Director 1")


@pytest.mark.parametrize("overwrites_curated", [False, True])
def test_curated_tags_stay_unless_they_are_meant(lead: User, films: list[Movie], overwrites_curated: bool) -> None:
    writes.set_tag(films[:1], "joy", 5.0)
    file = upload(lead, "external_id,joy,anger\ntt0000001,2,2\ntt0000002,2,2\n")
    preview = preview_import(file)
    assert (preview.changed_count, preview.protected_count) == (2, 1)
    assert [(c.number, c.column, c.before, c.after) for c in preview.protected] == [(2, "기쁨", "5", "2")]
    assert [(c.number, c.column) for c in preview.changes] == [(2, "분노"), (3, "기쁨"), (3, "분노")]
    # Somebody sets another one between preview and import.
    writes.set_tag(films[1:2], "anger", 6.0)
    carry_out(file, overwrites_curated=overwrites_curated)
    states = read_states(Kind.MOVIE, [films[0].pk, films[1].pk])
    kept = (2.0, 2.0) if overwrites_curated else (5.0, 6.0)
    assert (states[films[0].pk]["tags"]["joy"][0], states[films[1].pk]["tags"]["anger"][0]) == kept
    assert states[films[0].pk]["tags"]["anger"] == [2.0, Source.CURATED]


def test_a_row_of_nothing_but_curated_tags_does_not_count_as_changed(lead: User, films: list[Movie]) -> None:
    writes.set_tag(films[:1], "joy", 5.0)
    preview = preview_import(upload(lead, "external_id,joy,title_ko\ntt0000001,2,\ntt0000002,,새 제목\n"))
    assert (preview.row_count, preview.changed_count, preview.protected_count) == (2, 1, 1)


def test_the_preview_tells_what_changes(lead: User, films: list[Movie]) -> None:
    file = upload(lead, "external_id,title_ko,숨김,joy,비고\ntt0000003,새 제목,예,0\n")
    preview = preview_import(file)
    changes = [(c.number, c.item.pk, c.column, c.before, c.after, c.is_protected) for c in preview.changes]
    pk = films[2].pk
    assert changes == [
        (2, pk, "한국어 제목", "기쁨 영화 3", "새 제목", False),
        (2, pk, "숨김", "아니요", "예", False),
        (2, pk, "기쁨", "1.5", "0", False),
    ]
    assert file.columns == ["한국어 제목", "숨김", "기쁨"]
    assert file.ignored_columns == ["비고"]


@pytest.mark.parametrize(
    ("row", "column", "told"),
    [
        ("tt0000009,x,,,", "", "모르는 식별자예요: tt0000009"),
        ("tt\x000000009,x,,,", "", "모르는 식별자"),
        (",x,,,", "", "식별자가 비어"),
        ("tt0000001,a,b,c,d,e,f", "", "머리글보다 칸이 많아요"),
        (f"tt0000001,{EMPTY_WORD},,,", "제목", "비울 수 없는"),
        (f"tt0000001,{'x' * 301},,,", "제목", "300자까지"),
        ("tt0000001,\x00nul,,,", "제목", "제어 문자"),
        ("tt0000001,\u202eevil,,,", "제목", "제어 문자"),
        ("tt0000001,#REF!,,,", "제목", "수식"),
        ("tt0000001,,99999,,", "연도", "1874부터 2100까지"),
        ("tt0000001,,２００３,,", "연도", "1874부터 2100까지"),
        ("tt0000001,,,글쎄,", "숨김", "‘예’나 ‘아니요’"),
        ("tt0000001,,,,10.1", "기쁨", "0부터 10까지"),
        ("tt0000001,,,,-1", "기쁨", "0부터 10까지"),
        ("tt0000001,,,,nan", "기쁨", "0부터 10까지"),
        ("tt0000001,,,,1e400", "기쁨", "0부터 10까지"),
        ('tt0000001,,,,"1,5"', "기쁨", "0부터 10까지"),
    ],
)
def test_what_is_wrong_is_told_by_row_and_column(
    lead: User, films: list[Movie], row: str, column: str, told: str
) -> None:
    file = upload(lead, f"external_id,title,year,is_hidden,joy\ntt0000002,새 제목,2001,,\n{row}\n")
    [(number, wrong_column, message)] = file.errors
    assert (number, wrong_column) == (3, column)
    assert told in message
    assert [r.number for r in file.rows.all()] == [2]  # the good row can be imported


def test_every_error_of_a_row_is_told_and_nothing_of_it_imported(lead: User, films: list[Movie]) -> None:
    file = upload(lead, "external_id,title,year,joy\ntt0000001,새 제목,x,99\n")
    assert [(number, column) for number, column, _message in file.errors] == [(2, "연도"), (2, "기쁨")]
    assert (file.failed_count, file.rows.count()) == (1, 0)


def test_of_rows_with_the_same_id_the_first_one_counts(lead: User, films: list[Movie]) -> None:
    file = upload(lead, "external_id,title\ntt0000001,하나\ntt0000002,둘\ntt0000001,셋\n")
    assert messages_of(file) == [(4, "2행과 식별자가 같아요. 2행만 가져와요.")]
    carry_out(file)
    assert Movie.objects.get(external_id="tt0000001").title == "하나"


@pytest.mark.parametrize(
    ("headings", "told"),
    [
        ("title,joy", "‘식별자’ 열이 없어요"),
        ("spotify_id,title", "곡 목록에서"),
        ("external_id,비고", "바꿀 수 있는 열이 없어요"),
        ("external_id,title,제목", "‘제목’ 열이 두 번"),
        ("external_id,title,title", "두 번"),
        ("\x00,\x00\x00", "열이 없어요"),
    ],
)
def test_wrong_headings_are_told_by_name(lead: User, films: list[Movie], headings: str, told: str) -> None:
    with pytest.raises(UnreadableFileError, match=told):
        upload(lead, f"{headings}\ntt0000001,x,y\n")
    assert not ImportFile.objects.exists()


@pytest.mark.parametrize("heading", ["title_ko", "한국어 제목", "Korean title", " TITLE_KO ", DECOMPOSED])
def test_headings_are_known_in_every_language(lead: User, films: list[Movie], heading: str) -> None:
    assert upload(lead, f"external_id,{heading}\ntt0000001,새 제목\n").rows.get().facts == {"title_ko": "새 제목"}


def test_decomposed_korean_is_the_same_korean(lead: User, films: list[Movie]) -> None:
    decomposed = unicodedata.normalize("NFD", "기쁨 영화 1")
    assert decomposed != "기쁨 영화 1"
    file = upload(lead, f"external_id,title_ko\ntt0000001,{decomposed}\n")
    assert (file.unchanged_count, file.rows.count()) == (1, 0)


def test_a_confirmed_import_is_one_step_however_often_it_is_confirmed(lead: User, films: list[Movie]) -> None:
    file = upload(lead, "external_id,joy\ntt0000001,2\n")
    assert carry_out(file) == carry_out(file)
    assert Curation.objects.count() == 1


def test_nobody_confirms_or_cancels_the_file_of_another(lead: User, films: list[Movie]) -> None:
    other = make_curator("other@example.com", "import_catalogue")
    file = upload(lead, "external_id,joy\ntt0000001,2\n")
    with pytest.raises(ImportFile.DoesNotExist):
        imports.confirm_import(file.pk, owner=other, kind=Kind.MOVIE, overwrites_curated=False)
    with pytest.raises(ImportFile.DoesNotExist):
        imports.cancel_import(file.pk, owner=other, kind=Kind.MOVIE)
    with pytest.raises(ImportFile.DoesNotExist):
        imports.confirm_import(file.pk, owner=lead, kind=Kind.TRACK, overwrites_curated=False)
    assert not Curation.objects.exists()


def test_a_cancelled_file_is_gone_and_a_confirmed_one_is_not_cancelled(lead: User, films: list[Movie]) -> None:
    file = upload(lead, "external_id,joy\ntt0000001,2\n")
    imports.cancel_import(file.pk, owner=lead, kind=Kind.MOVIE)
    assert not ImportRow.objects.exists()
    file = upload(lead, "external_id,joy\ntt0000001,2\n")
    carry_out(file)
    imports.cancel_import(file.pk, owner=lead, kind=Kind.MOVIE)
    assert ImportFile.objects.get() == file


def test_files_are_forgotten_after_a_day_but_not_at_work(lead: User, films: list[Movie]) -> None:
    old, at_work, fresh = (upload(lead, "external_id,joy\ntt0000001,2\n") for _number in range(3))
    imports.confirm_import(at_work.pk, owner=lead, kind=Kind.MOVIE, overwrites_curated=False)
    long_ago = timezone.now() - timedelta(days=1, minutes=1)
    ImportFile.objects.filter(pk__in=[old.pk, at_work.pk]).update(created_at=long_ago)
    forget_what_is_over()
    assert set(ImportFile.objects.all()) == {at_work, fresh}


def test_a_chunk_takes_few_queries(
    lead: User, films: list[Movie], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    services.upsert_movies([movie_row(number) for number in range(100, 200)])
    rows = [[movie.external_id, f"제목 {movie.pk}", 2.25, "예"] for movie in Movie.objects.all()]
    file = upload_rows(lead, ["external_id", "title_ko", "joy", "is_pinned"], *rows)
    step = imports.confirm_import(file.pk, owner=lead, kind=Kind.MOVIE, overwrites_curated=False)
    with django_assert_max_num_queries(60):
        assert steps.advance(step.pk, seconds=0).handled == 105


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("make", [lambda *told: io.BytesIO(b"".join(stream_csv(*told))), write_xlsx])
def test_what_was_exported_changes_nothing(lead: User, kind: Kind, make: Any) -> None:
    if kind == Kind.MOVIE:
        services.upsert_movies(
            [
                movie_row(n, title=text, title_ko=text, director=text, lifts=dict.fromkeys(FEELINGS, 1 / 3))
                for n, text in enumerate(TRICKY, 1)
            ]
        )
    else:
        rows = [track_row(n, title=text, artist=text, album=text) for n, text in enumerate(TRICKY, 1)]
        services.upsert_tracks(rows, track_weights(rows))
    file = make(kind, filter_items(kind, {}))
    kept = imports.read_import(owner=lead, kind=kind, name="x", file=file)
    assert kept.errors == []
    assert kept.unchanged_count == len(TRICKY)


@pytest.mark.sqlite_only  # the database has no part in it, and it takes its time
class TestRoundTrip(TestCase):
    """Any title at all, by CSV and by XLSX."""

    @settings(max_examples=25, deadline=None)
    @given(st.lists(TITLES, min_size=1))
    def test_any_title_comes_back(self, titles: list[str]) -> None:
        rows = [movie_row(n, title=title, director=title[::-1]) for n, title in enumerate(titles, 1)]
        services.upsert_movies(rows)
        lead = make_curator("trip@example.com")
        items = filter_items(Kind.MOVIE, {})
        for file in (io.BytesIO(b"".join(stream_csv(Kind.MOVIE, items))), write_xlsx(Kind.MOVIE, items)):
            kept = imports.read_import(owner=lead, kind=Kind.MOVIE, name="x", file=file)
            assert (kept.errors, kept.unchanged_count) == ([], len(titles))


def test_tracks_keep_their_moods_on_a_round_trip(lead: User, tracks: list[Track]) -> None:
    content = b"".join(stream_csv(Kind.TRACK, filter_items(Kind.TRACK, {"strong": Mood.CALM.value})))
    assert content.decode("utf-8-sig").count("\r\n") == 3
    kept = imports.read_import(owner=lead, kind=Kind.TRACK, name="x", file=io.BytesIO(content))
    assert kept.unchanged_count == kept.row_count == 2
