"""The mood classifier as it is used: one ONNX graph, whatever architecture it was trained as."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from ml.errors import DataError, ModelError
from ml.labels import Mood
from ml.manifest import read_manifest
from ml.music.data import INPUTS, input_matrix, read_tracks
from ml.music.folder import MODEL_FILE, TRAINER


@dataclass(frozen=True, slots=True)
class MoodClassifier:
    """A loaded graph over the INPUTS of tracks. Thread-safe: a session may be run from many threads at once."""

    session: ort.InferenceSession
    version: str

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `ml.music.train` wrote.

        Raises ModelError when a file is missing or damaged, or made for other inputs or moods.
        """
        manifest = read_manifest(folder, trainer=TRAINER)
        if manifest.get("inputs") != list(INPUTS) or manifest.get("moods") != [mood.value for mood in Mood]:
            raise ModelError(f"{folder}: made for other inputs or moods. Train it again: python -m {TRAINER}")
        path = folder / MODEL_FILE
        try:
            session = ort.InferenceSession(str(path), _single_thread(), providers=["CPUExecutionProvider"])
        except (
            *(ort_errors.InvalidGraph, ort_errors.InvalidProtobuf, ort_errors.Fail, ort_errors.NoSuchFile),
            ort_errors.NotImplemented,
        ) as error:
            raise ModelError(f"{path}: ONNX Runtime cannot load it ({error}). Train it again.") from error
        return cls(session, manifest["version"])

    def predict(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities [n, 4] in Mood's order for inputs [n, len(INPUTS)]; rows sum to 1."""
        (probabilities,) = self.session.run(["probabilities"], {"features": inputs.astype(np.float64)})
        return np.asarray(probabilities)


def _single_thread() -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the mood probabilities of each track of a CSV, one JSON object a line."""
    parser = argparse.ArgumentParser(prog="python -m ml.music.predict", description=main.__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder that ml.music.train wrote")
    parser.add_argument("--tracks", type=Path, required=True, help="CSV of tracks with Spotify's audio features")
    options = parser.parse_args(arguments)
    try:
        classifier, tracks = MoodClassifier.load(options.model), read_tracks(options.tracks)
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for track, row in zip(tracks, classifier.predict(input_matrix(tracks)), strict=True):
        scores = {mood.value: round(float(value), 4) for mood, value in zip(Mood, row, strict=True)}
        print(json.dumps({"spotify_id": track.spotify_id, "scores": scores}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
