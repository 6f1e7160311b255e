"""The help card: which entries get it, and what stands on it.

It is worked out from the text when an entry is read, and stored nowhere: no column, no log line and no page of the
admin tells whose entries get it. It does not wait for the emotion model either.

The process remembers the texts that it read last, so that one answer, a second look and a phone that syncs again do
not read them anew: by a digest keyed with a secret that ends with the process, and for nobody by name. Without the
very text, nothing can be told from that.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

from django.conf import settings
from django.utils.translation import gettext as _

from ml.safety.crisis import speak_of_crisis

REMEMBERED = 10_000  # texts; about 2 MB

_secret = secrets.token_bytes(32)
_remembered: OrderedDict[bytes, bool] = OrderedDict()  # the digest used last at the end
_lock = threading.Lock()


@dataclass(frozen=True)
class HelpLine:
    """A number that can be called in South Korea, with where it was read and when it was last compared with that."""

    name: str
    number: str
    hours: str
    source: str
    reviewed_on: date
    note: str = ""

    @property
    def url(self) -> str:
        """109 → tel:109."""
        return "tel:" + self.number.replace("-", "")


@dataclass(frozen=True)
class HelpCard:
    """What an entry that may speak of a crisis is shown, before anything else that answers it."""

    title: str
    text: str
    urgent: str
    lines: list[HelpLine]


def needs_help_card(text: str) -> bool:
    """Whether an entry's text may speak of its writer's wish to die, of suicide or of self-harm."""
    return need_help_cards([text])[0]


def need_help_cards(texts: Iterable[str]) -> list[bool]:
    """The same for each of many texts; those that are not remembered are read at once."""
    by_digest = [(_digest(text), text) for text in texts]
    with _lock:
        known = {digest: _remembered[digest] for digest, _text in by_digest if digest in _remembered}
    new = {digest: text for digest, text in by_digest if digest not in known}
    if new:
        known.update(zip(new, speak_of_crisis(list(new.values())), strict=True))
    with _lock:
        for digest, needs_card in known.items():
            _remembered[digest] = needs_card
            _remembered.move_to_end(digest)
        while len(_remembered) > REMEMBERED:
            _remembered.popitem(last=False)
    return [known[digest] for digest, _text in by_digest]


def forget_texts() -> None:
    """Remember none, as a new process does."""
    with _lock:
        _remembered.clear()


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), key=_secret, digest_size=16).digest()


def help_card(text: str) -> HelpCard | None:
    """The card for an entry's text in the reader's language; None for nearly every entry."""
    if not needs_help_card(text):
        return None
    return HelpCard(
        title=_("혼자 견디지 않아도 괜찮아요"),
        text=_(
            "글에서 많이 힘든 마음이 느껴져서, 이야기를 들어 줄 곳의 번호를 적어 두었어요. "
            "무슨 말부터 해야 할지 몰라도 괜찮아요."
        ),
        urgent=_("지금 바로 위험하다면 119에 전화해 주세요."),
        lines=help_lines(),
    )


def help_lines() -> list[HelpLine]:
    """The numbers of the settings, the one for suicide prevention first."""
    return [HelpLine(**line) for line in settings.HELP_LINES]
