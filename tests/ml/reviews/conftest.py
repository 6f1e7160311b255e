"""A tiny world of reviews: horror, comedies, tragedies and revenge, in files as the commands take them."""

import csv
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ml.reviews.architectures import make_architecture
from ml.reviews.data import LabelledText, read_dair
from ml.reviews.linear import LinearSettings
from ml.reviews.predict import Classifier, load_classifier
from ml.reviews.sources import Review
from ml.reviews.train import Material, train

SENTENCES = {
    "joy": ["i feel so happy and glad today", "we laughed and had fun", "what a happy funny evening", "i enjoyed it"],
    "love": [
        "i love her with all my heart",
        "a loving and tender kiss",
        "i feel loved and caring",
        "they are in love",
    ],
    "sadness": [
        "i feel sad and want to cry",
        "so many tears at the funeral",
        "a lonely and gloomy day",
        "he was crying",
    ],
    "anger": ["i am angry and full of rage", "i hate him so much", "she was furious and mad", "this makes me angry"],
    "fear": [
        "i was scared and afraid",
        "the ghost was terrifying",
        "i feel nervous and scared",
        "a creepy dark house",
    ],
    "surprise": [
        "i was so surprised and shocked",
        "wow what a strange surprise",
        "i feel amazed",
        "so curious and dazed",
    ],
}

FEELING_WORDS = {
    "horror": "The ghost in the creepy house was scary. I was scared and afraid of the terrifying dark.",
    "comedy": "The jokes at the wedding were funny. We laughed and had fun and I enjoyed the happy evening.",
    "tragedy": "The mother died and the funeral was sad. I could not stop crying and there were many tears.",
    "revenge": "The killer made me angry and full of rage. I hate him and she was furious about the murder.",
}


@dataclass(frozen=True)
class World:
    """The files of the tiny world."""

    reviews: Path
    base: Path
    overviews: Path
    korean: Path
    directors: Path


def write_reviews(path: Path, records: list[dict[str, object]]) -> Path:
    path.write_bytes(gzip.compress("".join(json.dumps(record) + "\n" for record in records).encode()))
    return path


def write_table(path: Path, header: str, rows: list[list[str]], *, delimiter: str = "\t") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerow(header.split())
        writer.writerows(rows)
    return path


def make_reviews(count: int) -> list[Review]:
    """Reviews of seven films, no two of them equal, with sentences that many share."""
    texts = list(FEELING_WORDS.values())
    return [
        Review(f"tt{number % 7:07d}", number % 10 + 1, f"It was film number {number} then. {texts[number % 4]}")
        for number in range(count)
    ]


@pytest.fixture(scope="session")
def dair_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dair")
    lines = [f"{sentence};{label}" for label, sentences in SENTENCES.items() for sentence in sentences]
    for split in ("train", "val", "test"):
        (folder / f"{split}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def classifier_folder(tmp_path_factory: pytest.TempPathFactory, dair_folder: Path) -> Path:
    folder = tmp_path_factory.mktemp("model")
    neutral = ["the film was shot in two weeks", "the acting is wooden", "a film by a director", "it runs two hours"]
    examples = read_dair(dair_folder / "train.txt")
    material = Material(examples + [LabelledText(text, "neutral") for text in neutral], examples, {})
    architecture = make_architecture("linear", LinearSettings(min_document_frequency=1))
    train(material, architecture, folder, state=folder / "state", command="")
    return folder


@pytest.fixture(scope="session")
def classifier(classifier_folder: Path) -> Classifier:
    return load_classifier(classifier_folder)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Twelve films of four kinds with five reviews each, and two Korean films with plots alone."""
    kinds = list(FEELING_WORDS)
    ids = {f"tt{number:07d}": kinds[number % 4] for number in range(1, 13)}
    reviews: list[dict[str, object]] = [
        {"tconst": imdb_id, "rating": 3 + copy, "text": f"Take {copy} of it.<br /><br />{FEELING_WORDS[kind]}"}
        for imdb_id, kind in ids.items()
        for copy in range(5)
    ]
    reviews.append({"tconst": "tt9999999", "rating": 5, "text": "A film that no table knows."})
    base = [
        [imdb_id, str(100 + row), f"Film {row}", "2001", "Ang Lee", "영화" if row == 0 else ""]
        for row, imdb_id in enumerate(ids)
    ]
    base.append(["tt0000099", "", "Too Old", "1989", "Someone", ""])
    plots = [
        ["501", "Haunted", "귀신", "2010", "Kim", "A ghost haunts a creepy dark house.", "ghost|house"],
        ["502", "Goodbye", "안녕", "2011", "Lee", "A mother died and a funeral brings tears.", "funeral"],
        ["503", "Steam", "김", "2012", "Park", "A ghost.", "softcore"],
        ["504", "Nothing Known", "모름", "2013", "Choi", "", ""],
    ]
    return World(
        reviews=write_reviews(tmp_path / "reviews.jsonl.gz", reviews),
        base=write_table(tmp_path / "base.tsv", "tconst tmdb_id title year director title_ko", base),
        overviews=write_table(
            tmp_path / "plots.csv",
            "tmdb_id title original_title year director overview keywords",
            plots,
            delimiter=",",
        ),
        korean=write_table(
            tmp_path / "korean.tsv",
            "tmdb_id tconst title_ko year director",
            [["501", "tt0000501", "귀신", "2010", "Kim"], ["504", "", "모름", "2013", "Choi"]],
        ),
        directors=write_table(tmp_path / "directors.tsv", "director_en director_ko", [["Ang Lee", "이안"]]),
    )


@pytest.fixture
def broken(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a file of the given name and content."""

    def write(name: str, content: str) -> Path:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return write
