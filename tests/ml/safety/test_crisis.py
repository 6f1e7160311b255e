"""What counts as speaking of a crisis, case by case; the reviewed phrases are scored in test_evaluate."""

import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.artifacts import SAFETY_MODEL
from ml.safety import crisis
from ml.safety.crisis import shipped_model, speak_of_crisis, speaks_of_crisis
from ml.safety.rules import find_crisis

WORDS = [
    "죽고",
    "싶다",
    "나",
    "친구가",
    "자살",
    "끝내고",
    "사라지고",
    "손목을",
    "그",
    "살기",
    "싫",
    "드라마",
    " ",
    ".",
    "\n",
    "다고",
]


@pytest.mark.parametrize(
    "text",
    [
        "죽고 싶다",
        "죽고싶다",
        "걍죽고싶다",
        "죽 고  싶 다",
        "죽\u200b고 싶\u200b다",
        unicodedata.normalize("NFD", "죽고 싶다"),
        "죽고십다",
        "ㅈㅅ하고 싶다",
        "자 살 생각",
        "유서를 썼다",
        "손목을 그었다",
        "인생을 끝내고 싶다",
        "출근했다. 점심을 먹었다. 문득 사라지고 싶다는 생각이 들었다. 퇴근했다.",
    ],
)
def test_speaks_of_crisis_however_it_is_written(text: str) -> None:
    assert speaks_of_crisis(text)


@pytest.mark.parametrize(
    "text",
    [
        "이제는 죽고 싶다는 생각이 안 든다",
        "자살하고 싶다ㅋㅋㅋ",
        "죽고 싶은 건 아닌데 살고 싶지도 않다",
        "오빠는 왜 스스로 목숨을 끊었을까",
        "친구가 나를 따돌려서 죽고 싶다고 선생님께 말했다",
        "영화를 보다가 문득 죽고 싶다는 생각이 들었다",
        "시험 때문에 다 끝내고 싶다",
        "뉴스에서 자살 기사를 봤는데 나도 그러고 싶었다",
    ],
)
def test_speaks_of_crisis_where_it_is_unclear(text: str) -> None:
    assert speaks_of_crisis(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "배고파 죽겠다",
        "죽고 싶은 건 아니다",
        "친구가 나한테 죽고 싶다고 했다",
        "주인공이 죽고 싶다고 말하는 장면",
        "과제를 다 끝내고 싶다",
        "유서 깊은 절",
        "지각 사유서를 썼다",
        "스타트업에 투자해 볼까",
        "혼자 살 수 있을까",
        "서랍을 뒤지고 싶다",
        "ㅈㅅ합니다 늦었어요",
        "전복죽을 준비했다",
        "횡단보도에서 넘어졌다",
    ],
)
def test_speaks_of_crisis_not_of_what_only_sounds_so(text: str) -> None:
    assert not speaks_of_crisis(text)


@pytest.mark.parametrize(
    "text",
    [
        "I want to die.",
        "i wanna die lol",
        "오늘도 웃었다. I don't want to live anymore.",
        "Thinking of killing myself again",
        "I cut my wrists last night",
        "everyone is better off without me",
        "I wish I was dead",
    ],
)
def test_speaks_of_crisis_in_english(text: str) -> None:
    assert speaks_of_crisis(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'm dying to see that film",
        "We watched Suicide Squad",
        "I cut myself shaving",
        "this deadline is killing me",
        "I don't want to live in Seoul anymore",
        "I am not suicidal",
    ],
)
def test_speaks_of_crisis_not_of_english_that_only_sounds_so(text: str) -> None:
    assert not speaks_of_crisis(text)


@pytest.mark.parametrize(
    "text",
    [
        "강아지를 언니한테 맡겼다. 이제 나만 떠나면 된다.",
        "통장 비밀번호를 적어 두었다. 엄마가 나중에 찾기 쉽게. 나는 없을 테니까.",
        "팔에 또 줄이 생겼다.",
        "내일 아침이 안 왔으면 좋겠다.",
    ],
)
def test_speaks_of_crisis_hears_by_the_model_what_no_rule_knows(text: str) -> None:
    assert not find_crisis(text)
    assert speaks_of_crisis(f"출근해서 회의를 했다. 점심은 김밥. {text} 저녁에 빨래를 갰다.")
    assert speaks_of_crisis(unicodedata.normalize("NFD", text))


@pytest.fixture
def _model_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    shutil.copytree(SAFETY_MODEL, tmp_path / "safety")
    monkeypatch.setattr(crisis, "SAFETY_MODEL", tmp_path / "safety")
    shipped_model.cache_clear()
    yield
    shipped_model.cache_clear()


@pytest.mark.usefixtures("_model_in")
@pytest.mark.parametrize("damage", ["missing", "damaged", "manifest"])
def test_speaks_of_crisis_by_rules_alone_where_the_model_cannot_be_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    file = tmp_path / "safety" / ("manifest.json" if damage == "manifest" else "words.onnx")
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-40] + b"0" * 40)
    assert speaks_of_crisis("죽고 싶다")
    assert not speaks_of_crisis("배고파 죽겠다")
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "rules alone" in caplog.text
    assert "죽" not in caplog.text


@given(st.text() | st.lists(st.sampled_from(WORDS), max_size=60).map("".join))
def test_speaks_of_crisis_takes_any_string(text: str) -> None:
    assert speaks_of_crisis(text) in {True, False}


@pytest.mark.parametrize(
    "text",
    [
        "\ud800",
        "\x00",
        "   \n\t ",
        "🙂" * 50,
        "죽" * 20_000,
        "친구가 나 " * 5_000,
        "걸었다. " * 20_000,
    ],
)
def test_speaks_of_crisis_not_of_hostile_strings(text: str) -> None:
    assert not speaks_of_crisis(text)


@pytest.mark.parametrize("text", ["\x00죽고 싶다\x00", "죽고 싶다 " * 5_000, "걸었다. " * 5_000 + "죽고 싶다."])
def test_speaks_of_crisis_in_hostile_strings(text: str) -> None:
    assert speaks_of_crisis(text)


@given(st.text(alphabet="가나다라 ,", max_size=80))
def test_speaks_of_crisis_finds_a_sentence_among_others(other: str) -> None:
    assert speaks_of_crisis(f"{other}.\n정말 죽고 싶다.\n{other}")


@given(st.lists(st.lists(st.sampled_from([*WORDS, ". "]), max_size=20).map("".join), max_size=8))
def test_speak_of_crisis_hears_each_text_as_if_it_were_alone(texts: list[str]) -> None:
    assert speak_of_crisis(texts) == [speaks_of_crisis(text) for text in texts]


def test_model_marks_each_text_as_if_it_were_alone() -> None:
    model = shipped_model()
    assert model is not None
    texts = [
        "이제 다 놓고 쉬고 싶다. 영영.",
        "비가 왔다.",
        "",
        "내가 없어져도 아무도 모를 거다. 그게 낫다.",
        "밥을 먹었다. 맛있었다.",
    ]
    marks = model.mark(texts).tolist()
    assert marks == [bool(model.mark([text])[0]) for text in texts]
    assert set(marks) == {True, False}
