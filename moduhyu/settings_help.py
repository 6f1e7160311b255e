"""The part of the settings that the help card and the help page go by: telephone numbers, with their sources."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

# Who answers when a diary is not enough. Read each source again now and then: a number that is out of date is worse
# than none. Since 2024, 109 is the line for suicide prevention, and the others keep to their own fields.
HELP_LINES: list[dict[str, Any]] = [
    {
        "name": _("자살예방 상담전화"),
        "number": "109",
        "hours": _("24시간"),
        "source": "https://www.129.go.kr/109",
        "reviewed_on": date(2026, 11, 26),
    },
    {
        "name": _("정신건강 위기 상담전화"),
        "number": "1577-0199",
        "hours": _("24시간"),
        "source": "https://www.129.go.kr/109",
        "reviewed_on": date(2026, 11, 26),
    },
    {
        "name": _("청소년 상담전화"),
        "number": "1388",
        "hours": _("24시간, 청소년과 보호자"),
        "note": _("휴대전화로 걸리지 않으면 지역번호를 앞에 붙여 주세요. (서울 02-1388)"),
        "source": "https://www.1388.go.kr",
        "reviewed_on": date(2026, 11, 26),
    },
]
