"""`python -m ml.emotion.transformer.pretrain`: teach an encoder the tags of other people's label sets.

The folder OUTPUT/best that it leaves is what `--checkpoint` of `ml.emotion.train` takes. No text that is held out of
`--data`, in validation or test, is learnt from; those of the validation part that have tags choose the epoch.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ml.commands import run_resumable
from ml.emotion.corpora.registry import SPEC_FORM, load_sources
from ml.emotion.corpora.tags import TAG_NAMES, load_tags
from ml.emotion.data import Split, drop_texts, split_examples, squeeze
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.pretrain import Tagged, pretrain
from ml.encoder.settings import TransformerSettings
from ml.options import change_settings

TAG_TASK = replace(EMOTION_TASK, labels=TAG_NAMES)


def pretrain_settings(checkpoint: str) -> TransformerSettings:
    """Few epochs at a high rate: an encoder of this size has much to learn, and the fine-tuning comes after it."""
    return TransformerSettings(
        checkpoint,
        epochs=2,
        batch_size=64,
        learning_rate=1.5e-4,
        layer_decay=0.95,
        token_dropout=0.1,
        max_tokens=128,
        overlap=16,
        save_every=100,
    )


def part_tagged(tagged: Sequence[Tagged], data: Sequence[str]) -> tuple[list[Tagged], list[Tagged]]:
    """The texts to learn from, and those of the validation part of `data`, each once. Raises DataError."""
    parts = split_examples(load_sources(data))
    held_out = {squeeze(example.text) for example in parts[Split.VALIDATION]}
    held_out -= {squeeze(example.text) for example in parts[Split.TEST]}
    validation = {row.text: row for row in tagged if squeeze(row.text) in held_out}
    return drop_texts(tagged, [*parts[Split.VALIDATION], *parts[Split.TEST]]), list(validation.values())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for bad data or a missing file, 130 when it was interrupted)."""
    options = _parser().parse_args(arguments)

    def work() -> None:
        settings = change_settings(pretrain_settings(options.checkpoint), options.set)
        tagged = [row for spec in options.tags for row in load_tags(spec)]
        texts, validation = part_tagged(tagged, options.data)
        print(f"train: {len(texts)}, validation: {len(validation)} texts", file=sys.stderr, flush=True)
        folder = pretrain(texts, validation, settings, options.output, TAG_TASK)
        print(folder)

    return run_resumable(work)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.transformer.pretrain", description=__doc__)
    parser.add_argument("--checkpoint", required=True, help="a Hugging Face id or a folder")
    parser.add_argument(
        "--tags",
        action="append",
        required=True,
        metavar="KIND:PATH[:COUNT]",
        help="kote, goemotions or nsmc; may be repeated, also to count a set more than once",
    )
    parser.add_argument(
        "--data", action="append", required=True, metavar=SPEC_FORM, help="whose held-out texts to keep out"
    )
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="change a setting")
    parser.add_argument("--output", type=Path, required=True, help="folder of the run")
    return parser


if __name__ == "__main__":
    sys.exit(main())
