"""Long texts of one kind are read in a time that grows as they do."""

import os
import resource
import subprocess
import sys

from tests.services.process import ROOT

CPU_S = 60  # all of them together take a few
MEMORY_BYTES = 3 * 2**30
# Each took from half a minute to hours while its reader took the square of its length.
LONG = """
import django

django.setup()

from diary.portability.importers import dayone, daylio
from diary.tags import clean_tags
from diary.text import clean_entry_text
from ml.emotion.text import split_sentences
from django.core.exceptions import ValidationError

row = {"full_date": "2026-10-01", "mood": "x"}
marks = "a" + "\\u0300\\u0316" * 150_000
for read, text in [
    (clean_entry_text, marks),
    (clean_entry_text, marks * 10),
    (lambda text: clean_tags([text]), marks),
    (daylio.plain_text, "<b>x</b>" + " " * 130_000 + "x"),
    (daylio.plain_text, "<b>x</b>" + "<a " * 43_000),
    (daylio.plain_text, "<b>x</b>" + "<!--" * 32_000),
    (daylio.plain_text, "<br>" + "<b><p>" * 20_000),
    (daylio.plain_text, "<b>" + "<a '\\"" * 20_000),
    (lambda text: daylio._read_row(row | {"activities": text}), "a" + " " * 130_000 + "b"),
    (lambda text: dayone._read_text({"text": text}), "![" * 2_000_000),
    (lambda text: dayone._read_text({"text": text}), "![](dayone-moment:" * 400_000),
    (split_sentences, "ㅋ" * 100_000),
    (split_sentences, "." * 100_000 + "a"),
    (split_sentences, "ㅠㅜ" * 50_000 + "a"),
]:
    try:
        read(text)
    except ValidationError:
        pass
"""


def test_long_texts_take_as_long_as_they_are() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LONG],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        preexec_fn=_limit,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
