"""KoNLPy's three analysers on a real Java virtual machine: what they give, and what must never reach them."""

from pathlib import Path

import jpype
import pytest

from ml.emotion.lstm import morphemes
from ml.emotion.lstm.morphemes import STOP_TAGS, MorphemeAnalyzer, clean
from ml.emotion.lstm.settings import Analyzer, LstmSettings, parse_stopwords
from ml.errors import DataError, ModelError

SENTENCE = "오늘은 친구를 만나서 정말 재미있었다 ㅋㅋㅋ!"
ALL = {
    Analyzer.OKT: ["오늘", "은", "친구", "를", "만나다", "정말", "재미있다"],
    Analyzer.KOMORAN: ["오늘", "은", "친구", "를", "만나", "아서", "정말", "재미있", "었", "다"],
    Analyzer.HANNANUM: ["오늘", "은", "친구", "를", "만나", "아", "정말", "재미있", "었다"],
}
CONTENT = {
    Analyzer.OKT: ["오늘", "친구", "만나다", "정말", "재미있다"],
    Analyzer.KOMORAN: ["오늘", "친구", "만나", "정말", "재미있"],
    Analyzer.HANNANUM: ["오늘", "친구", "만나", "정말", "재미있"],
}
each_analyzer = pytest.mark.parametrize("analyzer", list(Analyzer))


@each_analyzer
def test_analyze_without_stopwords_keeps_every_morpheme(analyzer: Analyzer) -> None:
    assert MorphemeAnalyzer(LstmSettings(analyzer, stopwords=())).analyze(SENTENCE) == ALL[analyzer]


@each_analyzer
def test_analyze_by_part_of_speech_drops_particles_and_endings(analyzer: Analyzer) -> None:
    assert MorphemeAnalyzer(LstmSettings(analyzer, stopwords=None)).analyze(SENTENCE) == CONTENT[analyzer]


@each_analyzer
def test_analyze_by_file_drops_the_words_of_the_file(analyzer: Analyzer, tmp_path: Path) -> None:
    path = tmp_path / "stopwords.txt"
    path.write_text("\ufeff은\r\n\n를\r\n오늘\n", encoding="utf-8")
    analyzed = MorphemeAnalyzer(LstmSettings(analyzer, stopwords=parse_stopwords(str(path)))).analyze(SENTENCE)
    assert analyzed == [morpheme for morpheme in ALL[analyzer] if morpheme not in {"은", "를", "오늘"}]


@each_analyzer
def test_stop_tags_are_tags_of_the_analyzer(analyzer: Analyzer) -> None:
    tagger = morphemes._load_tagger(analyzer)
    names = {"okt": set(tagger.tagset), "komoran": set(tagger.tagset), "hannanum": set("NPMIJEXSF")}[analyzer]
    assert STOP_TAGS[analyzer] <= names | {"PreEomi"}  # which Okt gives, though KoNLPy's table lacks it


def test_analyze_without_stem_keeps_inflected_words() -> None:
    assert "만나서" in MorphemeAnalyzer(LstmSettings(stem=False)).analyze(SENTENCE)


def test_analyze_with_jamo_keeps_laughter() -> None:
    assert "ㅋㅋ" in MorphemeAnalyzer(LstmSettings(keep_jamo=True)).analyze(SENTENCE)


@each_analyzer
@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\n", "\x00", "\ud800", "😀", "ㅋㅋㅋㅋ", "Hello 123", "漢字", "\u200b"],
)
def test_analyze_without_syllables_gives_nothing(analyzer: Analyzer, text: str) -> None:
    assert MorphemeAnalyzer(LstmSettings(analyzer)).analyze(text) == []


@each_analyzer
@pytest.mark.parametrize("noise", ["\x00", "\ud83d", "😀", "\n \n", "!!!", "\u200b\n"])
def test_analyze_ignores_what_the_analyzers_choke_on(analyzer: Analyzer, noise: str) -> None:
    tested = MorphemeAnalyzer(LstmSettings(analyzer))
    assert tested.analyze(f"{noise}친구를 {noise}만났다{noise}") == tested.analyze("친구를 만났다")


@each_analyzer
def test_analyze_decomposed_hangul_equals_composed(analyzer: Analyzer) -> None:
    tested = MorphemeAnalyzer(LstmSettings(analyzer))
    assert tested.analyze("\u110e\u1175\u11ab\u1100\u116e") == tested.analyze("친구") != []


@each_analyzer
def test_analyze_endless_word_keeps_the_rest_of_the_text(analyzer: Analyzer) -> None:
    # Unbroken, Hannanum's chart overflows here and the whole text comes back empty.
    analyzed = MorphemeAnalyzer(LstmSettings(analyzer)).analyze("친구 " + "재미있었다" * 100)
    assert analyzed[0] == "친구"
    assert len(analyzed) > 5


@each_analyzer
def test_analyze_very_long_text_is_bounded(analyzer: Analyzer) -> None:
    analyzed = MorphemeAnalyzer(LstmSettings(analyzer)).analyze("나는 밥을 먹었다. " * 20_000 + "친구를 만났다.")
    assert 100 < len(analyzed) < 3000
    assert "친구" in analyzed[-2:]


def test_analyze_all_analyzes_equal_texts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    analyzed: list[str] = []
    analyze = MorphemeAnalyzer.analyze

    def count(self: MorphemeAnalyzer, text: str) -> list[str]:
        analyzed.append(text)
        return analyze(self, text)

    monkeypatch.setattr(MorphemeAnalyzer, "analyze", count)
    result = MorphemeAnalyzer(LstmSettings()).analyze_all(["친구", "눈물", "친구"])
    assert result == [["친구"], ["눈물"], ["친구"]]
    assert analyzed == ["친구", "눈물"]


def test_clean_breaks_long_runs() -> None:
    assert [len(word) for word in clean("가나" * 50, keep_jamo=False).split(" ")] == [40, 40, 20]
    assert clean("가나" * 20, keep_jamo=False) == "가나" * 20


def test_missing_java_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_none() -> str:
        raise jpype.JVMNotFoundException("No JVM shared library file (libjvm.so) found")

    monkeypatch.setattr(jpype, "isJVMStarted", lambda: False)
    monkeypatch.setattr(jpype, "getDefaultJVMPath", find_none)
    with pytest.raises(ModelError, match="apt-get install default-jre-headless"):
        morphemes._start_jvm()


def test_broken_java_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    library = tmp_path / "libjvm.so"
    library.write_bytes(b"not a library")
    monkeypatch.setattr(jpype, "isJVMStarted", lambda: False)
    monkeypatch.setattr(jpype, "getDefaultJVMPath", lambda: str(library))
    with pytest.raises(ModelError, match="apt-get install default-jre-headless"):
        morphemes._start_jvm()


def test_parse_stopwords_unreadable_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nowhere"):
        parse_stopwords(str(tmp_path / "nowhere.txt"))
    (tmp_path / "latin.txt").write_bytes(b"\xb0\xa1\n")
    with pytest.raises(DataError, match="not UTF-8"):
        parse_stopwords(str(tmp_path / "latin.txt"))


def test_parse_stopwords_names() -> None:
    assert parse_stopwords("pos") is None
    assert parse_stopwords("none") == ()
