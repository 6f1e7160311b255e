"""The real site, for the tests that look at it from outside."""

import os
from collections.abc import Iterator

import pytest

from tests.contract.site import Site, running_site


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The site on a database of its own, in the cluster that the suite has started for its PostgreSQL run."""
    with running_site(os.environ["DATABASE_URL"]) as site:
        yield site
