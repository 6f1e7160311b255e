"""`python -m ml.emotion.distil`: let a large model read unlabelled texts, for a small one to learn from.

What it read is the file that `--soft` of `ml.emotion.train` takes: a small model learns more from a large one's doubts
about many texts than from the labels of few (Hinton, Vinyals and Dean 2015, arXiv 1503.02531). No text of `--data` is
among them: its own labels are better, and what is held out of it stays unseen.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from tqdm import tqdm

from ml.emotion.compact.served import COMPACT_FILE, load_readers, read_has_pieces
from ml.emotion.corpora.registry import SPEC_FORM, load_sources
from ml.emotion.corpora.texts import KINDS, TEXTS_FORM, choose_texts, load_texts
from ml.emotion.folder import COMPACT, HYBRID, TRAINER
from ml.emotion.hybrid.excerpts import excerpt
from ml.emotion.hybrid.readings import load_readings, load_with_readings
from ml.emotion.hybrid.served import ServedHybrid
from ml.emotion.hybrid.settings import EXCERPT
from ml.emotion.mixing import average, read_together
from ml.emotion.predict import Predictor
from ml.emotion.soft_labels import COLUMNS, read_soft_labels
from ml.emotion.units import FloatArray
from ml.errors import DataError, ModelError
from ml.labels import Emotion
from ml.manifest import read_manifest

_BATCH = 1024
_HEADER = "\t".join(COLUMNS) + "\n"


@dataclass(frozen=True, slots=True)
class Teacher:
    """Who reads the texts: its name, and what gives the probabilities, (texts, 6), of normalised ones."""

    name: str
    read: Callable[[Sequence[str]], FloatArray]

    @classmethod
    def of_model(cls, predictor: Predictor) -> Self:
        """A model, as it serves."""

        def read(texts: Sequence[str]) -> FloatArray:
            predictions = predictor.predict(list(texts))
            return np.array([[prediction.scores[emotion] for emotion in Emotion] for prediction in predictions])

        return cls(predictor.model_version, read)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for bad data or a missing model, 130 when it was interrupted)."""
    options = _parser().parse_args(arguments)
    try:
        found = [text for spec in options.texts for text in load_texts(spec)]
        texts = list(choose_texts(found, load_sources(options.data)))
        if options.encoder and (options.teacher or options.readings):
            raise DataError("--encoder reads alone: leave --teacher and --readings out")
        if options.networks and options.teacher and read_manifest(options.teacher, trainer=TRAINER).get("networks_of"):
            raise DataError("--networks: the teacher reads by networks already; leave the option out")
        teacher = load_encoder(options.encoder) if options.encoder else None
        teacher = teacher or load_teacher(options.teacher, options.readings, texts)
        read_texts(join_networks(teacher, options.networks) if options.networks else teacher, texts, options.output)
    except (DataError, ModelError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped: the same command goes on behind the last text that was read", file=sys.stderr)
        return 130
    print(f"{len(texts)} texts")
    return 0


def load_teacher(folder: Path | None, readings: Path | None = None, texts: Sequence[str] = ()) -> Teacher:
    """Load a model that has not been fitted on the validation split, or what encoders read of the texts, or both.

    What a model remembered of that split would come back in the soft labels, and the student's figures would be too
    good. With a model, the readings take the place of its encoder. Alone they are for passages of labelled texts:
    n-grams that learned those by heart say the whole one's label, whatever the passage says.
    Raises ModelError like Predictor.load, and for a model that has, DataError like `load_readings`, and for neither.
    """
    if folder is None:
        if readings is None:
            raise DataError("who is to read: name --teacher, --readings or both, or --encoder")
        known = load_readings(readings, [excerpt(text, EXCERPT) for text in texts])
        return Teacher(
            f"encoders-{known.readers}",
            lambda asked: np.exp(known.log_probabilities([excerpt(text, EXCERPT) for text in asked])),
        )
    if read_manifest(folder, trainer=TRAINER).get("is_refitted", True):
        raise ModelError(
            f"{folder}: was fitted on the validation split. Make it by ml.emotion.train --teacher or renew."
        )
    return Teacher.of_model(load_with_readings(folder, readings, texts) if readings else Predictor.load(folder))


def load_encoder(folder: Path) -> Teacher:
    """The encoder of a hybrid model, alone, which has not been fitted on the validation split, if the n-grams have.

    It is for passages of labelled texts. Raises ModelError for another model.
    """
    manifest = read_manifest(folder, trainer=TRAINER)
    if manifest["architecture"] != HYBRID:
        raise ModelError(f"{folder}: --encoder is for a hybrid model, which has one")
    readers = ServedHybrid.load(folder).readers
    return Teacher(
        f"encoder-of-{manifest['model_version']}",
        lambda asked: np.exp(readers.encoder.log_probabilities([excerpt(text, readers.excerpt) for text in asked])),
    )


def join_networks(teacher: Teacher, folder: Path) -> Teacher:
    """The teacher and the networks of a compact model that it has taught: their normalised geometric mean.

    The teacher is one half of it, the networks' own mean the other, whatever the model's mixture says of them.
    Together they read better than the teacher alone, so a network may learn from itself once more (Furlanello et al.
    2018, arXiv 1805.04770). The model's n-grams, which have been fitted on the validation split, keep quiet.
    Raises ModelError for a model without networks.
    """
    manifest = read_manifest(folder, trainer=TRAINER)
    if manifest["architecture"] != COMPACT or not (folder / COMPACT_FILE).exists():
        raise ModelError(f"{folder}: --networks is for a compact model that was taught, which has some")
    readers = load_readers(folder, has_pieces=read_has_pieces(folder))

    def read(texts: Sequence[str]) -> FloatArray:
        return np.exp(average([np.log(teacher.read(texts) + 1e-12), read_together(readers, texts)]))

    return Teacher(f"{teacher.name} and the networks of {manifest['model_version']}", read)


def read_texts(teacher: Teacher, texts: Sequence[str], output: Path) -> None:
    """Write what the teacher reads in each text; what an interrupted run has written is not read again.

    Raises DataError where the file holds another run's.
    """
    done = _count_done(output, texts, teacher.name)
    with output.open("a", encoding="utf-8", newline="") as file, tqdm(total=len(texts), unit="text") as bar:
        if not file.tell():
            file.write(_HEADER)
        bar.update(done)
        for start in range(done, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            file.write("".join(f"{row}\n" for row in _read_batch(teacher, batch)))
            file.flush()
            bar.update(len(batch))


def _read_batch(teacher: Teacher, texts: Sequence[str]) -> list[str]:
    """Rows of the file. The texts are read in the order of their length, so that few are padded."""
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    rows = [""] * len(texts)
    for index, shares in zip(order, teacher.read([texts[index] for index in order]).tolist(), strict=True):
        rows[index] = "\t".join([*(f"{share:.4f}" for share in shares), teacher.name, texts[index]])
    return rows


def _count_done(output: Path, texts: Sequence[str], teacher: str) -> int:
    """How many texts an earlier run has read; a last line that it did not finish is cut off."""
    if not output.exists():
        output.parent.mkdir(parents=True, exist_ok=True)
        return 0
    written, header = output.read_bytes(), _HEADER.encode()
    if not written.startswith(header) and not header.startswith(written):
        raise DataError(f"{output}: holds something else. Name another file.")
    os.truncate(output, written.rfind(b"\n") + 1)
    if written == header or not written.startswith(header):
        return 0
    done = read_soft_labels(output)
    if done.texts != list(texts[: len(done)]) or done.teacher not in ("", teacher):
        raise DataError(f"{output}: holds other texts, or another teacher's. Delete it, or name another file.")
    return len(done)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.distil", description=__doc__)
    parser.add_argument("--teacher", type=Path, help="a model folder, of ml.emotion.train or renew --teacher")
    parser.add_argument("--encoder", type=Path, help="instead: a hybrid model, whose encoder is to read alone")
    parser.add_argument("--networks", type=Path, help="a compact model, whose networks are to read as well")
    parser.add_argument(
        "--texts",
        action="append",
        required=True,
        metavar=TEXTS_FORM,
        help=f"where KIND is {', '.join(KINDS)}; may be repeated",
    )
    parser.add_argument(
        "--data", action="append", required=True, metavar=SPEC_FORM, help="whose texts to leave out; may be repeated"
    )
    parser.add_argument(
        "--readings",
        type=Path,
        help="what ml.emotion.hybrid.read wrote of these texts; without --teacher, the reading itself",
    )
    parser.add_argument("--output", type=Path, required=True, help="tab-separated file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
