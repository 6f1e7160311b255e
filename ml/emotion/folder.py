"""What lies in the folder of a trained model, by name. Standard library only."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ml.errors import ModelError

FactsT = TypeVar("FactsT")

MODEL_FILE = "model.onnx"  # of the n-grams; the networks name their own files
WEIGHTS_FILE = "weights.bin"  # theirs
METRICS_FILE = "metrics.json"
CARD = "MODEL_CARD.md"
CONFUSION = "confusion.png"
RELIABILITY = "reliability.png"
TRAINER = "ml.emotion.train"
COMPACT = "compact"
NGRAM = ("linear", COMPACT)
HYBRID = "hybrid"
NEURAL = ("lstm", "transformer")


def read_facts_of(path: Path, parse: Callable[[dict[str, Any]], FactsT]) -> FactsT:
    """What `parse` makes of a JSON object beside a model's weights. Raises ModelError, saying what to do."""
    try:
        return parse(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}. Train the model again.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: damaged ({error!r}). Train the model again.") from None
