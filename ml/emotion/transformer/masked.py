"""`python -m ml.emotion.transformer.masked`: let an encoder read on in Korean, as people write it.

The folder OUTPUT/best that it leaves is what `--checkpoint` of `ml.emotion.transformer.pretrain` takes. It reads the
unlabelled texts and the training part of `--data`; no text that is held out is among them.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ml.commands import run_resumable
from ml.emotion.corpora.registry import SPEC_FORM, load_sources
from ml.emotion.corpora.texts import TEXTS_FORM, choose_texts, load_texts
from ml.emotion.data import Split, keep_what_chooses
from ml.emotion.train import split_for_training
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.masked import pretrain_masked
from ml.encoder.settings import TransformerSettings
from ml.options import change_settings

# What it leaves has learnt no labels, and nobody shall take it for a model that has.
_TASK = replace(EMOTION_TASK, labels=("hidden words",))


def masked_settings(checkpoint: str) -> TransformerSettings:
    """Once through all texts, in large batches at a high rate."""
    return TransformerSettings(
        checkpoint,
        epochs=1,
        batch_size=512,
        learning_rate=5e-4,
        warmup=0.06,
        max_tokens=128,
        overlap=16,
        save_every=2000,
    )


def part_texts(found: Sequence[str], data: Sequence[str]) -> tuple[list[str], list[str]]:
    """The texts to read, and those of the validation part of `data`. Raises DataError."""
    examples = load_sources(data)
    parts = split_for_training(examples)
    labelled = dict.fromkeys(example.text for example in parts[Split.TRAIN])
    validation = dict.fromkeys(example.text for example in keep_what_chooses(parts[Split.VALIDATION]))
    return [*choose_texts(found, examples), *labelled], list(validation)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for bad data or a missing file, 130 when it was interrupted)."""
    options = _parser().parse_args(arguments)

    def work() -> None:
        settings = change_settings(masked_settings(options.checkpoint), options.set)
        texts, validation = part_texts([text for spec in options.texts for text in load_texts(spec)], options.data)
        print(f"train: {len(texts)}, validation: {len(validation)} texts", file=sys.stderr, flush=True)
        folder = pretrain_masked(texts, validation, settings, options.output, _TASK)
        print(folder)

    return run_resumable(work)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.transformer.masked", description=__doc__)
    parser.add_argument("--checkpoint", required=True, help="a Hugging Face id or a folder")
    parser.add_argument("--texts", action="append", required=True, metavar=TEXTS_FORM, help="may be repeated")
    parser.add_argument("--data", action="append", required=True, metavar=SPEC_FORM, help="may be repeated")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="change a setting")
    parser.add_argument("--output", type=Path, required=True, help="folder of the run")
    return parser


if __name__ == "__main__":
    sys.exit(main())
