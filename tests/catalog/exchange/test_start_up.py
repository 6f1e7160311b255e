"""What only a curator's files need is no burden to everybody else."""

import os
import subprocess
import sys

import pytest

FOR_FILES = ("openpyxl", "tablib", "import_export", "diff_match_patch", "defusedxml")


@pytest.mark.parametrize("start", ["django.urls.get_resolver().url_patterns", "__import__('moduhyu.celery')"])
def test_no_process_starts_with_what_only_files_need(start: str) -> None:
    told = f"import django, sys; django.setup(); import django.urls; {start}; print(*sorted(sys.modules))"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    modules = subprocess.run(
        [sys.executable, "-c", told], env=environment, capture_output=True, check=True, text=True
    ).stdout.split()
    assert "catalog.exchange.imports" in modules or "catalog.curation.file_rows" in modules
    assert [name for name in modules if name.partition(".")[0] in FOR_FILES] == []
