"""The operators' desk for the emotion model."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from accounts.roles import Role
from diary import model_version
from diary.model_version import Activation
from ml.artifacts import EMOTION_MODEL
from ml.manifest import MANIFEST, write_manifest
from ml.store.publish import publish
from moduhyu.roles import give_role
from tests.diary.model_folders import NEW, SHIPPED_VERSION, damage_weights, make_version, replace_weights
from tests.factories import log_in, make_user
from tests.ml.store.conftest import _credentials, s3, s3_server

__all__ = ["_credentials", "s3", "s3_server"]

pytestmark = pytest.mark.django_db

DESK = "/admin/models/"
SHIPPED_FIGURES = json.loads((EMOTION_MODEL / "metrics.json").read_text())["test"]
SHIPPED_ACCURACY = f"{SHIPPED_FIGURES['all']['accuracy']:.1%}"


def page_of(name: str, version: str) -> str:
    return reverse(f"admin:model-{name}", args=[version])


@pytest.fixture(params=["folder", "s3"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path, settings: Settings) -> str:
    """An empty store of each kind in turn, which the settings name."""
    if request.param == "s3":
        settings.MODEL_STORE = request.getfixturevalue("s3")
    else:
        (tmp_path / "store").mkdir()
        settings.MODEL_STORE = str(tmp_path / "store")
    return str(settings.MODEL_STORE)


@pytest.fixture
def operator(db: None) -> User:
    user = make_user("operator@example.com")
    give_role(user, Role.OPERATOR)
    return user


@pytest.fixture
def desk(operator: User, cache: Path) -> Client:
    """An operator's browser; the cache of models is empty."""
    return log_in(operator)


def told_events(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str, int | None]]:
    """Event, outcome and doer of what the security log was told about models."""
    records = [record for record in caplog.records if record.name == "moduhyu.security"]
    return [(r.msg, r.outcome, r.by) for r in records if r.msg.startswith("model_")]  # type: ignore[attr-defined]


def test_fetch_activate_and_roll_back(
    desk: Client, operator: User, any_store: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    publish(make_version(tmp_path / "trained", NEW), any_store, name="emotion", show_progress=False)
    caplog.set_level("INFO", "moduhyu.security")
    assert page_of("fetch", NEW) in desk.get(DESK).text
    asked = desk.get(page_of("fetch", NEW))
    assert "이 버전을 받을까요?" in asked.text
    assert SHIPPED_ACCURACY in asked.text  # the figures of both
    assert not (tmp_path / "models" / "emotion" / NEW).exists()

    assert desk.post(page_of("fetch", NEW)).url == DESK
    assert (tmp_path / "models" / "emotion" / NEW / "model.onnx").exists()
    assert model_version.read_activation() == Activation("shipped")
    assert "이제 이 버전을 사용할 수 있어요" in desk.get(DESK).text

    assert "제대로 답하지 못하면 아무것도 바뀌지 않아요" in desk.get(page_of("activate", NEW)).text
    assert model_version.read_activation() == Activation("shipped")
    assert desk.post(page_of("activate", NEW)).url == DESK
    assert model_version.read_activation() == Activation(NEW, previous="shipped")

    assert SHIPPED_VERSION in desk.get(reverse("admin:model-rollback")).text
    assert desk.post(reverse("admin:model-rollback"), {"version": SHIPPED_VERSION}).url == DESK
    assert model_version.read_activation() == Activation("shipped", previous=NEW)

    events = ["model_fetched", "model_activated", "model_rolled_back"]
    assert told_events(caplog) == [(event, "success", operator.pk) for event in events]
    assert list(LogEntry.objects.order_by("pk").values_list("user", "object_id", "object_repr")) == [
        (operator.pk, NEW, f"{NEW} 버전을 받았어요."),
        (operator.pk, NEW, f"{NEW} 버전이 일기를 읽게 했어요."),
        (operator.pk, "shipped", "shipped 버전으로 되돌렸어요."),
    ]
    assert f"{NEW} 버전을 받았어요." in desk.get("/admin/").text


def test_every_version_with_its_figures_and_its_state(
    desk: Client, any_store: str, fetched: Path, tmp_path: Path
) -> None:
    publish(EMOTION_MODEL, any_store, name="emotion", show_progress=False)
    worse = make_version(tmp_path / "worse", "linear-worse")
    change_figures(worse, accuracy=0.4321, macro_f1=0.3456, expected_calibration_error=0.1234)
    publish(worse, any_store, name="emotion", show_progress=False)
    model_version.activate(NEW)
    versions = {version.version: version for version in desk.get(DESK).context["desk"].versions}
    assert {name: (list(version.places), list(version.uses)) for name, version in versions.items()} == {
        SHIPPED_VERSION: (["shipped", "store"], ["previous"]),
        NEW: (["cached"], ["active"]),
        "linear-worse": (["store"], []),
    }
    assert [figures.source for figures in versions["linear-worse"].figures] == list(SHIPPED_FIGURES)
    text = desk.get(DESK).text
    shipped = [f"{SHIPPED_FIGURES['all'][name]:.3f}" for name in ("macro_f1", "expected_calibration_error")]
    for figure in ("43.2%", "0.346", "0.123", SHIPPED_ACCURACY, *shipped):
        assert figure in text
    assert text.count("사용 중") == 1
    assert text.count("바로 전에 사용") == 1
    assert any_store in text


def test_page_of_a_version_shows_every_test_set_and_the_card(
    desk: Client, any_store: str, tmp_path: Path, cache: Path
) -> None:
    folder = make_version(tmp_path / "trained", NEW)
    (folder / "MODEL_CARD.md").write_text(
        "# Card\n\n<script>alert(1)</script>\n\n| a | b |\n|---|---|\n| 1 | <i>2 |\n"
    )
    rewrite_manifest(folder)
    publish(folder, any_store, name="emotion", show_progress=False)
    for version in (NEW, SHIPPED_VERSION):
        text = desk.get(page_of("version", version)).text
        for figures in SHIPPED_FIGURES.values():
            assert f"{figures['accuracy']:.1%}" in text
            assert f"{figures['expected_calibration_error']:.3f}" in text
    card = desk.get(page_of("version", NEW)).text
    assert "<h3>Card</h3>" in card
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in card
    assert "<script>alert" not in card
    assert "<td>&lt;i&gt;2</td>" in card


@pytest.mark.parametrize(("damage", "reason"), [(damage_weights, "SHA-256"), (replace_weights, "tried and failed")])
def test_broken_version_is_refused_with_the_reason(
    desk: Client,
    operator: User,
    fetched: Path,
    damage: Callable[[Path], None],
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    damage(fetched)
    response = desk.post(page_of("activate", NEW))
    assert response.status_code == 409
    assert "바꾸지 못했어요. 지금 쓰는 모델은 그대로예요." in response.text
    assert "모델이 제대로 답하지 못했어요" in response.text
    assert reason in response.text
    assert model_version.read_activation() == Activation("shipped")
    assert not LogEntry.objects.exists()
    assert told_events(caplog) == [("model_activated", "failure", operator.pk)]


def test_damaged_file_in_the_store_is_not_taken(desk: Client, any_store: str, tmp_path: Path, cache: Path) -> None:
    publish(make_version(tmp_path / "trained", NEW), any_store, name="emotion", show_progress=False)
    write_stored(any_store, f"emotion/{NEW}/model.onnx", b"rotten")
    response = desk.post(page_of("fetch", NEW))
    assert response.status_code == 409
    assert "파일이 처음 올린 것과 달라요" in response.text
    assert not (cache / "emotion" / NEW).exists()


def test_pinned_by_the_environment_nothing_is_offered_or_taken(
    desk: Client, fetched: Path, settings: Settings
) -> None:
    model_version.activate(NEW)
    settings.EMOTION_MODEL_VERSION = "shipped"
    text = desk.get(DESK).text
    assert "EMOTION_MODEL_VERSION" in text
    assert "고정해서 사용 중" in text
    assert page_of("activate", NEW) not in text
    assert reverse("admin:model-rollback") not in text
    for page in (page_of("activate", NEW), reverse("admin:model-rollback")):
        answer = desk.post(page, follow=True)
        assert "EMOTION_MODEL_VERSION 환경 변수로 모델을 정해 두어서" in answer.text
    assert model_version.read_activation() == Activation(NEW, previous="shipped")


def test_without_a_store_what_is_here_can_be_used(desk: Client, fetched: Path, settings: Settings) -> None:
    settings.MODEL_STORE = ""
    text = desk.get(DESK).text
    assert "MODEL_STORE에 폴더나 s3:// 주소를 적으면" in text
    assert page_of("activate", NEW) in text
    assert "받을 수 있는 버전이 아니에요" in desk.post(page_of("fetch", NEW), follow=True).text


def test_store_in_trouble_hides_nothing_that_is_here(desk: Client, fetched: Path, settings: Settings) -> None:
    settings.MODEL_STORE = "/not-mounted"
    text = desk.get(DESK).text
    assert "모델 저장소에 닿지 못했어요" in text
    assert "/not-mounted is no folder" in text
    assert page_of("activate", NEW) in text


def test_damaged_record_is_told_instead_of_an_error(desk: Client, cache: Path) -> None:
    cache.mkdir()
    (cache / model_version.RECORD).write_text("[]")
    response = desk.get(DESK)
    assert response.status_code == 200
    assert "is damaged" in response.text


def test_active_version_that_vanished_is_named(desk: Client, fetched: Path) -> None:
    model_version.activate(NEW)
    shutil.rmtree(fetched)
    text = desk.get(DESK).text
    assert "이 서버에 없음" in text
    assert desk.get(page_of("version", NEW)).status_code == 200


def test_folder_that_is_no_model_is_shown_as_such(desk: Client, fetched: Path) -> None:
    (fetched / MANIFEST).write_text("[]")
    assert "읽을 수 없음" in desk.get(DESK).text
    assert "not a manifest" in desk.get(page_of("version", NEW)).text


def test_figures_that_are_misspelt_hide_nothing_else(desk: Client, fetched: Path) -> None:
    (fetched / "metrics.json").write_text('{"test": {"all": {"accuracy": "high"}}}')
    rewrite_manifest(fetched)
    text = desk.get(DESK).text
    assert page_of("activate", NEW) in text
    assert "읽을 수 없음" in text


@pytest.mark.parametrize("name", ["version", "fetch", "activate"])
@pytest.mark.parametrize("version", ["no-such-version", "..", "shipped"])
def test_unknown_versions_do_not_exist(desk: Client, name: str, version: str) -> None:
    assert desk.get(page_of(name, version)).status_code == 404
    assert desk.post(page_of(name, version)).status_code in {404, 405}


def test_what_is_in_use_is_not_chosen_again(desk: Client) -> None:
    answer = desk.post(page_of("activate", SHIPPED_VERSION), follow=True)
    assert "이미 쓰고 있는 버전이에요." in answer.text
    answer = desk.post(reverse("admin:model-rollback"), follow=True)
    assert "돌아갈 곳이 없어요" in answer.text


def test_a_second_press_of_going_back_does_not_go_forth_again(desk: Client, fetched: Path) -> None:
    """From another tab, or by two clicks without the script: both pages asked about the same version."""
    desk.post(page_of("activate", NEW))
    shown = desk.get(reverse("admin:model-rollback"))
    sent = {"version": shown.context["target"].version}
    assert f'name="version" value="{sent["version"]}"' in shown.text
    for told in ("이제 새 일기는", "그사이 버전이 바뀌어서 되돌리지 않았어요"):
        assert told in desk.post(reverse("admin:model-rollback"), sent, follow=True).text
        assert model_version.read_activation() == Activation("shipped", previous=NEW)


def test_steps_need_a_token_of_our_form(operator: User, fetched: Path) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(operator)
    assert browser.post(page_of("activate", NEW)).status_code == 403
    assert model_version.read_activation() == Activation("shipped")


@pytest.mark.parametrize("fields", [{}, {"is_staff": True}])
def test_desk_is_for_operators_alone(cache: Path, fetched: Path, fields: dict[str, bool]) -> None:
    browser = Client()
    browser.force_login(make_user("other@example.com", **fields))
    for page in (DESK, page_of("version", NEW), page_of("activate", NEW), reverse("admin:model-rollback")):
        for method in (browser.get, browser.post):
            assert method(page).status_code == (403 if fields else 302)
    assert DESK not in browser.get("/admin/").text


def test_front_page_leads_to_the_desk(desk: Client) -> None:
    assert f'href="{DESK}"' in desk.get("/admin/").text
    assert f'href="{DESK}"' in desk.get("/admin/diary/entry/").text  # by the navigation at the side


def test_desk_speaks_english(desk: Client, fetched: Path) -> None:
    english = {"accept-language": "en"}
    text = desk.get(DESK, headers=english).text
    assert "Emotion model" in text
    assert "calibration error" in text.lower()
    assert "Change to this version" in desk.get(page_of("activate", NEW), headers=english).text
    assert "Use this version" in desk.get(page_of("version", NEW), headers=english).text


def test_query_count_does_not_grow_with_versions(
    desk: Client, cache: Path, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        make_version(cache / "emotion" / f"linear-{number}", f"linear-{number}")
    desk.get(DESK)  # notes that the session is in use, and counts
    with django_assert_max_num_queries(5):
        desk.get(DESK)


def change_figures(folder: Path, **figures: float) -> None:
    """Other figures over all test texts."""
    metrics = json.loads((folder / "metrics.json").read_text())
    metrics["test"]["all"] |= figures
    (folder / "metrics.json").write_text(json.dumps(metrics))
    rewrite_manifest(folder)


def rewrite_manifest(folder: Path) -> None:
    """The manifest of what lies in the folder now."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    write_manifest(folder, files=list(manifest["files"]), facts=manifest)


def write_stored(store: str, key: str, content: bytes) -> None:
    """Write into a store behind the back of its own code."""
    if store.startswith("s3://"):
        bucket, _, prefix = store.removeprefix("s3://").partition("/")
        boto3.client("s3").put_object(Bucket=bucket, Key=f"{prefix}/{key}", Body=content)
    else:
        Path(store, key).write_bytes(content)
