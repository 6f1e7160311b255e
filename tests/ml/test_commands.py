"""What a resumable command says, and with which exit code it ends."""

import pytest

from ml.commands import run_resumable
from ml.errors import DataError, ModelError


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (None, 0, ""),
        (DataError("no such file"), 2, "error: no such file\n"),
        (ModelError("not installed"), 2, "error: not installed\n"),
        (KeyboardInterrupt(), 130, "stopped: the same command goes on from the last state that was saved\n"),
    ],
)
def test_errors_become_words_and_exit_codes(
    error: BaseException | None, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def work() -> None:
        if error is not None:
            raise error

    assert run_resumable(work) == code
    assert capsys.readouterr().err == words


def test_a_bug_stays_a_bug() -> None:
    with pytest.raises(ZeroDivisionError):
        run_resumable(lambda: 1 / 0)
