"""`python -m ml.emotion.hybrid.restore`: the encoder of a ready hybrid model as a checkpoint that can learn on.

A hybrid model ships without the float weights that its encoder was trained with. What rounding them to bytes took is
gone; the folder that is written is otherwise what `ml.emotion.hybrid.tune` and `ml.emotion.train --arch hybrid` take.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from transformers import PreTrainedTokenizerFast

from ml.artifacts import EMOTION_HYBRID
from ml.emotion.hybrid.served import ENCODER_FILE
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.architecture import TransformerModel
from ml.encoder.restore import restore_network
from ml.encoder.served import OnnxTransformer
from ml.encoder.windows import WindowTokenizer
from ml.errors import DataError, ModelError

# Largest difference in probability that activations in bytes explain: 0.024 in hybrid-c63c6704ffa7.
_TOLERANCE = 0.1


def restore_checkpoint(model: Path, output: Path) -> float:
    """Write network and tokenizer; return the largest difference in probability from the encoder that serves.

    Raises ModelError when the folder holds no such encoder, or when the network reads something else, and DataError
    when the output is that folder.
    """
    if output.resolve() == model.resolve():
        raise DataError("--output: is the model, which would be overwritten. Name another folder.")
    graph = model / ENCODER_FILE
    if not graph.is_file():
        raise ModelError(f"{graph}: no such file. Give the folder of a hybrid model.")
    tokenizer = WindowTokenizer.load(model, EMOTION_TASK)
    served = OnnxTransformer(graph, tokenizer)
    restored = TransformerModel(restore_network(graph, EMOTION_TASK.labels, tokenizer.pad_id), tokenizer)
    probes = EMOTION_TASK.probes
    found, expected = (np.exp(reader.log_probabilities(probes)) for reader in (restored, served))
    difference = float(np.abs(found - expected).max())
    if not difference <= _TOLERANCE:
        raise ModelError(f"{graph}: restored, its probabilities differ by {difference:.2g}: not a graph of this form")
    restored.save(output)
    pad_token = tokenizer.tokenizer.id_to_token(tokenizer.pad_id)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer.tokenizer, pad_token=pad_token).save_pretrained(output)
    return difference


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for a model that cannot be restored)."""
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.hybrid.restore", description=__doc__)
    parser.add_argument(
        "--model", type=Path, default=EMOTION_HYBRID, help="a hybrid model (default: the one that ships)"
    )
    parser.add_argument("--output", type=Path, required=True, help="folder of the checkpoint")
    options = parser.parse_args(arguments)
    try:
        difference = restore_checkpoint(options.model, options.output)
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{options.output}: probabilities within {difference:.2g} of the model's", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
