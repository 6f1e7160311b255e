"""The weights of a word network that is served, for another one to start its training from."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch

from ml.emotion.reader_weights import read_weights
from ml.emotion.teaching import move_back
from ml.emotion.words.model import WordModel
from ml.emotion.words.served import READER_FILE, SCALES_FILE, TABLE_FILE, ServedWords
from ml.emotion.words.settings import WordSettings
from ml.emotion.words.tokenizer import WordTokenizer
from ml.errors import ModelError
from ml.manifest import hash_files

_LAYER = re.compile(r"layers\.(\d+)\.")
# What a layer adds to the words comes through these two.
_SPEAKS = re.compile(r"\.(attended|dense\.2)\.")


def start_from(folder: Path, model: WordModel) -> None:
    """Give the model the weights of the one in `folder`; of one with another number of labels, all but the last
    layer's.

    The model may be the larger one, in layers and in buckets, and reads then as the smaller one does until it learns
    (Chen, Goodfellow and Shlens 2016, arXiv 1511.05641): what hashes to one bucket of a small table lies in two that
    are neighbours in one of twice the size, and a layer that adds nothing is none. (Two n-grams of one word that
    shared a bucket counted once, and count each where they no longer do.)

    The table was rounded to four bits when it was written to be served, the matrices to seven. How many heads that
    network has is written nowhere: whoever starts from it has to know. Raises ModelError when the folder holds no word
    network, or one that hashes otherwise, has another width, or is the larger one.
    """
    served, network = ServedWords.load(folder), model.network
    found = read_weights(folder / READER_FILE)
    own = network.reader.state_dict()
    last = f"head.{len(network.reader.head) - 1}."
    has_these_labels = len(own[f"{last}bias"]) == len(found.get(f"{last}bias", ()))
    layers = _count_layers(found)
    added = tuple(f"layers.{place}." for place in range(layers, len(network.reader.layers)))
    kept = [name for name in own if not name.startswith(added) and (has_these_labels or not name.startswith(last))]
    unlike = [name for name in kept if name not in found or found[name].shape != own[name].shape]
    if layers > len(network.reader.layers):
        unlike.append("layers")
    growth = model.settings.features.bits - served.features.bits
    if replace(served.features, bits=model.settings.features.bits) != model.settings.features or growth < 0 or unlike:
        raise ModelError(f"{folder}: its word network has other settings ({', '.join(unlike) or 'features'})")
    silent = [name for name in own if name.startswith(added) and _SPEAKS.search(name)]
    zeros = {name: torch.zeros_like(own[name]) for name in silent}
    network.reader.load_state_dict(own | {name: found[name] for name in kept} | zeros)
    with torch.no_grad():
        table = torch.from_numpy(served.table.restore())
        network.table.weight.copy_(table.repeat_interleave(1 << growth, dim=0))


def check_start(folder: Path, settings: WordSettings) -> None:
    """Before an hour of training: raises ModelError as `start_from` does."""
    start_from(folder, WordModel(settings, WordTokenizer(settings.max_words)))


def mix_with_start(folder: Path, model: WordModel, share: float) -> None:
    """Let that share of the model's weights be those that it started from, the ones in `folder`, as `move_back` does.

    Raises ModelError as `start_from` does.
    """
    started = WordModel(model.settings, model.tokenizer)
    start_from(folder, started)
    move_back(model.network, started.network, share)


def hash_start(folder: Path) -> str:
    """SHA-256 of what `start_from` reads."""
    return hash_files(folder, [READER_FILE, TABLE_FILE, SCALES_FILE])


def _count_layers(weights: Mapping[str, torch.Tensor]) -> int:
    places = [int(found[1]) for name in weights if (found := _LAYER.match(name))]
    return max(places, default=-1) + 1
