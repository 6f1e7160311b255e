"""Words that are no part of a good password here."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User

# What a guesser tries first at this site: its names, and what it is for. In Korean as well by the keys on which it is
# typed without switching the keyboard over (휴게소: gbrpth).
SITE_WORDS = ("모두의휴게소", "휴게소", "일기", "moduhyu", "hyugeso", "diary", "ahendmlgbrpth", "gbrpth", "dlfrl")
NEEDED = 8  # characters beside them, as many as a password must have
SHORTEST_NAME = 3  # characters: a shorter one stands in anything


class OwnWordsValidator:
    """Refuses passwords that are nothing but such words and a few characters more: `moduhyu2026!`.

    The words may stand in a password that is long enough without them.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError."""
        said = _plain(password)
        words = sorted({*SITE_WORDS, *_names_of(user)}, key=len, reverse=True)
        rest = re.sub("|".join(map(re.escape, words)), "", said)
        if rest != said and len(rest) < NEEDED:
            raise ValidationError(
                _("이 사이트의 이름이나 내 이메일 말고, 다른 글자가 %(needed)d자 이상 있어야 해요."),
                code="password_of_own_words",
                params={"needed": NEEDED},
            )

    def get_help_text(self) -> str:
        return _("이 사이트 이름이나 내 이메일이 들어간 부분은 글자 수로 세지 않아요.")


def _names_of(user: User | None) -> set[str]:
    """The parts of their address, as `rain` and `example` of rain@example.com."""
    parts = re.split(r"\W+", _plain(user.email)) if user and user.email else []
    return {part for part in parts if len(part) >= SHORTEST_NAME}


def _plain(text: str) -> str:
    """Without blanks, and whatever the case of its letters."""
    return re.sub(r"\s", "", unicodedata.normalize("NFC", text).casefold())
