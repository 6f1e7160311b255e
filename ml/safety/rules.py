"""Rules by which a text may speak of its writer's own wish to die, of suicide, or of self-harm: one voice of `crisis`.

Each of their decisions can be read, and none depends on a file that may be missing. Where the model can be read, what
they find in Korean counts for it without deciding. A card too many costs little and one too few a lot, so what is
unclear counts:

- what is over (이제는 죽고 싶다는 생각이 안 든다) counts, so does what is half in jest (시험 망해서 죽고 싶다ㅋㅋ);
  the model may take that for a joke;
- a plain denial (죽고 싶은 건 아니다) does not, unless something else in the text does (… 살고 싶지도 않다);
- the suicide of a close person counts; of characters, of people in the news, and what others say of themselves do not;
- figures of speech (배고파 죽겠다, 웃겨 죽는 줄, 죽도록 일했다) are not what any rule looks for.
"""

import re
import unicodedata

from ml.safety import context, hints, spoken, wording
from ml.safety.index import Kind, PatternIndex

# What cannot stand between two words of one thought.
_SENTENCE_END = re.compile(r"[.!?。…\n]+")
_SPACES = re.compile(r"\s+")
_INDEX = PatternIndex()
_INDEX.add(Kind.WISH, wording.WISH_TO_DIE, hints.WISH_TO_DIE)
_INDEX.add(Kind.WISH, wording.UNWILLING_TO_LIVE, hints.UNWILLING_TO_LIVE)
_INDEX.add(Kind.WISH, wording.VANISHING, hints.VANISHING)
_INDEX.add(Kind.WISH, wording.ACTS, hints.ACTS)
_INDEX.add(Kind.WISH, spoken.QUIET_WISH, hints.QUIET_WISH)
_INDEX.add(Kind.WISH, spoken.SECRET_HARM, hints.SECRET_HARM)
_INDEX.add(Kind.MEANS, wording.MEANS, hints.MEANS)
_INDEX.add(Kind.TOPIC, wording.TOPIC, hints.TOPIC)
# Some patterns fit ordinary days as well (휴가까지만 버티자, 베란다에서 내려다보며): what they find counts only in a
# sentence that holds one of these.
_TELLING = re.compile(
    "[죽쥭쥬]|주거|주꼬|[뒤디뒈]지|살|사는|태어|사라|없|끝|세상|이승|저승|떠나|떠날|갈게|하늘|천국|곁|옆|따라"
    "|영원|영영|자고|쉬고|깨|일어나|눈|지구|인생|생|삶|뛰어|치여|치이|받혀|깔려|몸|투신|떨어|목|약|수면제|알약"
    "|진통제|과다|번개탄|연탄|총|쏘|쏴|손목|팔|허벅지|다리|종아리|칼|커터|지졌|지지|지진|담배|머리|나를|스스로"
    "|저를|자해|쟈|유서|유언|극단|생각|마음|장례|영정|제사|마지막|보험금|정리|가야|가도|가고|미련|심장|존재|숨"
    "|ㅈ|놓|놔|편해|낳|데려|데리|거둬|고통|치사량|피를|그었|상처|밧줄|노끈|올가미|걸음|한 ?발|난간|한강|층이"
    "|눈 ?감|긋|그은|그어|그으|일부러|상처|자국|아파야|벌을|벌 ?[주준줬]|나한테|나에게|피가|멍|사고|벼락|병|산다"
    "|바늘|샤프|볼펜|컴퍼스|송곳|핀|가위|손등|뺨|얼굴|가슴|남은 ?사람|여기까지|가스"
    "|밸브|내일|없애|먼저|트럭|차가|버스|담뱃불"
)
_LATIN = re.compile("[a-z]{3}")


def find_crisis(text: str) -> bool:
    """Whether a rule finds that the text may speak of the writer's wish to die, of suicide or of self-harm.

    Takes any string.
    """
    return find_english(text) or any(_is_crisis(sentence) for sentence in _sentences(text))


def find_sentences(text: str) -> list[str]:
    """The Korean sentences in which a rule finds it, normalised. Takes any string."""
    return [sentence for sentence in _sentences(text) if _is_crisis(sentence)]


def leave_out_harmless(sentence: str) -> str:
    """The sentence without figures of speech, what others say of themselves, and what it denies (죽고 싶은 건 아니다).

    A denial of what is over stays: it tells that it was there.
    """
    earnest = context.HARMLESS.sub(" ", sentence)
    return earnest if context.IS_OVER.search(sentence) else context.DENIALS.sub(" ", earnest)


def find_english(text: str) -> bool:
    """Whether the text says so in plain English, which the model doesn't read."""
    lowered = text.lower()
    return bool(_LATIN.search(lowered) and spoken.ENGLISH.search(_SPACES.sub(" ", lowered)))


def _sentences(text: str) -> list[str]:
    """The sentences in composed Hangul, lower case, single blanks; nothing invisible is left in them."""
    composed = unicodedata.normalize("NFC", text)
    return [_visible(" ".join(part.split())) for part in _SENTENCE_END.split(composed.lower())]


def _visible(text: str) -> str:
    """The text without formatting characters, such as zero-width spaces."""
    if text.isprintable():  # no category Cf: nearly every text, and fast
        return text
    return "".join(character for character in text if unicodedata.category(character) != "Cf")


def _is_crisis(sentence: str) -> bool:
    if not (_INDEX.find(sentence) and _TELLING.search(sentence)):
        return False
    earnest = leave_out_harmless(sentence)
    is_mine = bool(context.STILL_ME.search(earnest))
    return any(_counts(kind, earnest, is_mine) for kind in _INDEX.find(earnest))


def _counts(kind: Kind, sentence: str, is_mine: bool) -> bool:
    """Whether what was found in the sentence is no fun, no question about the dead, and nobody else's."""
    if kind is Kind.MEANS and context.FUN.search(sentence):
        return False
    if kind is Kind.TOPIC and context.PAST_QUESTION.search(sentence) and not context.CLOSE_PERSON.search(sentence):
        return False
    if is_mine:
        return True
    if context.CHARACTERS.search(sentence):
        return False
    return kind is Kind.WISH or not context.ABOUT_OTHERS.search(sentence)
