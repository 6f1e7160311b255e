"""Load time, memory and latency of the shipped emotion model on one core: `python -m benchmarks.emotion_latency`."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ml.artifacts import EMOTION_MODEL

_TEXT = "오늘 회사에서 발표하다가 목소리가 떨려서 창피해 죽는 줄 알았다. 내일은 또 어떻게 나가지 ㅠㅠ "
_SIZES = (60, 600, 100_000)


def main() -> None:
    """Measure in a fresh process, so that memory and load time are those of a starting worker."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=EMOTION_MODEL)
    parser.add_argument("--repeat", type=int, default=2000, help="predictions of 60 characters (fewer of longer ones)")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.model, options.repeat)
        return
    own = [sys.executable, "-m", "benchmarks.emotion_latency", "--measure", "--model", str(options.model)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    subprocess.run([*own, "--repeat", str(options.repeat)], check=True, env=environment)


def measure(model: Path, repeat: int) -> None:
    """Print the table: the imports are timed apart, since a Django process has numpy and its own already."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    bare = resident_megabytes()
    started = time.perf_counter()
    from ml.emotion.predict import Predictor  # the import is what is measured

    imported = time.perf_counter()
    predictor = Predictor.load(model)
    loaded = time.perf_counter()
    predictor.predict([_TEXT])
    print(f"model        {predictor.model_version}, {folder_megabytes(model):.1f} MB on disk")
    print(f"import       {(imported - started) * 1e3:8.0f} ms")
    print(f"load         {(loaded - imported) * 1e3:8.0f} ms")
    print(f"resident     {resident_megabytes() - bare:8.1f} MB over a process with numpy alone ({bare:.1f} MB)")
    print("characters     p50 ms     p99 ms")
    for size in _SIZES:
        text = (_TEXT * (size // len(_TEXT) + 1))[:size]
        seconds = [time_once(predictor.predict, text) for _ in range(max(repeat * 60 // size, 5))]
        p50, p99 = np.quantile(seconds, [0.5, 0.99]) * 1e3
        print(f"{size:10,} {p50:10.2f} {p99:10.2f}")
    print(f"resident     {resident_megabytes() - bare:8.1f} MB after the longest text")


def time_once(predict: Callable[[Sequence[str]], object], text: str) -> float:
    """Seconds that one prediction takes."""
    started = time.perf_counter()
    predict([text])
    return time.perf_counter() - started


def resident_megabytes() -> float:
    """Resident set size of this process (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def folder_megabytes(folder: Path) -> float:
    """Size of all files of a folder."""
    return sum(path.stat().st_size for path in folder.iterdir()) / 2**20


if __name__ == "__main__":
    main()
