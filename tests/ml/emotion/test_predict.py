"""The predictor's promises: offsets, sums, blank and hostile input, a manifest that is checked."""

import json
import shutil
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ml.emotion.predict import Predictor, main
from ml.errors import ModelError
from ml.labels import Emotion

_ENTRY = "발표하다가 목소리가 떨려서 창피했다ㅋㅋ 그래도 끝나니까 후련하다.\n저녁엔 치킨 먹었다!"


@pytest.fixture
def model_copy(tiny_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model, tmp_path / "model"))


def test_predict_scores_sum_to_one_and_name_the_label(shipped: Predictor) -> None:
    (prediction,) = shipped.predict([_ENTRY])
    assert list(prediction.scores) == list(Emotion)
    assert sum(prediction.scores.values()) == pytest.approx(1)
    assert prediction.scores[prediction.label] == prediction.confidence == max(prediction.scores.values())
    assert prediction.model_version == shipped.model_version


def test_predict_sentences_point_into_the_original(shipped: Predictor) -> None:
    (prediction,) = shipped.predict([_ENTRY])
    pieces = [_ENTRY[sentence.start : sentence.end] for sentence in prediction.sentences]
    assert pieces == ["발표하다가 목소리가 떨려서 창피했다ㅋㅋ", "그래도 끝나니까 후련하다.", "저녁엔 치킨 먹었다!"]
    for sentence in prediction.sentences:
        assert sum(sentence.scores.values()) == pytest.approx(1)
        assert sentence.scores[sentence.label] == max(sentence.scores.values())


@pytest.mark.parametrize("text", ["", "   \n\t", "\u200b\ufeff", "\0", "😀", "\ud800"])
def test_predict_blank_is_neutral_and_unsure(shipped: Predictor, text: str) -> None:
    (prediction,) = shipped.predict([text])
    assert prediction.label is Emotion.NEUTRAL
    assert prediction.is_unsure


@pytest.mark.parametrize(
    ("text", "is_unsure"), [("I got fired today and I am so sad", True), ("残念です", True), ("ㅠㅠㅠㅠ", False)]
)
def test_predict_without_a_korean_letter_is_unsure(shipped: Predictor, text: str, is_unsure: bool) -> None:
    assert shipped.predict([text])[0].is_unsure is is_unsure


def test_predict_batch_equals_one_by_one(shipped: Predictor) -> None:
    texts = [_ENTRY, "", "비가 왔다", "너무 억울해서 화가 난다. 잠이 안 온다."]
    for text, together in zip(texts, shipped.predict(texts), strict=True):
        (alone,) = shipped.predict([text])
        assert alone.label == together.label
        assert list(alone.scores.values()) == pytest.approx(list(together.scores.values()), abs=1e-5)
    assert shipped.predict([]) == []


@pytest.mark.parametrize(
    "variant",
    [
        _ENTRY + "   ",
        _ENTRY.replace(" ", "  "),
        _ENTRY.replace("ㅋㅋ", "ㅋ" * 12),
        _ENTRY + " 🍗🔥",
        unicodedata.normalize("NFD", _ENTRY),
        "\u202b" + _ENTRY + "\u202c",
        _ENTRY.replace("다", "다\0"),
        _ENTRY + "\udcff",
    ],
)
def test_predict_same_text_spelled_otherwise_keeps_its_scores(shipped: Predictor, variant: str) -> None:
    original, other = shipped.predict([_ENTRY, variant])
    assert other.label is original.label
    assert list(other.scores.values()) == pytest.approx(list(original.scores.values()), abs=0.02)


def test_predict_huge_text_is_bounded(shipped: Predictor) -> None:
    text = "오늘은 비가 와서 집에 있었다. " * 6000
    (prediction,) = shipped.predict([text[:100_000]])
    assert len(prediction.sentences) <= 200
    assert prediction.label is Emotion.NEUTRAL


def test_predict_fifty_sentences_in_one_line(shipped: Predictor) -> None:
    (prediction,) = shipped.predict([" ".join(f"{number}번째로 웃었다." for number in range(50))])
    assert len(prediction.sentences) == 50


def test_predict_from_many_threads(shipped: Predictor) -> None:
    (expected,) = shipped.predict([_ENTRY])
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: shipped.predict([_ENTRY])[0], range(64)))
    assert found == [expected] * 64


def test_load_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"manifest\.json: No such file.*python -m ml\.emotion\.train"):
        Predictor.load(tmp_path / "nowhere")


def test_load_changed_weights_are_refused(model_copy: Path) -> None:
    weights = bytearray((model_copy / "weights.bin").read_bytes())
    weights[len(weights) // 2] ^= 1
    (model_copy / "weights.bin").write_bytes(weights)
    with pytest.raises(ModelError, match=r"weights\.bin: its SHA-256 differs"):
        Predictor.load(model_copy)


def test_load_missing_weights_are_named(model_copy: Path) -> None:
    (model_copy / "model.onnx").unlink()
    with pytest.raises(ModelError, match=r"model\.onnx: No such file"):
        Predictor.load(model_copy)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 99}, "not a manifest of format"),
        ({"files": {}}, "lists no files"),
        ({"files": {"../x": "0"}}, "leaves the folder"),
        ({"labels": ["joy"]}, "other labels"),
        ({"features": {"bits": 12, "magic": 1}}, "magic"),
        ({"sentence_share": "much"}, "much"),
    ],
)
def test_load_corrupt_manifest_is_refused(model_copy: Path, change: dict[str, object], message: str) -> None:
    path = model_copy / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ModelError, match=message):
        Predictor.load(model_copy)


def test_load_manifest_that_is_not_json_is_refused(model_copy: Path) -> None:
    (model_copy / "manifest.json").write_bytes(b"\xff{")
    with pytest.raises(ModelError, match="not a JSON file"):
        Predictor.load(model_copy)


def test_command_adds_fields_and_keeps_others(tmp_path: Path, shipped: Predictor) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [{"id": number, "text": f"{_ENTRY} {number}"} for number in range(150)]
    source.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", encoding="utf-8")
    assert main(["--input", str(source), "--output", str(target)]) == 0
    written = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [(row["id"], row["text"]) for row in written] == [(row["id"], row["text"]) for row in rows]
    assert written[0].keys() == {"id", "text", "label", "scores", "is_unsure", "model_version"}
    assert written[0]["label"] == shipped.predict([str(rows[0]["text"])])[0].label
    assert {path.name for path in tmp_path.iterdir()} == {"in.jsonl", "out.jsonl"}


def test_command_carries_a_lone_surrogate_through(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"text": "좋다 \\ud800 끝"}\n', encoding="utf-8")
    assert main(["--input", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out.jsonl")]) == 0
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["text"] == "좋다 \ud800 끝"


@pytest.mark.parametrize("line", ["{broken", '{"txt": "x"}', '{"text": 3}', '["text"]', "\udcff"])
def test_command_malformed_line_is_named_and_nothing_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    good = '{"text": "좋다"}\n' * 100
    source.write_bytes((good + line + "\n").encode("utf-8", "surrogateescape"))
    target.write_text("earlier result")
    assert main(["--input", str(source), "--output", str(target)]) == 2
    assert "line 101" in capsys.readouterr().err
    assert target.read_text() == "earlier result"
    assert {path.name for path in tmp_path.iterdir()} == {"in.jsonl", "out.jsonl"}


def test_command_missing_input_and_missing_model_exit_with_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = ["--output", str(tmp_path / "out.jsonl")]
    assert main(["--input", str(tmp_path / "no.jsonl"), *output]) == 2
    assert "no.jsonl: No such file" in capsys.readouterr().err
    assert main(["--input", str(tmp_path / "no.jsonl"), *output, "--model", str(tmp_path)]) == 2
    assert "manifest.json" in capsys.readouterr().err
