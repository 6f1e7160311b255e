"""The pages of an import: upload, preview, choice, result, and the reading afterwards."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from diary.models import Entry, Recommendation
from diary.portability import reading
from diary.portability.limits import MAX_UPLOAD_BYTES
from tests.diary.portability.files import DAYLIO_HEADER, own_entry, own_json
from tests.factories import HAPPY, SAD, make_entry

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ["/import/", "/import/preview/", "/import/done/"]
BAD = own_entry(written_on="2999-01-01")


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path / "imports"


def upload(client: Client, content: bytes, name: str = "diary.json") -> HttpResponse:
    return client.post("/import/", {"file": SimpleUploadedFile(name, content)})


def test_upload_shows_a_preview_and_saves_nothing(owner_client: Client, owner: User, folder: Path) -> None:
    make_entry(owner, "있던 글", written_on="2026-10-01")
    response = upload(owner_client, own_json(own_entry("있던 글"), own_entry("<b>새 글</b>"), BAD))
    assert (response.status_code, response.url) == (302, "/import/preview/")
    page = owner_client.get("/import/preview/")
    preview = page.context["preview"]
    assert (preview.new, preview.doubles, preview.bad) == (1, 1, 1)
    assert "&lt;b&gt;새 글&lt;/b&gt;" in page.text
    assert "3번째 일기" in page.text
    assert Entry.objects.count() == 1
    assert len(list(folder.iterdir())) == 1


def test_confirm_imports_reads_and_forgets_the_file(
    owner_client: Client, owner: User, folder: Path, catalogue: None
) -> None:
    upload(owner_client, own_json(own_entry(SAD), own_entry(HAPPY), BAD))
    response = owner_client.post("/import/preview/", {"on_error": "skip"})
    assert (response.status_code, response.url) == (302, "/import/done/")
    page = owner_client.get("/import/done/")
    assert "일기 2편을 가져왔어요" in page.text
    assert "모두 읽었어요" in page.text
    assert "3번째 일기" in page.text
    assert set(Entry.objects.values_list("status", flat=True)) == {Entry.Status.ANALYZED}
    assert not list(folder.iterdir())
    assert owner_client.get("/import/preview/").url == "/import/"


def test_confirm_all_or_nothing_takes_nothing(owner_client: Client, folder: Path) -> None:
    upload(owner_client, own_json(own_entry(), BAD))
    page = owner_client.post("/import/preview/", {"on_error": "refuse"}, follow=True)
    assert "아무것도 가져오지 않았어요" in page.text
    assert Entry.objects.count() == 0
    assert not list(folder.iterdir())


def test_confirm_twice_imports_once(owner_client: Client) -> None:
    upload(owner_client, own_json(own_entry()))
    owner_client.post("/import/preview/")
    assert owner_client.post("/import/preview/").url == "/import/"
    assert Entry.objects.count() == 1


def test_cancel_forgets_the_file(owner_client: Client, folder: Path) -> None:
    upload(owner_client, own_json(own_entry()))
    assert owner_client.post("/import/cancel/").url == "/import/"
    assert not list(folder.iterdir())
    assert Entry.objects.count() == 0


def test_next_upload_forgets_the_one_before(owner_client: Client, folder: Path) -> None:
    upload(owner_client, own_json(own_entry("하나")))
    upload(owner_client, own_json(own_entry("둘")))
    assert len(list(folder.iterdir())) == 1
    assert "둘" in owner_client.get("/import/preview/").text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "빈 파일"),
        (b"<html>", "일기 파일이 아니에요"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "일기 파일이 아니에요"),
        (b"PK\x05\x06", "손상됐어요"),
    ],
)
def test_unreadable_file_says_why_and_leaves_nothing(
    owner_client: Client, folder: Path, content: bytes, words: str
) -> None:
    response = upload(owner_client, content)
    assert response.status_code == 422
    assert words in response.text
    assert not folder.exists() or not list(folder.iterdir())


def test_file_that_breaks_off_later_says_so_at_the_preview(owner_client: Client, folder: Path) -> None:
    upload(owner_client, own_json(own_entry())[:-5] + b"!")
    response = owner_client.get("/import/preview/")
    assert response.status_code == 422
    assert "JSON" in response.text
    assert not list(folder.iterdir())


def test_upload_without_a_file(owner_client: Client) -> None:
    assert "파일을 골라" in owner_client.post("/import/").text
    assert owner_client.post("/import/", {"file": "a text"}).status_code == 422


def test_upload_over_the_limit_is_refused_before_it_is_read(owner_client: Client) -> None:
    response = owner_client.post(
        "/import/", b"--x\r\n", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=MAX_UPLOAD_BYTES * 2
    )
    assert response.status_code == 413
    assert "50MB" in response.text


@pytest.mark.parametrize("path", [*PAGES, "/import/cancel/", "/import/read/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_is_led_to_the_login(client: Client, path: str, method: str, db: None) -> None:
    response = getattr(client, method)(path)
    assert response.status_code == 302
    assert "login" in response.url


def test_outsider_sees_nothing_of_an_upload(owner_client: Client, outsider_client: Client) -> None:
    upload(owner_client, own_json(own_entry()))
    assert outsider_client.get("/import/preview/").url == "/import/"
    assert outsider_client.post("/import/preview/").url == "/import/"
    assert outsider_client.get("/import/done/").url == "/import/"


def test_a_stolen_name_and_key_open_nothing(owner_client: Client, outsider_client: Client) -> None:
    upload(owner_client, own_json(own_entry("아무도 모르는 글")))
    session = outsider_client.session
    session["import_upload"] = owner_client.session["import_upload"]
    session.save()
    response = outsider_client.get("/import/preview/")
    assert response.status_code == 422
    assert "아무도 모르는 글" not in response.text
    assert owner_client.get("/import/preview/").status_code == 200


def test_many_entries_are_read_some_at_a_time(
    owner_client: Client, owner: User, catalogue: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "READ_WITH_THE_IMPORT", 2)
    rows = "".join(f"2026-09-{day:02d},,,,좋음,,,{HAPPY} {day}\n" for day in range(1, 21))
    upload(owner_client, (DAYLIO_HEADER + rows).encode(), "daylio.csv")
    owner_client.post("/import/preview/")
    assert reading.count_unread(owner) == 18
    page = owner_client.get("/import/done/")
    assert "18편 남았어요" in page.text
    monkeypatch.setattr(reading.read_some, "__defaults__", (10,))
    response = owner_client.post("/import/read/", {"total": "18"}, headers={"hx-request": "true"})
    assert "8편 남았어요" in response.text
    assert 'max="18" value="10"' in response.text
    assert Entry.objects.get(written_on="2026-09-20").status == Entry.Status.ANALYZED
    assert Entry.objects.get(written_on="2026-09-01").status == Entry.Status.PENDING
    assert owner_client.post("/import/read/").url == "/import/done/"
    assert "모두 읽었어요" in owner_client.get("/import/done/").text


def test_reading_touches_nobody_elses_entries(owner_client: Client, outsider: User) -> None:
    make_entry(outsider)
    owner_client.post("/import/read/")
    assert Entry.objects.get().status == Entry.Status.PENDING


@pytest.mark.parametrize("total", ["x", "-1", "1" * 30, "²"])
def test_reading_with_a_total_that_is_none(owner_client: Client, owner: User, total: str) -> None:
    assert owner_client.post("/import/read/", {"total": total}, headers={"hx-request": "true"}).status_code == 200


def test_reading_without_a_model_says_so(
    owner_client: Client, owner: User, settings: Settings, tmp_path: Path
) -> None:
    settings.EMOTION_MODEL_DIR = tmp_path / "missing"
    make_entry(owner)
    response = owner_client.post("/import/read/", headers={"hx-request": "true"})
    assert "지금은 마음을 읽지 못하고 있어요" in response.text
    assert "load" not in response.text


def test_an_entry_that_waits_to_be_asked_offers_to_choose(owner_client: Client, catalogue: None) -> None:
    upload(owner_client, own_json(own_entry(SAD, written_on="2020-01-01")))
    owner_client.post("/import/preview/")
    entry = Entry.objects.get()
    assert "골라 주세요" in owner_client.get(f"/entries/{entry.pk}/").text
    owner_client.post(f"/entries/{entry.pk}/recommendations/others/", {"strategy": "match", "newest_id": "0"})
    assert Recommendation.objects.filter(entry=entry).count() == 6


@pytest.mark.parametrize("path", ["/settings/", "/export/", "/import/", "/settings/delete/"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_pages_open_in_both_languages(owner_client: Client, path: str, language: str) -> None:
    assert owner_client.get(path, headers={"accept-language": language}).status_code == 200


def test_page_of_an_earlier_file_does_not_bring_a_later_one(owner_client: Client) -> None:
    """Two tabs: what was looked at is what comes in."""
    upload(owner_client, own_json(own_entry(SAD)))
    first = owner_client.get("/import/preview/").context["upload"]
    upload(owner_client, own_json(own_entry(HAPPY)))
    page = owner_client.post("/import/preview/", {"upload": first}, follow=True)
    assert "그사이 다른 파일을 올렸어요." in page.text
    assert not Entry.objects.exists()
    owner_client.post("/import/preview/", {"upload": page.context["upload"]})
    assert Entry.objects.get().text == HAPPY
