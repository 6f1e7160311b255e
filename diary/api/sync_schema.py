"""What the OpenAPI document tells of syncing."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

UPDATED_SINCE = OpenApiParameter(
    "updated_since",
    OpenApiTypes.DATETIME,
    description="What changed after this moment, which has an offset or `Z`; without any other filter.",
    examples=[
        OpenApiExample("everything", "1970-01-01T00:00:00Z"),
        OpenApiExample("since the last time", "2026-11-26T12:34:56.789012Z"),
    ],
)
SYNCING = (
    "Newest first, with filters; or with `updated_since` what changed, the oldest change first:\n\n"
    "1. Begin with `updated_since=1970-01-01T00:00:00Z`, and follow `next` until it is null.\n"
    "2. Of each page, save `results` under their ids, and drop the ids of `deleted`.\n"
    "3. Keep `next_updated_since` of the last page, and send it the next time: never a time of the device's own clock."
    "\n\n"
    "A change is anything that this API tells of an entry: text, day, tags, status, analysis, correction, "
    "recommendations and the feedback on them; and an import, whatever `updated_at` it brings. `changed_at` is its "
    "moment. What the catalogue corrects in a film or track is none. All of a person's changes have one order, so "
    "that nothing is missed and nothing comes twice while others write; an entry that changes again while pages are "
    "read comes again. Deletions are told for 180 days: 410 (`urn:moduhyu:sync-expired`) for a moment before that; "
    "then drop what the device has, and begin anew."
)
CHANGES: dict[str, Any] = {
    # REST framework says `nullable`, which OpenAPI 3.1 does not know.
    "next": {"type": ["string", "null"], "format": "uri", "description": "The next page."},
    "previous": {"type": ["string", "null"], "format": "uri", "description": "The page before; null in a sync."},
    "deleted": {
        "type": "array",
        "description": "With `updated_since`: entries that were deleted.",
        "items": {
            "type": "object",
            "properties": {
                "id": {"type": "string", "format": "uuid"},
                "deleted_at": {"type": "string", "format": "date-time"},
            },
            "required": ["id", "deleted_at"],
        },
    },
    "next_updated_since": {
        "type": ["string", "null"],
        "format": "date-time",
        "description": "With `updated_since`: what to send the next time; null until the last page.",
    },
}
