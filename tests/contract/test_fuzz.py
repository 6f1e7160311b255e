"""A short run of schemathesis in the suite; `make test-contract` is the long one."""

from pathlib import Path

import pytest

from tests.contract.fuzz import fuzz
from tests.contract.site import Site

pytestmark = [pytest.mark.postgresql_only, pytest.mark.django_db]

SEED = 20261127  # the suite sends the same every time, but for the ids that the site gives


def test_site_keeps_what_its_document_promises(site: Site, tmp_path: Path) -> None:
    done = fuzz(site, options=["--max-examples=10", "--workers=2", f"--seed={SEED}"], folder=tmp_path)
    assert done.returncode == 0  # schemathesis has told why, above
