"""A tiny hybrid model, both of whose halves have learned."""

from pathlib import Path

import pytest
from transformers import BertConfig

from ml.emotion.corpora.own import load_corpus
from ml.emotion.data import Split
from ml.emotion.features import FeatureSettings
from ml.emotion.hybrid.model import HybridModel, fit_hybrid
from ml.emotion.hybrid.settings import HybridSettings
from ml.emotion.ngram import NgramSettings
from ml.emotion.train import Parts, split_for_training
from ml.encoder.settings import TransformerSettings
from tests.ml.encoder.conftest import make_checkpoint


@pytest.fixture(scope="package")
def parts(tiny_corpus: Path) -> Parts:
    return split_for_training(load_corpus(tiny_corpus))


@pytest.fixture(scope="package")
def checkpoint(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    letters = sorted({letter for example in parts[Split.TRAIN] for letter in example.text} - {" "})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    size = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(vocab_size=len(vocabulary), max_position_embeddings=48, initializer_range=0.1, **size)
    return make_checkpoint(tmp_path_factory.mktemp("checkpoint"), config, vocabulary)


@pytest.fixture(scope="package")
def settings(checkpoint: Path) -> HybridSettings:
    encoder = TransformerSettings(
        str(checkpoint), epochs=5, batch_size=8, learning_rate=5e-3, max_tokens=40, overlap=8, layer_decay=0.9
    )
    return HybridSettings(encoder, NgramSettings(features=FeatureSettings(bits=12)), excerpt=40)


@pytest.fixture(scope="package")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="package")
def model(parts: Parts, settings: HybridSettings, state: Path) -> HybridModel:
    return fit_hybrid(parts[Split.TRAIN], parts[Split.VALIDATION], settings, state)
