"""The rules of the house that a machine can check."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("moduhyu", "diary", "catalog", "accounts", "ml")
# Imports point one way: moduhyu → diary → catalog → ml. Accounts is a leaf that the others may know.
MAY_IMPORT = {
    "moduhyu": {"moduhyu", "diary", "catalog", "accounts", "ml"},
    "diary": {"diary", "catalog", "accounts", "ml"},
    "catalog": {"catalog", "ml"},
    "accounts": {"accounts"},
    "ml": {"ml"},
}
FRAMEWORKS = {"django", "celery", "rest_framework", "allauth", "environ"}


def source_files(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported_packages(source: str) -> Iterator[str]:
    """The top-level package of every import, those inside functions included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").split(".")[0]


def forbidden_imports(package: str, source: str) -> set[str]:
    imported = set(imported_packages(source))
    forbidden = (imported & set(PACKAGES)) - MAY_IMPORT[package]
    return forbidden | (imported & FRAMEWORKS if package == "ml" else set())


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_one_way(package: str) -> None:
    files = source_files(package)
    assert files
    offenders = {
        str(file.relative_to(ROOT)): found
        for file in files
        if (found := forbidden_imports(package, file.read_text(encoding="utf-8")))
    }
    assert offenders == {}


@pytest.mark.parametrize(
    ("package", "source", "expected"),
    [
        ("catalog", "from diary.models import Entry", {"diary"}),
        ("diary", "def late():\n    import moduhyu.settings", {"moduhyu"}),
        ("ml", "from django.conf import settings", {"django"}),
        ("diary", "from catalog.models import Movie\nimport ml.labels", set()),
    ],
)
def test_forbidden_imports_are_found(package: str, source: str, expected: set[str]) -> None:
    assert forbidden_imports(package, source) == expected


def catches_everything(node: ast.AST) -> bool:
    return isinstance(node, ast.ExceptHandler) and (
        node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"}
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_catches_everything(package: str) -> None:
    offenders = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in source_files(package)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if catches_everything(node)
    ]
    assert offenders == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_signals(package: str) -> None:
    offenders = [
        str(file.relative_to(ROOT))
        for file in source_files(package)
        if "django.db.models.signals" in (text := file.read_text(encoding="utf-8")) or "@receiver" in text
    ]
    assert offenders == []
