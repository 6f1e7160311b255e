"""What the commands that take long have in common: how their errors reach whoever gave them."""

import sys
from collections.abc import Callable

from ml.errors import DataError, ModelError


def run_resumable(work: Callable[[], object]) -> int:
    """Do the work of a command that goes on where it was stopped; return its exit code.

    0, or 2 for bad data or a missing file or package, or 130 when it was interrupted; it says on stderr which.
    """
    try:
        work()
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped: the same command goes on from the last state that was saved", file=sys.stderr)
        return 130
    return 0
