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

from ml.commands import run_resumable
from ml.emotion.hybrid.served import ENCODER_FILE
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.architecture import TransformerModel
from ml.encoder.restore import restore_network
from ml.encoder.served import OnnxTransformer
from ml.encoder.windows import WindowTokenizer
from ml.errors import ModelError

# Largest difference in probability that activations in bytes explain: 0.02 in the model that ships.
_TOLERANCE = 0.1


def restore_checkpoint(model: Path, output: Path, heads: int) -> float:
    """Write network and tokenizer; return the largest difference in probability from the encoder that serves.

    Raises ModelError when the folder holds no such encoder, or when the network reads something else, as it does
    with another number of `heads` than it was trained with.
    """
    if not (model / ENCODER_FILE).is_file():
        raise ModelError(f"{model / ENCODER_FILE}: no such file. Give the folder of a hybrid model.")
    served = OnnxTransformer.load(model, EMOTION_TASK, ENCODER_FILE)
    tokenizer = WindowTokenizer.load(model, EMOTION_TASK)
    network = restore_network(model / ENCODER_FILE, EMOTION_TASK.labels, heads, tokenizer.pad_id)
    restored = TransformerModel(network, tokenizer)
    probes = EMOTION_TASK.probes
    found, expected = (np.exp(reader.log_probabilities(probes)) for reader in (restored, served))
    difference = float(np.abs(found - expected).max())
    if not difference <= _TOLERANCE:
        raise ModelError(f"{model}: restored with {heads} heads, its probabilities differ by {difference:.2g}")
    restored.save(output)
    pad_token = tokenizer.tokenizer.id_to_token(tokenizer.pad_id)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer.tokenizer, pad_token=pad_token).save_pretrained(output)
    return difference


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for a model that cannot be restored)."""
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.hybrid.restore", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder of a hybrid model")
    parser.add_argument("--heads", type=int, default=12, help="of its attention (default: %(default)s, E5-small's)")
    parser.add_argument("--output", type=Path, required=True, help="folder of the checkpoint")
    options = parser.parse_args(arguments)

    def work() -> None:
        difference = restore_checkpoint(options.model, options.output, options.heads)
        print(f"{options.output}: probabilities within {difference:.2g} of the model's", file=sys.stderr)

    return run_resumable(work)


if __name__ == "__main__":
    sys.exit(main())
