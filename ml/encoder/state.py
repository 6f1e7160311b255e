"""The folder of one run: what is needed to go on from where it stopped, and the best model so far."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import nn

from ml.encoder.model import write_tensors
from ml.encoder.settings import RunSettings
from ml.errors import DataError, ModelError

BEST_FOLDER = "best"
_STATE_FILE = "state.safetensors"
_WEIGHT, _OPTIMIZER = "network.", "optimizer."


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    epoch: int = 0  # epochs that are trained and validated
    update: int = 0  # updates done of the epoch under way
    best_quality: float = -1.0  # of the validation part, measured in 0..1; below any that can be measured
    stale_epochs: int = 0  # since the best one


def describe_run(
    train: Iterable[Sequence[Any]], validation: Iterable[Sequence[Any]], settings: RunSettings
) -> dict[str, Any]:
    """What a saved state has to agree in before a run goes on from it: all settings, and hashes of the data.

    Each row of the data is given as what JSON can hold: its text first, then all that is learnt from it.
    """
    return {**asdict(settings), "training data": _hash(train), "validation data": _hash(validation)}


def save_state(
    folder: Path, run: dict[str, Any], progress: Progress, network: nn.Module, optimizer: torch.optim.Optimizer
) -> None:
    """Replace the saved state in one step: an interrupted call leaves the one before."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {_WEIGHT + name: tensor for name, tensor in network.state_dict().items()}
    for number, moments in optimizer.state_dict()["state"].items():
        tensors |= {f"{_OPTIMIZER}{number}.{name}": tensor for name, tensor in moments.items()}
    metadata = {"run": json.dumps(run), "progress": json.dumps(asdict(progress))}
    write_tensors(folder / _STATE_FILE, tensors, metadata)


def restore_state(folder: Path, run: dict[str, Any], network: nn.Module, optimizer: torch.optim.Optimizer) -> Progress:
    """Load the saved state into network and optimizer; a Progress of zero, and no change, where there is none.

    Raises DataError when the state is another run's, ModelError when it is damaged.
    """
    path = folder / _STATE_FILE
    if not path.exists():
        return Progress()
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata()
            saved, progress = json.loads(metadata["run"]), Progress(**json.loads(metadata["progress"]))
            _require_same_run(folder, saved, run)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        weights = {key.removeprefix(_WEIGHT): tensor for key, tensor in tensors.items() if key.startswith(_WEIGHT)}
        network.load_state_dict(weights)
        _restore_optimizer(optimizer, tensors)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise ModelError(f"{path}: damaged ({error}). Delete {folder} and train from the start.") from error
    return progress


def _hash(rows: Iterable[Sequence[Any]]) -> str:
    digest = sha256()
    for row in rows:
        # JSON escapes what UTF-8 cannot hold: a lone surrogate in a text.
        digest.update(json.dumps(row).encode())
    return digest.hexdigest()


def _require_same_run(folder: Path, saved: dict[str, Any], run: dict[str, Any]) -> None:
    different = sorted(name for name in saved.keys() | run.keys() if saved.get(name) != run.get(name))
    if different:
        raise DataError(
            f"{folder}: holds a run that differs in {', '.join(different)}. Go on with the same settings and data, "
            "name another checkpoint folder, or delete this one to train from the start."
        )


def _restore_optimizer(optimizer: torch.optim.Optimizer, tensors: dict[str, torch.Tensor]) -> None:
    moments: dict[int, dict[str, torch.Tensor]] = {}
    for key, tensor in tensors.items():
        if key.startswith(_OPTIMIZER):
            number, name = key.removeprefix(_OPTIMIZER).split(".")
            moments.setdefault(int(number), {})[name] = tensor
    optimizer.load_state_dict({**optimizer.state_dict(), "state": moments})
