"""The help card: which entries get it, and what stands on it.

It is worked out from the text whenever an entry is read, and kept nowhere: no column, no log line and no page of the
admin tells whose entries get it. It does not wait for the emotion model either.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from ml.safety.crisis import speaks_of_crisis


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
    lines: list[HelpLine]


def needs_help_card(text: str) -> bool:
    """Whether an entry's text may speak of its writer's wish to die, of suicide or of self-harm."""
    return speaks_of_crisis(text)


def help_card(text: str) -> HelpCard | None:
    """The card for an entry's text in the reader's language; None for nearly every entry."""
    if not needs_help_card(text):
        return None
    return HelpCard(
        title=_("혼자 견디지 않아도 괜찮아요"),
        text=_(
            "많이 힘든 마음이 담긴 글 같아서, 이야기를 들어 줄 사람들의 번호를 적어 둘게요. "
            "무슨 말부터 해야 할지 몰라도 괜찮아요."
        ),
        lines=help_lines(),
    )


def help_lines() -> list[HelpLine]:
    """The numbers of the settings, the one for suicide prevention first."""
    return [HelpLine(**line) for line in settings.HELP_LINES]
