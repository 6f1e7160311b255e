"""Load time, memory and latency of the shipped emotion model on one core: `python -m benchmarks.emotion_latency`."""

import argparse
from pathlib import Path

from ml.artifacts import EMOTION_MODEL
from ml.emotion.profile import SIZES, profile_model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=EMOTION_MODEL)
    parser.add_argument("--repeats", type=int, default=2000, help="of 60 characters, fewer of longer texts")
    options = parser.parse_args()
    profile = profile_model(options.model, repeats=options.repeats, sizes=(*SIZES, 100_000))
    print(f"on disk      {profile.size_mb:8.1f} MiB")
    print(f"load         {profile.load_ms:8.0f} ms, imports and a first prediction included")
    print(f"resident     {profile.resident_mb:8.1f} MiB over a process with numpy alone, after the longest text")
    print("characters     p50 ms     p99 ms")
    for latency in profile.latencies:
        print(f"{latency.characters:10,} {latency.p50_ms:10.2f} {latency.p99_ms:10.2f}")


if __name__ == "__main__":
    main()
