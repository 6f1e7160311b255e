"""Films, tracks, and their tags: an emotion of a film or a mood of a track; and what curators did to them."""

from catalog.models.curation import Action, Curation, CurationChange, Kind
from catalog.models.import_files import ImportFile, ImportRow
from catalog.models.items import (
    FEWEST_REVIEWS,
    MANY_REVIEWS,
    POPULAR,
    LoadedFile,
    Movie,
    MovieQuerySet,
    Track,
    TrackQuerySet,
)
from catalog.models.review import Reason, ReviewItem, ReviewItemQuerySet, ReviewSkip
from catalog.models.searches import SavedSearch
from catalog.models.tags import FEELING_CHOICES, FEELING_NAMES, MOOD_NAMES, MovieTag, Source, Tag, TrackTag

__all__ = [
    "FEELING_CHOICES",
    "FEELING_NAMES",
    "FEWEST_REVIEWS",
    "MANY_REVIEWS",
    "MOOD_NAMES",
    "POPULAR",
    "Action",
    "Curation",
    "CurationChange",
    "ImportFile",
    "ImportRow",
    "Kind",
    "LoadedFile",
    "Movie",
    "MovieQuerySet",
    "MovieTag",
    "Reason",
    "ReviewItem",
    "ReviewItemQuerySet",
    "ReviewSkip",
    "SavedSearch",
    "Source",
    "Tag",
    "Track",
    "TrackQuerySet",
    "TrackTag",
]
