"""The time zones that people live in: names of the IANA database, as a phone tells them."""

import functools
import zoneinfo
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

DEFAULT = "Asia/Seoul"
# Files of the database that name no place: one for machines that were never set up, one that means this machine.
_NOT_ZONES = {"Factory", "localtime"}

# Where most Korean writers live.
COMMON = {
    "Asia/Seoul": gettext_lazy("서울"),
    "Asia/Tokyo": gettext_lazy("도쿄"),
    "Asia/Shanghai": gettext_lazy("베이징, 상하이"),
    "Asia/Ho_Chi_Minh": gettext_lazy("호찌민"),
    "Asia/Singapore": gettext_lazy("싱가포르"),
    "Australia/Sydney": gettext_lazy("시드니"),
    "Europe/London": gettext_lazy("런던"),
    "Europe/Paris": gettext_lazy("파리"),
    "Europe/Berlin": gettext_lazy("베를린"),
    "America/New_York": gettext_lazy("뉴욕"),
    "America/Toronto": gettext_lazy("토론토"),
    "America/Chicago": gettext_lazy("시카고"),
    "America/Vancouver": gettext_lazy("밴쿠버"),
    "America/Los_Angeles": gettext_lazy("로스앤젤레스"),
    "Pacific/Honolulu": gettext_lazy("호놀룰루"),
    "UTC": gettext_lazy("협정 세계시"),
}
REGIONS = {
    "Asia": gettext_lazy("아시아"),
    "Europe": gettext_lazy("유럽"),
    "America": gettext_lazy("아메리카"),
    "Australia": gettext_lazy("호주"),
    "Pacific": gettext_lazy("태평양"),
    "Africa": gettext_lazy("아프리카"),
    "Atlantic": gettext_lazy("대서양"),
    "Indian": gettext_lazy("인도양"),
    "Antarctica": gettext_lazy("남극"),
    "Arctic": gettext_lazy("북극"),
}


@functools.cache
def known_time_zones() -> frozenset[str]:
    """Every name that this machine's database of time zones has; read once, for it means a walk over its folder."""
    return frozenset(zoneinfo.available_timezones() - _NOT_ZONES)


def validate_time_zone(name: str) -> None:
    """Raises ValidationError for a name that the database of time zones does not have."""
    if name not in known_time_zones():
        raise ValidationError(_("모르는 시간대예요. Asia/Seoul처럼 적어 주세요."), code="unknown_time_zone")


def time_zone_choices(current: str) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Groups of (name, words) for a select: the common ones, then the places of each region by name.

    `current` is among them, whatever old name of a place it is.
    """
    common = {**({} if current in COMMON or _region(current) else {current: current}), **COMMON}
    groups: list[tuple[Any, list[tuple[str, Any]]]] = [(_("자주 찾는 곳"), list(common.items()))]
    for region, words in REGIONS.items():
        names = sorted(name for name in known_time_zones() if _region(name) == region and name not in COMMON)
        groups.append((words, [(name, _place(name)) for name in names]))
    return groups


def _region(name: str) -> str:
    """The region that a name stands under in the select; empty for names like Etc/GMT+3 and ROK."""
    region, _slash, place = name.partition("/")
    return region if place and region in REGIONS else ""


def _place(name: str) -> str:
    """America/Argentina/Buenos_Aires → Argentina, Buenos Aires."""
    return name.partition("/")[2].replace("/", ", ").replace("_", " ")
