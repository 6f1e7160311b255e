"""A site that switches to another model reads the next entry with it, in this process and in a worker that runs."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import User
from diary import analysis, model_version, services
from diary.model_version import Activation
from diary.models import Entry
from ml.artifacts import EMOTION_MODEL
from ml.errors import ModelError
from ml.manifest import MANIFEST
from tests.diary.model_folders import (
    NEW,
    SHIPPED_VERSION,
    change_version,
    damage_weights,
    make_version,
    remove_manifest,
    replace_weights,
)
from tests.factories import SAD

DAY = date(2026, 11, 1)


def run(*arguments: str | Path) -> str:
    out = StringIO()
    call_command("model", *map(str, arguments), stdout=out, verbosity=0)
    return out.getvalue()


def version_of_a_new_entry(user: User) -> str:
    entry, _ = services.create_entry(user=user, text=SAD, written_on=DAY)
    return entry.analysis.model_version if entry.status == Entry.Status.ANALYZED else entry.status


def test_publish_fetch_activate_rollback(
    transactional_db: None, owner: User, catalogue: None, cache: Path, store: Path, tmp_path: Path
) -> None:
    assert version_of_a_new_entry(owner) == SHIPPED_VERSION
    assert f"{NEW} published" in run("publish", make_version(tmp_path / "trained", NEW))
    assert "with the same content" in run("publish", tmp_path / "trained")
    assert f"model activate {NEW}" in run("fetch", NEW)
    assert version_of_a_new_entry(owner) == SHIPPED_VERSION  # fetched is not activated
    assert run("activate", NEW) == f"New entries are read by {NEW}; before it was shipped\n"
    assert version_of_a_new_entry(owner) == NEW
    assert run("rollback") == f"New entries are read by shipped; before it was {NEW}\n"
    assert version_of_a_new_entry(owner) == SHIPPED_VERSION
    run("rollback")
    assert version_of_a_new_entry(owner) == NEW


def test_activated_by_another_process_is_noticed(
    transactional_db: None, owner: User, catalogue: None, fetched: Path, cache: Path
) -> None:
    assert version_of_a_new_entry(owner) == SHIPPED_VERSION
    var = cache.parent
    command = [sys.executable, "manage.py", "model", "activate", NEW]
    subprocess.run(command, env={**os.environ, "VAR_DIR": str(var)}, check=True, capture_output=True)
    assert version_of_a_new_entry(owner) == NEW


def test_active_version_that_vanished_leaves_entries_to_be_read_later(
    transactional_db: None, owner: User, catalogue: None, fetched: Path
) -> None:
    model_version.activate(NEW)
    aside = fetched.rename(fetched.with_name("aside"))
    analysis.load_predictor.cache_clear()
    assert version_of_a_new_entry(owner) == Entry.Status.FAILED
    aside.rename(fetched)
    call_command("analyze_pending", stdout=StringIO(), stderr=StringIO())
    assert list(Entry.objects.values_list("analysis__model_version", flat=True)) == [NEW]


def test_damaged_record_leaves_entries_to_be_read_later(
    transactional_db: None, owner: User, catalogue: None, cache: Path
) -> None:
    cache.mkdir()
    record = cache / model_version.RECORD
    for content in ("", "[]", "{}", '{"active": 7, "previous": null}', '{"active": "../up", "previous": null}'):
        record.write_text(content, encoding="utf-8")
        assert version_of_a_new_entry(owner) == Entry.Status.FAILED
    record.unlink()
    assert version_of_a_new_entry(owner) == SHIPPED_VERSION


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (damage_weights, "SHA-256"),
        (replace_weights, "tried and failed"),
        (change_version, "holds version other"),
        (remove_manifest, "No such file"),
        (shutil.rmtree, f"manage.py model fetch {NEW}"),
    ],
)
def test_activate_a_version_that_does_not_work_is_refused(
    fetched: Path, damage: Callable[[Path], None], reason: str
) -> None:
    damage(fetched)
    with pytest.raises(CommandError, match=reason):
        run("activate", NEW)
    assert model_version.read_activation() == Activation("shipped")


@pytest.mark.parametrize("version", ["../../etc", "latest", ""])
def test_activate_what_is_no_version(cache: Path, version: str) -> None:
    with pytest.raises(CommandError, match="version"):
        run("activate", version)


def test_activate_what_is_active_keeps_the_way_back(fetched: Path) -> None:
    model_version.activate(NEW)
    assert model_version.activate(NEW) == Activation(NEW, previous="shipped")


def test_rollback_before_any_activation(cache: Path) -> None:
    with pytest.raises(CommandError, match="nothing to go back to"):
        run("rollback")


def test_setting_stands_above_the_record(fetched: Path, settings: Settings) -> None:
    model_version.activate(NEW)
    settings.EMOTION_MODEL_VERSION = "shipped"
    assert model_version.active_model_folder() == EMOTION_MODEL
    for action in (["activate", NEW], ["rollback"]):
        with pytest.raises(CommandError, match="EMOTION_MODEL_VERSION=shipped decides"):
            run(*action)
    settings.EMOTION_MODEL_VERSION = NEW
    assert model_version.active_model_folder() == fetched


def test_configured_folder_is_used_until_something_is_activated(
    fetched: Path, settings: Settings, tmp_path: Path
) -> None:
    settings.EMOTION_MODEL_DIR = make_version(tmp_path / "configured", "linear-configured")
    assert model_version.active_model_folder() == settings.EMOTION_MODEL_DIR
    assert model_version.activate(NEW).previous == "configured"
    assert model_version.rollback().active == "configured"
    assert model_version.active_model_folder() == settings.EMOTION_MODEL_DIR
    rows = run("list").splitlines()
    assert [row.split()[:2] for row in rows[1:]] == [
        [SHIPPED_VERSION, "shipped"],
        ["linear-configured", "configured"],
        [NEW, "cached"],
    ]


def test_list_shows_places_sizes_accuracy_and_use(fetched: Path, store: Path, tmp_path: Path) -> None:
    run("publish", EMOTION_MODEL)
    run("publish", fetched)
    run("publish", make_version(tmp_path / "third", "linear-third"))
    model_version.activate(NEW)
    lines = [" ".join(line.split()) for line in run("list").splitlines()]
    accuracy = json.loads((EMOTION_MODEL / "metrics.json").read_text())["test"]["all"]["accuracy"]
    size = sum(path.stat().st_size for path in EMOTION_MODEL.iterdir()) / 2**20
    facts = f"{size:.1f} MiB {accuracy:.3f}"
    assert lines == [
        "version where size accuracy use",
        f"{SHIPPED_VERSION} shipped, store {facts} previous",
        f"{NEW} cached, store {facts} active",
        f"linear-third store {facts}",
    ]


def test_list_shows_what_is_wrong(fetched: Path) -> None:
    model_version.activate(NEW)
    (fetched / MANIFEST).write_text("[]")
    assert "active, " in run("list")
    assert "not a manifest" in run("list")
    shutil.rmtree(fetched)
    assert "active, but not on this machine" in run("list")


@pytest.mark.parametrize("name", ["reviews", "music"])
def test_other_models_are_published_and_fetched_too(cache: Path, store: Path, name: str) -> None:
    shipped = EMOTION_MODEL.parent / name
    version = json.loads((shipped / MANIFEST).read_text())["version"]
    run("publish", shipped, "--name", name)
    assert run("fetch", version, "--name", name) == f"{version} is in {cache / name / version}\n"
    assert "shipped, cached, store" in run("list", "--name", name)


@pytest.mark.parametrize("action", [["publish", EMOTION_MODEL], ["fetch", NEW]])
def test_without_a_store_the_error_says_what_to_give(cache: Path, settings: Settings, action: list[str]) -> None:
    settings.MODEL_STORE = ""
    with pytest.raises(CommandError, match=r"give a folder or s3://BUCKET/PREFIX"):
        run(*action)


def test_list_with_a_store_in_trouble_still_shows_what_is_here(cache: Path, tmp_path: Path) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="not-mounted is no folder"):
        call_command("model", "list", "--store", str(tmp_path / "not-mounted"), stdout=out)
    assert SHIPPED_VERSION in out.getvalue()


def test_web_process_does_not_load_the_client_of_s3() -> None:
    script = "import django; django.setup(); import sys, diary.analysis; print('boto3' in sys.modules)"
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "moduhyu.settings"}
    result = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"


def test_model_that_answers_nothing_is_given_up(fetched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_version, "TRIAL_TIMEOUT_S", 0.001)
    with pytest.raises(ModelError, match="no answer"):
        model_version.activate(NEW)
