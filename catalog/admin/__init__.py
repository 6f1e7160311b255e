"""The catalogue in the admin: curators search, filter, change and undo; every change is a step that is noted."""

from catalog.admin.curations import CurationAdmin
from catalog.admin.films import MovieAdmin
from catalog.admin.tracks import TrackAdmin

__all__ = ["CurationAdmin", "MovieAdmin", "TrackAdmin"]
