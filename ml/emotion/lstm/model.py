"""The trained LSTM: log-probabilities of raw texts, and its folder of weights, vocabulary and settings."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ml.emotion.lstm.arrays import read_arrays, write_arrays
from ml.emotion.lstm.morphemes import MorphemeAnalyzer
from ml.emotion.lstm.network import Network, build_network, predict_log_probabilities
from ml.emotion.lstm.settings import Analyzer, LstmSettings
from ml.emotion.lstm.vocabulary import Vocabulary
from ml.emotion.units import FloatArray
from ml.errors import DataError, ModelError
from ml.files import read_text, write_json
from ml.labels import Emotion

FORMAT = 1
CONFIG = "lstm.json"
WEIGHTS = "lstm.safetensors"


@dataclass(frozen=True, slots=True)
class LstmModel:
    """An analyser, a vocabulary and a network that belong together."""

    settings: LstmSettings
    analyzer: MorphemeAnalyzer
    vocabulary: Vocabulary
    network: Network

    def log_probabilities(self, texts: Sequence[str]) -> FloatArray:
        """Natural logarithms of the probabilities of each raw text, (n, 6) in the order of Emotion.

        Any `str` is accepted. A text without Hangul syllables gets what the network says of no words at all.
        """
        ids = self.vocabulary.encode(self.analyzer.analyze_all(texts), self.settings.max_length)
        return predict_log_probabilities(self.network, ids)

    def save(self, folder: Path) -> list[str]:
        """Write weights, vocabulary and settings, each file in one step; return the names of the files."""
        write_arrays(folder / WEIGHTS, self.network.trainable_variables, facts={"format": FORMAT})
        config = {
            "format": FORMAT,
            "labels": list(Emotion),
            "settings": asdict(self.settings),
            "vocabulary": list(self.vocabulary.morphemes),
        }
        temporary = folder / f"{CONFIG}.part"
        write_json(temporary, config)
        temporary.replace(folder / CONFIG)
        return [CONFIG, WEIGHTS]

    @classmethod
    def load(cls, folder: Path) -> "LstmModel":
        """Read what `save` wrote. Raises ModelError, saying what to do, when that or the Java runtime is missing."""
        try:
            settings, vocabulary = _read_config(folder / CONFIG)
            network = build_network(vocabulary.size, settings)
            read_arrays(folder / WEIGHTS, network.trainable_variables)
        except DataError as error:
            advice = f"Restore {folder}, or train the model: python -m ml.emotion.train --arch lstm --output {folder}"
            raise ModelError(f"{error}. {advice}") from None
        return cls(settings, MorphemeAnalyzer(settings), vocabulary, network)


def _read_config(path: Path) -> tuple[LstmSettings, Vocabulary]:
    """Raises DataError."""
    try:
        config = json.loads(read_text(path))
        if config["format"] != FORMAT or config["labels"] != list(Emotion):
            raise DataError(f"{path}: made for another version of the code")
        values = config["settings"]
        stopwords = values["stopwords"]
        settings = LstmSettings(
            **{
                **values,
                "analyzer": Analyzer(values["analyzer"]),
                "stopwords": None if stopwords is None else tuple(stopwords),
            }
        )
        return settings, Vocabulary(tuple(config["vocabulary"]))
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: not the settings of an LSTM ({error})") from None
