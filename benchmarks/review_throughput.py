"""Sentences per second of the review classifier against a DistilBERT-size pipeline on one core, and its accuracy.

`python -m benchmarks.review_throughput --dair PATH/dair-ai-emotion` prints one Markdown table. The DistilBERT has
random weights, which cost as much time as trained ones; its tokenizer knows the words of the sentences that are
scored.
"""

import argparse
import os

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy, torch and ONNX Runtime are imported

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    DistilBertConfig,
    DistilBertForSequenceClassification,
    PreTrainedTokenizerFast,
    pipeline,
)

from ml.encoder.model import TransformerModel
from ml.encoder.served import OnnxTransformer
from ml.encoder.settings import Precision
from ml.reviews.data import LABELS, read_dair
from ml.reviews.predict import Classifier, EncoderModel, load_classifier
from ml.reviews.sources import iter_reviews
from ml.reviews.task import REVIEW_TASK
from ml.reviews.text import split_sentences

FOLDER = Path(__file__).resolve().parent.parent / "ml" / "artifacts" / "reviews"
BATCH_SIZES = (1, 8, 32)
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]

OPENINGS = ("I thought that", "In the end", "To be honest,", "From the first scene on", "As a friend told me,")
SUBJECTS = ("the film", "her brother", "the old detective", "a lonely child", "everyone in that house", "the music")
VERBS = (
    "frightened me",
    "made us laugh",
    "was rather slow",
    "seemed to fall apart",
    "cried for joy",
    "hated the rain",
)
ENDINGS = ("for an hour.", "without any reason.", "and I loved it.", "until the lights went on.", "like in a dream.")


Row = tuple[str, float, float | None]


def generate_sentences(count: int, seed: int = 1) -> list[str]:
    """Made-up sentences of a review's length: about twelve words, some three times as long."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    parts = (OPENINGS, SUBJECTS, VERBS, ENDINGS)
    return [
        " ".join(chance.choice(part) for _ in range(chance.choice((1, 1, 1, 2, 3))) for part in parts)
        for _ in range(count)
    ]


def read_sentences(path: Path, count: int) -> list[str]:
    """The first sentences of a source of reviews, as `ml.reviews.tag` takes it."""
    return list(islice((one for review in iter_reviews(path) for one in split_sentences(review.text)), count))


def make_tokenizer(sentences: Sequence[str]) -> PreTrainedTokenizerFast:
    """A WordPiece tokenizer as BERT's, trained on the sentences."""
    wordpiece = Tokenizer(models.WordPiece(unk_token="[UNK]"))  # noqa: S106 - a token of text
    wordpiece.normalizer = normalizers.BertNormalizer(lowercase=True)
    wordpiece.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    wordpiece.train_from_iterator(
        sentences, trainers.WordPieceTrainer(vocab_size=30_522, special_tokens=SPECIAL, show_progress=False)
    )
    wordpiece.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token"), SPECIAL, strict=True))
    return PreTrainedTokenizerFast(tokenizer_object=wordpiece, model_max_length=512, **names)


def make_pipeline(sentences: Sequence[str]) -> Any:
    """`text-classification` with DistilBERT's size: 6 layers, 768 wide, 12 heads, 30,522 pieces, float32."""
    torch.manual_seed(1)
    config = DistilBertConfig(num_labels=len(LABELS))
    model = DistilBertForSequenceClassification(config).eval()
    tokenizer = make_tokenizer(sentences)
    return pipeline("text-classification", model=model, tokenizer=tokenizer, device="cpu", truncation=True)


def load_float32(folder: Path) -> Classifier:
    """The network as it was before it was quantised, under ONNX Runtime as well."""
    with TemporaryDirectory() as graph:
        TransformerModel.load(folder, REVIEW_TASK).to_onnx(Path(graph), precision=Precision.FLOAT)
        return Classifier(EncoderModel(OnnxTransformer.load(Path(graph), REVIEW_TASK)), "the same in float32")


def sentences_per_second(score: Callable[[list[str]], object], sentences: list[str], repeats: int) -> float:
    """The best of some runs over all sentences, after a warm-up on a few."""
    score(sentences[:32])
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        score(sentences)
        best = min(best, time.perf_counter() - start)
    return len(sentences) / best


def score_by_length(classifier: Classifier, sentences: list[str], batch: int = 128) -> None:
    """Score as tagging does: sorted by length, in batches."""
    ordered = sorted(sentences, key=len)
    for start in range(0, len(ordered), batch):
        classifier.predict(ordered[start : start + batch])


def accuracy(classifier: Classifier, dair: Path) -> float:
    """The share of dair-ai's test sentences whose label, of its six, is the most probable one."""
    examples = read_dair(dair / "test.txt")
    columns = classifier.predict([example.text for example in examples])[:, :-1].argmax(axis=1)
    counts = Counter(LABELS[column] == example.label for column, example in zip(columns, examples, strict=True))
    return counts[True] / len(examples)


def measure(options: argparse.Namespace) -> list[Row]:
    """Name, sentences per second and accuracy of each model, the pipeline last."""
    if options.reviews:
        sentences = read_sentences(options.reviews, options.count)
    else:
        sentences = generate_sentences(options.count)
    rows: list[Row] = []
    classifiers = [load_classifier(options.model)]
    if options.float32:
        classifiers.append(load_float32(options.float32))
    for classifier in classifiers:

        def score(batch: list[str], classifier: Classifier = classifier) -> None:
            score_by_length(classifier, batch)

        speed = sentences_per_second(score, sentences, options.repeats)
        rows.append((classifier.version, speed, accuracy(classifier, options.dair) if options.dair else None))
    classify = make_pipeline(sentences)
    for size in BATCH_SIZES:

        def classify_all(batch: list[str], size: int = size) -> object:
            return classify(sorted(batch, key=len), batch_size=size)

        speed = sentences_per_second(classify_all, sentences, options.repeats)
        rows.append((f"transformers pipeline, DistilBERT size, batch_size={size}", speed, None))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=FOLDER, help="folder of the classifier")
    parser.add_argument("--float32", type=Path, help="the weights in float32: `best` in training's OUTPUT.training")
    parser.add_argument("--dair", type=Path, help="folder with test.txt (sentence;label)")
    parser.add_argument("--reviews", type=Path, help="source of the sentences (default: made-up ones)")
    parser.add_argument("--count", type=int, default=320, help="sentences, the same for all")
    parser.add_argument("--repeats", type=int, default=3, help="runs, of which the best counts")
    options = parser.parse_args()
    core = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    torch.set_num_threads(1)
    rows = measure(options)
    reference = max(speed for name, speed, _ in rows if name.startswith("transformers"))
    print(f"one core, best of {options.repeats}; ratio to the pipeline with its best batch_size\n")
    print("| model | sentences/s | ratio | accuracy on dair-ai's test |\n|---|---|---|---|")
    for name, speed, share in rows:
        print(f"| {name} | {speed:,.0f} | {speed / reference:.1f} | {'' if share is None else f'{share:.4f}'} |")
    (_, _, ours), (_, _, float32), *_ = rows
    if ours is not None and float32 is not None:
        difference = (ours - float32) * 100
        print(f"\nfloat32 → the model: {difference:+.2f} points of accuracy")


if __name__ == "__main__":
    main()
