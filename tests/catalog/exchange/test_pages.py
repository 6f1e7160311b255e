"""The pages of export and import: who may do what, and what a curator sees."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.curation import steps, writes
from catalog.exchange import exporting
from catalog.models import Curation, ImportFile, Movie, Track
from tests.catalog.exchange.conftest import make_curator
from tests.factories import log_in

pytestmark = pytest.mark.django_db

MOVIES = reverse("admin:catalog_movie_changelist")
EXPORT = reverse("admin:catalog_movie_export")
UPLOAD = reverse("admin:catalog_movie_import")
TEXT = "external_id,title_ko,joy\ntt0000001,새 제목,2\ntt0000002,<b>굵게</b>,99\n"


def send(client: Client, content: bytes, url: str = UPLOAD) -> str:
    """Where an upload leads."""
    response = client.post(url, {"file": SimpleUploadedFile("films.csv", content)})
    assert response.status_code == 302, response.text
    return str(response.url)


@pytest.fixture
def page(lead_client: Client, films: list[Movie]) -> str:
    return send(lead_client, TEXT.encode())


def test_the_list_leads_to_export_and_import(lead_client: Client, films: list[Movie]) -> None:
    text = lead_client.get(MOVIES, {"q": "영화", "p": "1"}).text
    assert f'href="{EXPORT}?q=%EC%98%81%ED%99%94&amp;format=xlsx"' in text
    assert f'href="{UPLOAD}"' in text
    curator = log_in(make_curator("curator@example.com"))
    text = curator.get(MOVIES).text
    assert EXPORT in text
    assert UPLOAD not in text


def test_csv_has_what_the_list_shows(lead_client: Client, films: list[Movie]) -> None:
    writes.set_tag(films[1:2], "joy", 3.0)
    response = lead_client.get(EXPORT, {"source": "curated", "o": "1"})
    assert isinstance(response, StreamingHttpResponse)
    assert response["Content-Disposition"].startswith('attachment; filename="moduhyu-movies-')
    content = response.getvalue().decode()
    assert content.startswith("\ufeff식별자,제목,한국어 제목,감독,")
    [row] = csv.DictReader(io.StringIO(content.removeprefix("\ufeff")))
    assert (row["식별자"], row["기쁨"], row["기쁨 출처"], row["분노 출처"]) == ("tt0000002", "3.0", "큐레이터", "리뷰")


def test_csv_is_sent_in_parts_and_read_in_parts(
    lead_client: Client,
    films: list[Movie],
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 2)
    response = lead_client.get(EXPORT)
    with django_assert_max_num_queries(5):  # the films, and the tags of each two of them
        parts = list(response)
    assert [part.count(b"\r\n") for part in parts] == [2, 2, 2, 0]


def test_a_workbook_has_what_the_list_shows(lead_client: Client, tracks: list[Track]) -> None:
    Track.objects.filter(pk=tracks[0].pk).update(title="=1+1")
    response = lead_client.get(reverse("admin:catalog_track_export"), {"format": "xlsx", "strong": "happy"})
    sheet = load_workbook(io.BytesIO(response.getvalue())).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:2] == ("Spotify ID", "제목")
    assert rows[1][:2] == (tracks[0].spotify_id, "'=1+1")
    assert sheet["B2"].data_type == "s"
    assert len(rows) == 2


def test_a_workbook_of_too_many_rows_is_not_begun(
    lead_client: Client, films: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MAX_XLSX_ROWS", 4)
    response = lead_client.get(EXPORT, {"format": "xlsx", "q": "영화"}, follow=True)
    assert response.redirect_chain == [(f"{MOVIES}?q=%EC%98%81%ED%99%94", 302)]
    assert "CSV로 내보내 주세요" in response.text


def test_an_unknown_filter_exports_nothing(lead_client: Client, films: list[Movie]) -> None:
    response = lead_client.get(EXPORT, {"decade": "x"}, follow=True)
    assert "알 수 없는 조건" in response.text


def test_an_import_from_upload_to_end(lead_client: Client, films: list[Movie], page: str) -> None:
    text = lead_client.get(page).text
    assert "films.csv에서 2행을 읽었어요" in text
    assert "1행 가져오기" in text
    assert "0부터 10까지의 숫자" in text
    response = lead_client.post(page, {"action": "confirm"}, follow=True)
    step = Curation.objects.get()
    step_page = reverse("admin:catalog_curation_step", args=[step.pk])
    assert response.redirect_chain == [(step_page, 302)]
    assert "파일의 2행 가운데 바뀌는 1행" in response.text
    response = lead_client.post(reverse("admin:catalog_curation_advance", args=[step.pk]), follow=True)
    assert response.redirect_chain == [(step_page, 302)]
    assert "마침" in response.text
    assert f'<a href="{page}errors/">가져오지 못한 1행을 CSV로 받기</a>' in response.text
    assert lead_client.get(page).url == step_page
    assert Movie.objects.get(external_id="tt0000001").title_ko == "새 제목"
    assert Movie.objects.get(external_id="tt0000002").title_ko != "<b>굵게</b>"


def test_errors_are_taken_along_as_csv(lead_client: Client, page: str) -> None:
    response = lead_client.get(f"{page}errors/")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0] == ["행", "열", "이유"]
    assert rows[1][:2] == ["3", "기쁨"]


def test_a_long_import_goes_on_page_by_page(
    lead_client: Client, films: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "CHUNK", 2)
    monkeypatch.setattr("catalog.curation.steps.SECONDS_A_REQUEST", 0)
    page = send(lead_client, ("external_id,joy\n" + "".join(f"tt000000{n},2\n" for n in range(1, 6))).encode())
    response = lead_client.post(page, {"action": "confirm"}, follow=True)
    assert "5개 중 0개를 살펴봤어요" in response.text
    advance = reverse("admin:catalog_curation_advance", args=[Curation.objects.get().pk])
    counts = []
    while "data-advance" in response.text:
        response = lead_client.post(advance, follow=True)
        counts.append(Curation.objects.get().handled)
    assert counts == [2, 4, 5, 5]
    assert "파일의 5행 가운데 바뀌는 5행" in response.text
    assert Curation.objects.get().changed == 5


def test_a_worker_is_asked_to_go_on_with_an_import(
    lead_client: Client, films: list[Movie], page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr("catalog.exchange.admin_pages.queue_curation", asked.append)
    lead_client.post(page, {"action": "confirm"})
    assert asked == [Curation.objects.get().pk]


def test_only_the_owner_of_a_file_is_led_to_its_errors(lead_client: Client, films: list[Movie], page: str) -> None:
    lead_client.post(page, {"action": "confirm"})
    step_page = reverse("admin:catalog_curation_step", args=[Curation.objects.get().pk])
    assert f"{page}errors/" in lead_client.get(step_page).text
    other = log_in(make_curator("other@example.com", "import_catalogue"))
    assert f"{page}errors/" not in other.get(step_page).text


def test_an_import_may_be_left(lead_client: Client, films: list[Movie], page: str) -> None:
    response = lead_client.post(page, {"action": "cancel"}, follow=True)
    assert "아무것도 바뀌지 않았어요" in response.text
    assert lead_client.get(page).status_code == 404
    assert not Curation.objects.exists()


def test_a_film_can_not_be_named_so_that_the_preview_runs_it(lead_client: Client, films: list[Movie]) -> None:
    page = send(lead_client, b"external_id,title,<script>1</script>\ntt0000001,<script>alert(1)</script>,x\n")
    text = lead_client.get(page).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>1" not in text
    assert "<script>alert" not in text


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xff\xfe\xff", b"title\nx\n", b"external_id,title\n"])
def test_what_can_not_be_read_is_told_on_the_same_page(
    lead_client: Client, films: list[Movie], content: bytes
) -> None:
    response = lead_client.post(UPLOAD, {"file": SimpleUploadedFile("films.csv", content)})
    assert response.status_code == 400
    assert 'role="alert"' in response.text
    assert not ImportFile.objects.exists()


def test_a_name_of_a_file_is_no_danger(lead_client: Client, films: list[Movie]) -> None:
    name = "영화\u202e\x07<b>.csv"
    lead_client.post(UPLOAD, {"file": SimpleUploadedFile(name, TEXT.encode())})
    assert ImportFile.objects.get().name == "영화<b>.csv"


def test_a_file_that_lies_on_the_disk_is_read_as_well(lead_client: Client, films: list[Movie]) -> None:
    content = b"external_id,joy,note\n" + b"tt0000003,2,%s\n" % (b"x" * 200) * 15_000
    page = send(lead_client, content)
    assert "15,000" in lead_client.get(page).text


@pytest.mark.parametrize("rights", [(), ("view_curation",)])
def test_a_curator_without_the_right_imports_nothing(films: list[Movie], page: str, rights: tuple[str, ...]) -> None:
    curator = log_in(make_curator("curator@example.com", *rights))
    for url in (UPLOAD, page, f"{page}errors/"):
        assert curator.get(url).status_code == 403
        assert curator.post(url, {"action": "confirm"}).status_code == 403
    assert curator.get(EXPORT).status_code == 200
    assert not Curation.objects.exists()


def test_the_file_of_another_does_not_exist(films: list[Movie], page: str) -> None:
    other = log_in(make_curator("other@example.com", "import_catalogue"))
    as_track = page.replace("/movie/", "/track/")
    for url in (page, f"{page}errors/", as_track):
        assert other.get(url).status_code == 404
        for action in ("confirm", "cancel", "advance"):
            assert other.post(url, {"action": action}).status_code == 404
    assert ImportFile.objects.count() == 1
    assert not Curation.objects.exists()


def test_staff_without_rights_exports_nothing(films: list[Movie]) -> None:
    assert log_in(User.objects.create_user("s@example.com", "x", is_staff=True)).get(EXPORT).status_code == 403


def test_the_preview_takes_few_queries(
    lead_client: Client, films: list[Movie], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page = send(lead_client, ("external_id,joy\n" + "".join(f"tt000000{n},2\n" for n in range(1, 6))).encode())
    lead_client.get(page)
    with django_assert_max_num_queries(12):
        lead_client.get(page)
