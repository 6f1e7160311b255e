"""`manage.py import_tracks`, from the command line to the catalogue."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from catalog.importers.providers.spotify_sign_in import TokenFile
from catalog.models import Track, TrackTag
from tests.catalog.providers.answers import reccobeats, spotify_id
from tests.catalog.providers.server import Asked, Reply, serve
from tests.catalog.providers.test_csv_file import csv_row, write_csv
from tests.catalog.providers.test_spotify import PLAYLIST, REFRESH, TOKEN, new, pages, token

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hasty(settings: Settings, tmp_path: Path) -> Settings:
    settings.PROVIDER_BACKOFF = 0.001
    settings.PROVIDER_TIMEOUT = 2
    settings.PROVIDER_CACHE_DIR = tmp_path / "cache"
    settings.SPOTIFY_TOKEN_FILE = tmp_path / "token.json"
    settings.SPOTIPY_CLIENT_ID = "client"
    settings.SPOTIPY_REDIRECT_URI = "http://127.0.0.1:8080/"
    return settings


def run(*arguments: object) -> str:
    output = StringIO()
    call_command("import_tracks", *map(str, arguments), stdout=output, stderr=StringIO())
    return output.getvalue()


def test_csv_is_imported_and_again_changes_nothing(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "t.csv", csv_row(1), csv_row(2))
    assert run("--file", file).startswith("2 added, 0 changed, 0 unchanged, 0 skipped")
    assert TrackTag.objects.count() == 8
    assert run("--file", file).startswith("0 added, 0 changed, 2 unchanged, 0 skipped")
    write_csv(file, csv_row(1, title="새 제목"), csv_row(3))
    assert run("--file", file).startswith("1 added, 1 changed, 0 unchanged, 0 skipped")


def test_csv_dry_run_writes_nothing(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "t.csv", csv_row(1))
    assert run("--file", file, "--dry-run").startswith("1 would be added, 0 would be changed, 0 unchanged")
    assert not Track.objects.exists()


def test_csv_bad_rows_are_all_told_and_nothing_is_imported(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "t.csv", csv_row(1), *(csv_row(number, energy="9") for number in range(2, 27)))
    with pytest.raises(CommandError) as raised:
        run("--file", file)
    *lines, more, summary = str(raised.value).splitlines()
    assert lines == [f"t.csv, line {line}, column energy: 9.0 is outside 0…1" for line in range(3, 23)]
    assert (more, summary[:37]) == ("… and 5 more", "25 bad rows; nothing was imported. Co")
    assert not Track.objects.exists()


def test_csv_good_rows_beside_bad_ones_on_demand(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "t.csv", csv_row(1), csv_row(1), csv_row(2, title=""), csv_row(3))
    output = run("--file", file, "--skip-bad-rows")
    assert output.startswith("2 added, 0 changed, 0 unchanged, 2 skipped\nt.csv, line 3, column spotify_id: ")
    assert "t.csv, line 4, column title: is empty" in output


def test_csv_without_a_column(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("spotify_id,title\n")
    with pytest.raises(CommandError, match="the columns artist, album"):
        run("--file", tmp_path / "t.csv", "--skip-bad-rows")


def test_reccobeats_by_ids_and_by_file(hasty: Settings, tmp_path: Path) -> None:
    ids = tmp_path / "ids.txt"
    ids.write_text(f"# mine\n{spotify_id(2)}\n\nhttps://open.spotify.com/track/{spotify_id(3)}?si=x # good\n")
    with serve(reccobeats({1, 2})) as server:
        hasty.RECCOBEATS_URL = server.url
        output = run("--provider", "reccobeats", "--ids", f"spotify:track:{spotify_id(1)}", "--ids-file", ids)
    assert output.startswith("2 added, 0 changed, 0 unchanged, 1 skipped\n")
    assert f"{spotify_id(3)}: ReccoBeats does not know this track" in output
    assert set(Track.objects.values_list("spotify_id", flat=True)) == {spotify_id(1), spotify_id(2)}


def test_reccobeats_that_fails_in_the_middle_keeps_the_first_and_asks_only_for_the_rest(
    hasty: Settings, tmp_path: Path
) -> None:
    numbers = range(60)
    ids = [spotify_id(number) for number in numbers]
    seen: list[Asked] = []

    def answer(request: Asked) -> Reply:
        seen.append(request)
        return reccobeats(set(numbers))(request) if len(seen) <= 2 else Reply(429, {}, {"Retry-After": "7200"})

    with serve(answer) as server:
        hasty.RECCOBEATS_URL = server.url
        with pytest.raises(CommandError, match=r"try again in 120 minutes\. 20 of 60 are missing"):
            run("--provider", "reccobeats", "--ids", *ids)
    assert Track.objects.count() == 40
    with serve(reccobeats(set(numbers))) as server:
        hasty.RECCOBEATS_URL = server.url
        assert run("--provider", "reccobeats", "--ids", *ids).startswith("20 added, 0 changed, 40 unchanged")
        assert len(server.asked) == 2


def test_reccobeats_with_a_cache_elsewhere(hasty: Settings, tmp_path: Path) -> None:
    with serve(reccobeats({1})) as server:
        hasty.RECCOBEATS_URL = server.url
        run("--provider", "reccobeats", "--ids", spotify_id(1), "--cache", tmp_path / "here")
    assert (tmp_path / "here" / "reccobeats.sqlite3").exists()
    assert not hasty.PROVIDER_CACHE_DIR.exists()


def spotify(numbers: list[int]) -> Callable[[Asked], Reply]:
    """Spotify with one playlist and ReccoBeats, at one address."""
    playlist = pages([*(new(number) for number in numbers), {"is_local": True, "item": {}}])

    def answer(request: Asked) -> Reply:
        if "playlists" in request.path:
            return playlist(request)
        return Reply(403, {"error": {}}) if request.path.endswith("features/") else reccobeats(set(numbers))(request)

    return answer


def test_spotify_playlist_takes_its_features_from_reccobeats(hasty: Settings) -> None:
    sign_in(hasty)
    with serve(spotify([1, 2])) as server:
        hasty.SPOTIFY_API_URL = hasty.SPOTIFY_ACCOUNTS_URL = hasty.RECCOBEATS_URL = server.url
        output = run("--provider", "spotify", "--playlist", f"https://open.spotify.com/playlist/{PLAYLIST}?si=1")
    assert output.startswith("2 added, 0 changed, 0 unchanged, 1 skipped\nentry 3: is a local file")
    track = Track.objects.get(spotify_id=spotify_id(1))
    assert (track.album, track.release_date, track.tempo) == ("앨범", "2024-03-01", 72.5)


def test_spotify_features_of_spotify_are_closed(
    hasty: Settings, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(hasty)
    arguments = ("--provider", "spotify", "--playlist", f"spotify:playlist:{PLAYLIST}", "--audio-features", "spotify")
    with serve(spotify([1])) as server:
        hasty.SPOTIFY_API_URL = hasty.SPOTIFY_ACCOUNTS_URL = server.url
        with pytest.raises(
            CommandError, match=r"unavailable since November 2024.*--audio-features reccobeats"
        ) as raised:
            run(*arguments)
    told = str(raised.value) + caplog.text + "".join(capfd.readouterr())
    assert TOKEN not in told
    assert REFRESH not in told


def sign_in(settings: Settings) -> None:
    TokenFile(settings.SPOTIFY_TOKEN_FILE).save_token_to_cache(token())


def test_spotify_without_an_application(hasty: Settings) -> None:
    hasty.SPOTIPY_CLIENT_ID = ""
    with pytest.raises(CommandError, match="SPOTIPY_CLIENT_ID"):
        run("--provider", "spotify", "--playlist", PLAYLIST)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--provider csv is asked by --file, and by nothing else"),
        (["--ids", "x"], "--provider csv is asked by --file"),
        (["--provider", "reccobeats", "--playlist", "x"], "asked by --ids or --ids-file"),
        (["--provider", "reccobeats", "--ids", "short"], "(?s)No track's id.*--ids short"),
        (["--provider", "reccobeats", "--ids-file", "/nowhere"], "/nowhere: can't be read"),
        (["--provider", "spotify", "--playlist", "spotify:album:x"], "is no playlist"),
        (["--provider", "radio"], "invalid choice"),
    ],
)
def test_arguments_that_do_not_go_together(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run(*arguments)


def test_ids_file_without_an_id(tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text("# nothing\n")
    with pytest.raises(CommandError, match="There are no track ids"):
        run("--provider", "reccobeats", "--ids-file", tmp_path / "ids.txt")


def test_stopped_by_hand_says_that_nothing_is_lost(hasty: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("catalog.management.commands.import_tracks.import_tracks", stop)
    with pytest.raises(CommandError, match="run it again to go on") as raised:
        run("--provider", "reccobeats", "--ids", spotify_id(1))
    assert raised.value.returncode == 130
