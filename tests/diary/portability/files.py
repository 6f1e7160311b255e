"""Files of other diaries, as their exports look, and ours."""

import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

from accounts.models import User
from diary.portability.export import stream_export

DAYLIO_HEADER = "full_date,date,weekday,time,mood,activities,note_title,note\n"
DAY_ONE_ENTRY = {
    "uuid": "7E1D5C0A9B3F4E2D8C6A5B4F3E2D1C0B",
    "creationDate": "2024-05-01T15:30:00Z",
    "modifiedDate": "2024-05-02T00:00:00Z",
    "timeZone": "Asia/Seoul",
    "tags": ["여행", "가족 모임"],
    "text": "# 제주\n\n바람이 불었다\\. 귤을 샀다\\!\n\n![](dayone-moment://ABCDEF)\n",
    "photos": [{"identifier": "ABCDEF"}],
}


def zip_of(files: Iterable[tuple[str, str | bytes]], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP with these members, in order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


def day_one_zip(*entries: dict[str, Any], name: str = "Journal.json") -> bytes:
    return zip_of([(name, day_one_json(*entries)), ("photos/abcdef.jpeg", b"\xff\xd8")])


def day_one_json(*entries: dict[str, Any]) -> str:
    return json.dumps({"metadata": {"version": "1.0"}, "entries": list(entries)}, ensure_ascii=False)


def own_json(*entries: Any, **fields: Any) -> bytes:
    document = {"format": "moduhyu", "version": 1, "feedback": [], "entries": list(entries)} | fields
    return json.dumps(document, ensure_ascii=False).encode()


def own_entry(text: str = "오늘은 산책을 했다.", **fields: Any) -> dict[str, Any]:
    return {"text": text, "written_on": "2026-10-01"} | fields


def export_zip(user: User) -> bytes:
    return b"".join(stream_export(user))


def exported(user: User) -> dict[str, Any]:
    """What moduhyu.json of a person's export says."""
    with zipfile.ZipFile(io.BytesIO(export_zip(user))) as archive:
        return dict(json.loads(archive.read("moduhyu.json")))
