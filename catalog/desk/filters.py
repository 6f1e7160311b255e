"""Addresses of the curators' lists that other pages lead to; the filters are those of `catalog.curation.filters`."""

from urllib.parse import urlencode

FITS, DECADE, HIDDEN = "fits", "decade", "hidden"


def list_query(tag: str, **filters: str) -> str:
    """What follows the `?` in the address of a list of the items that are put forward for a tag.

    They are those that are shown, unless `filters` say otherwise.
    """
    return urlencode({FITS: tag, HIDDEN: "no", **filters})
