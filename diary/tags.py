"""Tags of entries: a writer's own words, such as `#가족`, by which they find and compare their days."""

import unicodedata
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from accounts.models import User
from diary.models import Entry, Tag
from diary.text import compose, has_visible

MAX_TAGS = 10  # of an entry
TOO_MANY_MESSAGE = gettext_lazy("태그는 일기 하나에 %(limit)d개까지 붙일 수 있어요.")
TOO_LONG_MESSAGE = gettext_lazy("태그 하나는 %(limit)d자까지 쓸 수 있어요: %(tag)s")


def split_tags(text: str) -> list[str]:
    """The tags of one line, as a person types them: '#가족 산책, #비' → ['가족', '산책', '비']."""
    return text.replace("#", " ").replace(",", " ").split()


def clean_tags(tags: Iterable[str]) -> list[str]:
    """The tags as they are stored: composed Hangul (NFC), without `#` and blanks, each once, in the order given.

    Raises ValidationError for too many of them, and for one that is too long.
    """
    clean: dict[str, str] = {}
    for tag in tags:
        name = _clean_name(tag)
        if name:
            clean.setdefault(name.casefold(), name)
    if len(clean) > MAX_TAGS:
        raise ValidationError(TOO_MANY_MESSAGE % {"limit": MAX_TAGS}, code="too_many")
    return list(clean.values())


def _clean_name(tag: str) -> str:
    name = compose("".join(c for c in tag if unicodedata.category(c) not in ("Cc", "Cs")))
    name = "_".join(name.replace("#", " ").replace(",", " ").split())
    if len(name) > Tag.MAX_LENGTH:
        raise ValidationError(
            TOO_LONG_MESSAGE % {"limit": Tag.MAX_LENGTH, "tag": f"{name[: Tag.MAX_LENGTH]}…"},
            code="max_length",
        )
    return name if has_visible(name) else ""


def set_tags(entry: Entry, tags: list[str]) -> None:
    """Let the entry carry exactly these clean tags; one that its writer has in another case is taken as it is there.

    Within a transaction. Raises accounts' Locked.
    """
    _lock_tags(entry.user)
    entry.tags.set(find_or_make(tags, entry.user).values())


def find_or_make(names: Iterable[str], user: User) -> dict[bytes, int]:
    """The ids of a person's tags with these clean names, by digest, those made that they lack.

    Within a transaction that holds the person's tags or row. Raises accounts' Locked.
    """
    wanted = {(tag := Tag.named(name, user.pk)).digest: tag for name in names}
    known = Tag.objects.filter(user=user, digest__in=list(wanted)).values_list("digest", "pk")
    ids = {bytes(digest): pk for digest, pk in known}
    made = Tag.objects.bulk_create([tag for digest, tag in wanted.items() if digest not in ids])
    return ids | {bytes(tag.digest): tag.pk for tag in made}


def forget_unused_tags(user: User) -> None:
    """Delete the tags that no entry carries any more: a deleted entry leaves no word of it behind.

    Within a transaction.
    """
    _lock_tags(user)
    Tag.objects.filter(user=user, entries=None).delete()


def _lock_tags(user: User) -> None:
    """Hold a person's tags until the end of the transaction: what one save begins to use, another must not forget."""
    User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
