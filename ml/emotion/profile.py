"""What a model costs: `python -m ml.emotion.profile --model DIR` prints load time, memory and latency as JSON.

Run in a process of its own, so that memory and load time are those of a starting worker. A full second of warming up
is not timed. Durations are in milliseconds, sizes in MiB.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ml.errors import ModelError
from ml.memory import MIB, resident_mib

TEXT = "오늘 회사에서 발표하다가 목소리가 떨려서 창피해 죽는 줄 알았다. 내일은 또 어떻게 나가지 ㅠㅠ "
SIZES = (60, 600)  # characters


@dataclass(frozen=True, slots=True)
class Latency:
    """Quantiles of the time that one prediction of a text of `characters` takes."""

    characters: int
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Profile:
    """`load_ms`: imports, loading and a first prediction; `resident_mb`: over a process with numpy alone."""

    load_ms: float
    resident_mb: float
    size_mb: float
    latencies: tuple[Latency, ...]


def profile_model(folder: Path, *, repeats: int, sizes: Sequence[int] = SIZES) -> Profile:
    """Measure in a new process on one core. Raises ModelError when the model does not load there."""
    command = [sys.executable, "-m", "ml.emotion.profile", "--model", str(folder), "--repeats", str(repeats)]
    command += [f"--size={size}" for size in sizes]
    threads = {"OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    result = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **threads})  # noqa: S603
    if result.returncode:
        raise ModelError(f"{folder}: cannot be measured: {result.stderr.strip().splitlines()[-1:]}")
    values = json.loads(result.stdout.splitlines()[-1])
    return Profile(**{**values, "latencies": tuple(Latency(**latency) for latency in values["latencies"])})


def measure(folder: Path, *, repeats: int, sizes: Sequence[int]) -> Profile:
    """Measure in this process, which is pinned to its first core. Only the first call of a process is meaningful."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    bare = resident_mib()
    started = time.perf_counter()
    from ml.emotion.predict import Predictor  # the import is a part of what is measured

    predictor = Predictor.load(folder)
    predictor.predict([TEXT])
    loaded = (time.perf_counter() - started) * 1e3
    latencies = tuple(time_predictions(predictor.predict, size, max(repeats * 60 // size, 5)) for size in sizes)
    size_mb = sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) / MIB
    return Profile(round(loaded), round(resident_mib() - bare, 1), round(size_mb, 1), latencies)


def time_predictions(predict: Callable[[Sequence[str]], object], size: int, repeats: int) -> Latency:
    """Time predictions of one text of `size` characters."""
    text = (TEXT * (size // len(TEXT) + 1))[:size]
    warm = time.perf_counter() + 1
    while time.perf_counter() < warm:
        predict([text])
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        predict([text])
        seconds.append(time.perf_counter() - started)
    p50, p99 = np.quantile(seconds, [0.5, 0.99]) * 1e3
    return Latency(size, round(float(p50), 2), round(float(p99), 2))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.profile", description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--repeats", type=int, default=500, help="predictions of 60 characters, fewer of longer ones")
    parser.add_argument("--size", type=int, action="append", help=f"characters; may be repeated (default: {SIZES})")
    options = parser.parse_args(arguments)
    try:
        print(json.dumps(asdict(measure(options.model, repeats=options.repeats, sizes=options.size or SIZES))))
    except ModelError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
