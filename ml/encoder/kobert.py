"""KoBERT's SentencePiece tokenizer, written as a `tokenizers` one, so that it trains and serves like all others.

The KoBERT checkpoints (SKT Brain 2019; monologg/kobert and distilkobert, skt/kobert-base-v1) bring a SentencePiece
model and, in monologg's, a vocab.txt whose line numbers are the ids. Their own tokenizer class is remote code, which
is not trusted, and transformers would silently take vocab.txt for WordPiece and know next to no Korean word.
"""

import json
from pathlib import Path

from google.protobuf.message import DecodeError
from sentencepiece.sentencepiece_model_pb2 import ModelProto, TrainerSpec
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from ml.errors import ModelError

_SPACE = "▁"
_UNKNOWN, _PADDING, _CLASSIFIER, _SEPARATOR, _MASK = _SPECIAL = "[UNK]", "[PAD]", "[CLS]", "[SEP]", "[MASK]"
_CLASSES = {"koberttokenizer", "koberttokenizerfast"}
# DistilKoBERT is a DistilBERT; other families with SentencePiece (ALBERT, XLM-R, T5) have classes of their own.
_FAMILIES = {"bert", "distilbert"}


def find_kobert(folder: Path) -> Path | None:
    """The SentencePiece model of a KoBERT checkpoint; None where the folder holds another kind of checkpoint.

    It is KoBERT when it has one and tokenizer_config.json names KoBERT's class, or its network is a (Distil)BERT,
    whose own tokenizers have none. A tokenizer.json, when there, was made for the checkpoint and needs no help.
    """
    paths = sorted(folder.glob("*.model"))
    if not paths or (folder / "tokenizer.json").exists():
        return None
    named = str(_read_object(folder / "tokenizer_config.json").get("tokenizer_class", "")).lower()
    if named in _CLASSES or _read_object(folder / "config.json").get("model_type") in _FAMILIES:
        return paths[0]
    return None


def load_kobert(path: Path) -> Tokenizer:
    """Convert the SentencePiece model, with the ids of the vocab.txt beside it, or its own where there is none.

    A text becomes [CLS] pieces [SEP], each word's first piece beginning with ▁. The pieces are SentencePiece's, except
    where two ways to cut a word score alike (ㅋㅋ + ㅋㅋㅋ), as hardly happens in normalised text.
    Raises ModelError when a file is missing or damaged, or the two do not belong together.
    """
    proto = _read_proto(path)
    scores = {piece.piece: piece.score for piece in proto.pieces if piece.type == piece.NORMAL}
    vocabulary = _read_vocabulary(path.with_name("vocab.txt")) or [piece.piece for piece in proto.pieces]
    missing = [token for token in _SPECIAL if token not in vocabulary]
    if missing:
        raise ModelError(f"{path}: not KoBERT's vocabulary: {', '.join(missing)} missing")
    if sum(piece in scores for piece in vocabulary) < len(scores) / 2:
        raise ModelError(f"{path}: vocab.txt does not belong to this SentencePiece model")
    if proto.trainer_spec.model_type == TrainerSpec.BPE:
        tokenizer = Tokenizer(_build_bpe(vocabulary, scores))
    else:
        tokenizer = Tokenizer(_build_unigram(vocabulary, scores))
    _add_pipeline(tokenizer, proto)
    return tokenizer


def _read_object(path: Path) -> dict[str, object]:
    """A JSON object; an empty one where the file is missing. Raises ModelError when it is damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: cannot be read ({error})") from None
    return content if isinstance(content, dict) else {}


def _read_proto(path: Path) -> ModelProto:
    proto = ModelProto()
    try:
        proto.ParseFromString(path.read_bytes())
    except (OSError, DecodeError) as error:
        raise ModelError(f"{path}: not a SentencePiece model ({error})") from None
    if not proto.pieces:
        raise ModelError(f"{path}: not a SentencePiece model (it has no pieces)")
    return proto


def _read_vocabulary(path: Path) -> list[str]:
    """One piece a line, its line number being its id; empty where the file is missing."""
    try:
        return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: cannot be read ({error})") from None


def _build_unigram(vocabulary: list[str], scores: dict[str, float]) -> models.Unigram:
    # Special tokens have no score. The lowest real one leaves the price of an unknown character as it is.
    lowest = min(scores.values())
    pieces = [(piece, scores.get(piece, lowest)) for piece in vocabulary]
    return models.Unigram(pieces, unk_id=vocabulary.index(_UNKNOWN), byte_fallback=False)


def _build_bpe(vocabulary: list[str], scores: dict[str, float]) -> models.BPE:
    """Every way to join two pieces into a third is a merge; SentencePiece applies the best scored first."""
    ids = {piece: number for number, piece in enumerate(vocabulary)}
    known = [piece for piece in vocabulary if piece in scores]
    merges = [
        (piece[:cut], piece[cut:])
        for piece in sorted(known, key=scores.__getitem__, reverse=True)
        for cut in range(1, len(piece))
        if piece[:cut] in scores and piece[cut:] in scores and piece[:cut] in ids and piece[cut:] in ids
    ]
    return models.BPE(ids, merges, unk_token=_UNKNOWN, fuse_unk=True)


def _add_pipeline(tokenizer: Tokenizer, proto: ModelProto) -> None:
    """SentencePiece's own normalisation before the model, KoBERT's special tokens around it."""
    steps: list[normalizers.Normalizer] = [normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    rules = proto.normalizer_spec
    if "nfkc" in rules.name:
        # `Precompiled` looks at one letter at a time, SentencePiece also joins two (ㅋㅠ → 큐), as NFC does.
        steps.insert(0, normalizers.NFC())
    if rules.precompiled_charsmap:
        steps.insert(0, normalizers.Precompiled(rules.precompiled_charsmap))
    tokenizer.normalizer = normalizers.Sequence(steps)
    scheme = "always" if rules.add_dummy_prefix else "never"
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=_SPACE, prepend_scheme=scheme)
    tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in _SPECIAL])
    ends = [(token, tokenizer.token_to_id(token)) for token in (_CLASSIFIER, _SEPARATOR)]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{_CLASSIFIER} $A {_SEPARATOR}", special_tokens=ends
    )
