"""`python -m ml.emotion.hybrid.tune`: fine-tune the encoder of a hybrid model alone, where there is a GPU.

The folder OUTPUT/best is a checkpoint for `ml.emotion.train --arch hybrid --set encoder.epochs=0`, which does the
rest without a GPU, and a reader for `ml.emotion.hybrid.read`.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ml.commands import run_resumable
from ml.emotion.architectures import make_settings
from ml.emotion.corpora.registry import SPEC_FORM, load_sources
from ml.emotion.data import Split, keep_what_chooses
from ml.emotion.folder import HYBRID
from ml.emotion.hybrid.model import tune_encoder
from ml.emotion.train import split_for_training
from ml.encoder.state import BEST_FOLDER
from ml.errors import DataError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for bad data or a missing file, 130 when it was interrupted)."""
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.hybrid.tune", description=__doc__)
    parser.add_argument("--checkpoint", required=True, help="a Hugging Face id or a folder")
    parser.add_argument("--data", action="append", required=True, metavar=SPEC_FORM, help="may be repeated")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="change a setting, such as encoder.seed=1"
    )
    parser.add_argument("--output", type=Path, required=True, help="folder of the run")
    options = parser.parse_args(arguments)

    def work() -> None:
        settings = make_settings(HYBRID, checkpoint=options.checkpoint, changes=options.set)
        if not settings.encoder.epochs:
            raise DataError("encoder.epochs: has to be 1 or more, where there is something to learn")
        parts = split_for_training(load_sources(options.data))
        tune_encoder(parts[Split.TRAIN], keep_what_chooses(parts[Split.VALIDATION]), settings, options.output)
        print(options.output / BEST_FOLDER)

    return run_resumable(work)


if __name__ == "__main__":
    sys.exit(main())
