"""Keras variables in one safetensors file, with facts as JSON in its header."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml.errors import DataError, ModelError

try:
    from safetensors import SafetensorError, safe_open  # type: ignore[import-not-found, unused-ignore]
    from safetensors.numpy import save_file  # type: ignore[import-not-found, unused-ignore]
except ModuleNotFoundError as error:
    raise ModelError(f"{error.name} is not installed: pip install -r requirements/train.txt") from error


def write_arrays(path: Path, variables: Sequence[Any], facts: Mapping[str, Any]) -> None:
    """Write the values of `variables` in one step: a process that dies leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.part")
    arrays = {_name(index): np.asarray(variable) for index, variable in enumerate(variables)}
    save_file(arrays, temporary, {"facts": json.dumps(facts)})
    temporary.replace(path)


def read_facts(path: Path) -> dict[str, Any]:
    """The facts of a file that `write_arrays` wrote. Raises DataError."""
    try:
        with safe_open(path, framework="numpy") as file:
            return dict(json.loads(file.metadata()["facts"]))
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: {error}") from None


def read_arrays(path: Path, variables: Sequence[Any]) -> None:
    """Assign the values to Keras variables, in the order in which they were written. Raises DataError."""
    try:
        with safe_open(path, framework="numpy") as file:
            if len(file.keys()) != len(variables):
                raise DataError(f"{path}: {len(file.keys())} arrays instead of {len(variables)}")
            values = [file.get_tensor(_name(index)) for index in range(len(variables))]
    except (OSError, SafetensorError) as error:
        raise DataError(f"{path}: {error}") from None
    for value, variable in zip(values, variables, strict=True):
        if value.shape != tuple(variable.shape):
            raise DataError(f"{path}: an array of the shape {value.shape} instead of {tuple(variable.shape)}")
        variable.assign(value)


def _name(index: int) -> str:
    return f"{index:03}"
