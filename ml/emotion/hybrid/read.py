"""`python -m ml.emotion.hybrid.read`: let tuned encoders read unlabelled texts, where there is a GPU.

What they read is what `--readings` of `ml.emotion.distil` takes, which needs none. Several encoders that differ in
their seed read better together than each of them does.
"""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from ml.emotion.corpora.registry import SPEC_FORM, load_sources
from ml.emotion.corpora.texts import TEXTS_FORM, choose_texts, load_texts
from ml.emotion.hybrid.excerpts import excerpt
from ml.emotion.hybrid.readings import write_readings
from ml.emotion.hybrid.settings import EXCERPT
from ml.emotion.mixing import read_together
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.model import WEIGHTS_FILE, TransformerModel
from ml.errors import DataError, ModelError
from ml.files import hash_file


def name_encoders(folders: Sequence[Path]) -> str:
    """What names encoders in that order: the first digits of a SHA-256 over their weights."""
    digests = [hash_file(folder / WEIGHTS_FILE) for folder in folders]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()[:12]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for bad data or a missing model)."""
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.hybrid.read", description=__doc__)
    parser.add_argument(
        "--encoder", type=Path, action="append", required=True, help="of ml.emotion.hybrid.tune; may be repeated"
    )
    parser.add_argument("--texts", action="append", required=True, metavar=TEXTS_FORM, help="may be repeated")
    parser.add_argument("--data", action="append", required=True, metavar=SPEC_FORM, help="whose texts to leave out")
    parser.add_argument("--excerpt", type=int, default=EXCERPT, help="characters of a text (default: %(default)s)")
    parser.add_argument("--output", type=Path, required=True, help="an .npz file")
    options = parser.parse_args(arguments)
    try:
        encoders = [TransformerModel.load(folder, EMOTION_TASK) for folder in options.encoder]
        found = [text for spec in options.texts for text in load_texts(spec)]
        excerpts = [excerpt(text, options.excerpt) for text in choose_texts(found, load_sources(options.data))]
        write_readings(options.output, excerpts, read_together(encoders, excerpts), name_encoders(options.encoder))
    except (DataError, ModelError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{len(excerpts)} texts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
