"""An emotion model as heavy as BERT-base, for measurements. It has learned nothing: its weights are drawn by chance.

How long it takes depends on its size and the length of a text, never on what the weights are.
"""

from pathlib import Path

import torch
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification

from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.model import TransformerModel
from ml.encoder.windows import WindowTokenizer
from ml.labels import Emotion
from ml.manifest import write_manifest

VOCABULARY = 32_000  # klue/bert-base's
MAX_TOKENS = 128
PADDING, UNKNOWN, FIRST, LAST = SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
VERSION = "bert-base-by-chance"


def write_model(folder: Path) -> int:
    """Write a folder that `ml.emotion.predict.Predictor` loads; returns how many parameters the network has."""
    config = BertConfig(  # all other sizes are BERT-base's by default: 12 layers, 768 wide, 12 heads
        vocab_size=VOCABULARY,
        id2label=dict(enumerate(Emotion)),
        label2id={emotion: place for place, emotion in enumerate(Emotion)},
    )
    torch.manual_seed(0)
    network = BertForSequenceClassification(config).eval()
    tokenizer = WindowTokenizer(
        _words_of_two_letters(), EMOTION_TASK, max_tokens=MAX_TOKENS, overlap=32, pad_id=SPECIAL.index(PADDING)
    )
    files = TransformerModel(network, tokenizer).save(folder)
    facts = {
        "architecture": "transformer",
        "labels": list(Emotion),
        "model_version": VERSION,
        "sentence_share": 0.5,
        "confidence_threshold": 0.0,
        "temperatures": {"diary": 1.0, "other": 1.0},
    }
    write_manifest(folder, files=files, facts=facts)
    return sum(parameter.numel() for parameter in network.parameters())


def _words_of_two_letters() -> Tokenizer:
    """As many tokens as a trained one makes of Korean, near enough: one for two letters. It knows none of them."""
    tokenizer = Tokenizer(models.WordLevel({token: place for place, token in enumerate(SPECIAL)}, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"\S{1,2}"), "isolated")
    ends = [(token, SPECIAL.index(token)) for token in (FIRST, LAST)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{FIRST} $A {LAST}", special_tokens=ends)
    return tokenizer
