"""The state of an unfinished fit: one file, replaced after every epoch."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from ml.emotion.data import Example, hash_examples
from ml.emotion.lstm.arrays import read_arrays, read_facts, write_arrays
from ml.emotion.lstm.settings import LstmSettings
from ml.errors import DataError

_STATE = "state.safetensors"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a fit is."""

    epoch: int = 0  # epochs that are trained and validated
    best_f1: float = -1.0  # macro F1 of the validation part; below any that can be measured
    stale_epochs: int = 0  # since the best one


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a fit writes its state, and the run (settings and data, as JSON values) that alone may go on from it."""

    folder: Path
    run: Mapping[str, Any]

    def save(self, variables: Sequence[Any], progress: Progress) -> None:
        """Replace the saved values of Keras variables and the progress."""
        write_arrays(self.folder / _STATE, variables, {"run": self.run, "progress": asdict(progress)})

    def read_progress(self) -> Progress:
        """How far the saved fit is; nothing done where the folder holds none.

        Raises DataError when the folder holds a fit of other settings or data, or a damaged file.
        """
        path = self.folder / _STATE
        if not path.exists():
            return Progress()
        facts = read_facts(path)
        try:
            run, progress = dict(facts["run"]), Progress(**facts["progress"])
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"{path}: not the state of a training ({error}): delete {self.folder}") from None
        expected = json.loads(json.dumps(self.run))
        other = sorted(name for name in {*run, *expected} if run.get(name) != expected.get(name))
        if other:
            raise DataError(
                f"{self.folder}: holds a training with other {', '.join(other)}: "
                "repeat that command to go on with it, or delete the folder to train anew"
            )
        return progress

    def restore(self, variables: Sequence[Any]) -> None:
        """Assign the saved values. Raises DataError when they do not fit."""
        read_arrays(self.folder / _STATE, variables)


def describe_run(train: Sequence[Example], validation: Sequence[Example], settings: LstmSettings) -> dict[str, Any]:
    """What a saved state has to agree in: all settings, and hashes of the data, whose weights count."""
    weights = json.dumps([example.weight for example in train])
    return {
        **asdict(settings),
        "training data": hash_examples(train) + sha256(weights.encode()).hexdigest(),
        "validation data": hash_examples(validation),
    }
