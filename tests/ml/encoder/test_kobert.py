"""KoBERT's tokenizer: the same pieces as SentencePiece, the ids of vocab.txt, chosen by what the folder holds."""

import json
import random
from pathlib import Path

import pytest
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer
from transformers import BertConfig, BertModel

from ml.emotion.corpora.own import load_corpus
from ml.emotion.data import CORPUS_FOLDER, Example
from ml.emotion.text import normalize
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.architecture import TransformerModel, TransformerSettings, fit
from ml.encoder.checkpoint import load_pretrained
from ml.encoder.kobert import find_kobert, load_kobert
from ml.errors import ModelError
from tests.ml.encoder.conftest import share_right

SPECIAL = ["[UNK]", "[PAD]", "[CLS]", "[SEP]", "[MASK]"]
MODEL = "tokenizer_78b3253a26.model"
ODD_TEXTS = [
    "",
    " ",
    "뷁 뷁뷁 하하",
    "①②③ ＡＢＣ ㎏",
    "é à café",
    "1,000원 2019, 3.14",
    "ㅋㅋㅠ ㅠㅠ 😀",
    "～물결～",
    "▁x",
    "가" * 300,
]


def train_sentencepiece(path: Path, kind: str) -> SentencePieceProcessor:
    """A small SentencePiece model of diary sentences, with KoBERT's special pieces at KoBERT's ids."""
    texts = [example.text for example in load_corpus(CORPUS_FOLDER)[:600]]
    SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_prefix=str(path.with_suffix("")),
        model_type=kind,
        vocab_size=1500,
        character_coverage=0.99,
        unk_id=0,
        pad_id=1,
        bos_id=-1,
        eos_id=-1,
        unk_piece="[UNK]",
        pad_piece="[PAD]",
        control_symbols=SPECIAL[2:],
        minloglevel=2,
    )
    return SentencePieceProcessor(model_file=str(path))


@pytest.fixture(scope="session", params=["unigram", "bpe"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint as monologg/kobert is: vocab.txt orders the pieces in another way than the SentencePiece model."""
    root: Path = tmp_path_factory.mktemp(request.param)
    processor = train_sentencepiece(root / MODEL, request.param)
    pieces = [processor.id_to_piece(number) for number in range(len(processor))]
    random.Random(0).shuffle(pieces)  # noqa: S311
    (root / "vocab.txt").write_text("\n".join([*SPECIAL, *(p for p in pieces if p not in SPECIAL)]) + "\n")
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=48,
        initializer_range=0.2,
        pad_token_id=1,
    )
    BertModel(config).save_pretrained(root)
    (root / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "KoBertTokenizer"}))
    return root


def test_ids_are_those_of_vocab_txt_for_the_pieces_of_sentencepiece(folder: Path) -> None:
    processor = SentencePieceProcessor(model_file=str(folder / MODEL))
    ids = {piece: number for number, piece in enumerate((folder / "vocab.txt").read_text().splitlines())}
    tokenizer = load_kobert(folder / MODEL)
    texts = [example.text for example in load_corpus(CORPUS_FOLDER)[600:1200]]
    for text in map(normalize, [*texts, *ODD_TEXTS]):
        pieces = [processor.id_to_piece(number) for number in processor.encode(text)]
        assert tokenizer.encode(text).ids == [ids["[CLS]"], *(ids[piece] for piece in pieces), ids["[SEP]"]], text


def test_pieces_join_to_the_text_again(folder: Path) -> None:
    text = "오늘은 학교에서 친구를 만났다."
    pieces = load_kobert(folder / MODEL).encode(text).tokens
    assert (pieces[0], pieces[-1]) == ("[CLS]", "[SEP]")
    assert "".join(pieces[1:-1]).replace("▁", " ").strip() == text
    assert sum(piece.startswith("▁") for piece in pieces) == 4


def test_without_vocab_txt_the_ids_are_sentencepiece_s_own(folder: Path, tmp_path: Path) -> None:
    """As in skt/kobert-base-v1."""
    (tmp_path / "spiece.model").write_bytes((folder / MODEL).read_bytes())
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    found = find_kobert(tmp_path)
    assert found is not None
    processor = SentencePieceProcessor(model_file=str(found))
    text = "오늘은 학교에서 친구를 만났다."
    assert load_kobert(found).encode(text).ids == [2, *processor.encode(text), 3]


def test_checkpoint_chooses_kobert_by_its_files(folder: Path) -> None:
    _, tokenizer = load_pretrained(TransformerSettings(str(folder), max_tokens=32, overlap=8), EMOTION_TASK)
    assert tokenizer.pad_id == 1
    text = "오늘은 학교에서 친구를 만났다."
    assert tokenizer.split([text]).ids == [load_kobert(folder / MODEL).encode(text).ids]


@pytest.mark.parametrize(
    ("files", "is_kobert"),
    [
        ({"x.model": "", "config.json": '{"model_type": "bert"}'}, True),
        ({"x.model": "", "config.json": '{"model_type": "distilbert"}'}, True),
        ({"x.model": "", "tokenizer_config.json": '{"tokenizer_class": "KoBERTTokenizer"}'}, True),
        ({"x.model": "", "config.json": '{"model_type": "albert"}'}, False),
        ({"x.model": "", "config.json": '{"model_type": "bert"}', "tokenizer.json": "{}"}, False),
        ({"vocab.txt": "a", "config.json": '{"model_type": "bert"}'}, False),
    ],
)
def test_find_kobert(files: dict[str, str], is_kobert: bool, tmp_path: Path) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    assert find_kobert(tmp_path) == (tmp_path / "x.model" if is_kobert else None)


def test_kobert_learns_saves_and_loads(
    folder: Path, train_part: list[Example], validation_part: list[Example], tmp_path: Path
) -> None:
    settings = TransformerSettings(str(folder), epochs=8, patience=8, batch_size=4, learning_rate=1e-2, overlap=8)
    model = fit(train_part, validation_part, settings, tmp_path / "run", EMOTION_TASK)
    assert share_right(model, validation_part) > 0.5  # chance is 0.17; a random encoder of 16 numbers learns slowly
    assert "tokenizer.json" in model.save(tmp_path / "model")
    texts = [*ODD_TEXTS, validation_part[0].text]
    loaded = TransformerModel.load(tmp_path / "model", EMOTION_TASK)
    assert (loaded.log_probabilities(texts) == model.log_probabilities(texts)).all()


@pytest.mark.parametrize("content", [b"", b"no model at all", b"\x0a\x05abcde"])
def test_a_damaged_model_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / MODEL).write_bytes(content)
    with pytest.raises(ModelError, match="not a SentencePiece model"):
        load_kobert(tmp_path / MODEL)


@pytest.mark.parametrize(
    ("vocabulary", "message"),
    [
        ("a\nb\n", "\\[UNK\\], \\[PAD\\], \\[CLS\\], \\[SEP\\], \\[MASK\\] missing"),
        ("\n".join(SPECIAL), "vocab.txt does not belong"),
    ],
)
def test_a_vocabulary_that_does_not_fit_is_named(vocabulary: str, message: str, folder: Path, tmp_path: Path) -> None:
    (tmp_path / MODEL).write_bytes((folder / MODEL).read_bytes())
    (tmp_path / "vocab.txt").write_text(vocabulary)
    with pytest.raises(ModelError, match=message):
        load_kobert(tmp_path / MODEL)
