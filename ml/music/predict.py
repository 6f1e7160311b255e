"""The mood classifier as plain numbers: standardise, multiply, softmax. numpy only."""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ml.errors import ModelError
from ml.labels import Mood
from ml.manifest import read_manifest
from ml.music.data import FEATURES, feature_matrix, read_tracks
from ml.probability import softmax

MODEL = "model.json"


@dataclass(frozen=True, slots=True)
class MoodClassifier:
    """Standardised multinomial logistic regression over F = len(FEATURES) features and the four moods."""

    mean: NDArray[np.float64]  # [F]
    scale: NDArray[np.float64]  # [F]
    coefficients: NDArray[np.float64]  # [4, F]
    intercept: NDArray[np.float64]  # [4]
    version: str

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `ml.music.train` wrote.

        Raises ModelError when a file is missing or damaged, or made for other features or moods.
        """
        manifest = read_manifest(folder, trainer="ml.music.train")
        model = json.loads((folder / MODEL).read_text(encoding="utf-8"))
        if tuple(model["features"]) != FEATURES or model["moods"] != [mood.value for mood in Mood]:
            raise ModelError(f"{folder / MODEL}: made for other features or moods; train it again")
        return cls(
            mean=np.array(model["mean"]),
            scale=np.array(model["scale"]),
            coefficients=np.array(model["coefficients"]),
            intercept=np.array(model["intercept"]),
            version=manifest["version"],
        )

    def predict(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities [n, 4] in Mood's order for features [n, F]; rows sum to 1."""
        logits = ((features - self.mean) / self.scale) @ self.coefficients.T + self.intercept
        return softmax(logits)


def main() -> None:
    """Print the mood probabilities of each track of a CSV, one JSON object a line."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder that ml.music.train wrote")
    parser.add_argument("--tracks", type=Path, required=True, help="CSV of tracks with Spotify's audio features")
    arguments = parser.parse_args()
    tracks = read_tracks(arguments.tracks)
    for track, row in zip(tracks, MoodClassifier.load(arguments.model).predict(feature_matrix(tracks)), strict=True):
        scores = {mood.value: round(float(value), 4) for mood, value in zip(Mood, row, strict=True)}
        print(json.dumps({"spotify_id": track.spotify_id, "scores": scores}))


if __name__ == "__main__":
    main()
