"""How pytest-xdist deals the suite to its workers: a file whole, so that what a module's tests share is made once.

Its own `--dist loadgroup` would do for the rest, but its groups are lost with pytest 9.2, which keeps ids elsewhere.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# All of these use one machine, which takes half a minute to set up.
WHOLE_FOLDERS = ("tests/deploy/",)


class FileScheduling(LoadScopeScheduling):
    """Files, and folders whose tests share what is dear, go to one worker each, in the order of collection."""

    def _split_scope(self, nodeid: str) -> str:
        return split_scope(nodeid)


def split_scope(nodeid: str) -> str:
    """The file of a test, or the folder that goes whole."""
    path = nodeid.split("::", 1)[0]
    return next((folder for folder in WHOLE_FOLDERS if path.startswith(folder)), path)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FileScheduling | None:
    """Where tests run side by side by `-n`; another `--dist` is left as it is."""
    if config.getoption("dist") != "load":
        return None
    # By the number of their tests, the browser's few long ones would come last, when the other worker is done.
    config.option.loadscopereorder = False
    return FileScheduling(config, log)
