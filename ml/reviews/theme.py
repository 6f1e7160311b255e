"""Which films deal with suicide: by their title, plot and keywords, by MovieLens tags, and by what reviewers say.

The site leaves them out for whoever may be in a crisis, so a film too many costs little and one too few a lot.
"""

import re
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.files import read_rows
from ml.reviews.films import Film
from ml.reviews.profile import Indices

# Chosen on films that are known to us: a film of three reviews is taken for one about suicide when one of them says
# so, one of thirty when three do, since a single one may speak of its own despair or of another film.
SMALLEST_SHARE = 0.09
LARGEST_SINGLE = 4  # at most this many reviews in all make a single one enough

_EARNEST = re.compile(
    r"\bsuicid(?:e|es|al|ally)\b|\beuthanasia\b"
    r"|\b(?:kill(?:s|ed|ing)?|hang(?:s|ed|ing)?|hung|drown(?:s|ed|ing)?|shoots?|shot|shooting) (?:him|her)self\b"
    r"|\bkill(?:s|ed|ing)? themselves\b"
    r"|\b(?:took|tak(?:es?|ing|en)|end(?:s|ed|ing)?) (?:his|her|their) own li(?:fe|ves)\b"
    r"|\bend(?:s|ed|ing)? (?:his|her) life\b"
    r"|\b(?:slash|slit|cut)(?:s|es|ting|ed|ing)? (?:his|her) (?:own )?wrists?\b",
    re.IGNORECASE,
)

# Said of war, of business or of a bad evening at the cinema.
_FIGURATIVE = re.compile(
    r"\bsuicid(?:e|al)[- ](?:squads?|missions?|runs?|doors?|bomb\w*|attack\w*|vests?|charges?|dives?|squeeze|drill"
    r"|blondes?|kings?|girls?|machine|burning|jockeys?|campaign|pilots?|walk)\b"
    r"|\b(?:career|political|commercial|social|professional|artistic|financial|economic|box[- ]office|cinematic"
    r"|marketing|critical|creative|corporate|national|cultural|intellectual|racial|moral|bank account|comedy)"
    r"[- ]suicid(?:e|al)\b"
    r"|\b(?:i|me|you|us|one|anyone|audience|viewers?)\b[^.!?\n]{0,40}\b(?:contemplat\w+|commit\w*|consider\w*|to|feel\w*"
    r"|felt|downright|wanting|are|were) suicid(?:e|al)\b"
    r"|\b(?:shoots?|shot|shooting) (?:him|her)self in the foot\b|\bkilling themselves laughing\b"
    r"|\b(?:makes?|made|making)\b[^.!?\n]{0,20}\bwant to kill themselves\b",
    re.IGNORECASE,
)

# A review of another film may compare it with these.
_OTHER_FILMS = re.compile(
    r"\bvirgin suicides\b|\bsuicide (?:club|circle)\b|\bm\*a\*s\*h[^.]{0,40}suicide", re.IGNORECASE
)


def speaks_of_suicide(review: str) -> bool:
    """Whether a review speaks of suicide in earnest: not of a suicide mission, nor of the reviewer's boredom."""
    return names_suicide(_OTHER_FILMS.sub(" ", review))


def names_suicide(text: str) -> bool:
    """Whether a title, a plot, a keyword or a tag names suicide in earnest."""
    return bool(_EARNEST.search(_FIGURATIVE.sub(" ", text)))


def read_suicide_tags(folder: Path) -> frozenset[str]:
    """IMDb ids of the films with a tag of suicide, from MovieLens' `tags.csv` and `links.csv`. Raises DataError."""
    tagged = {
        row["movieId"]
        for _, row in read_rows(folder / "tags.csv", columns=("movieId", "tag"))
        if names_suicide(row["tag"])
    }
    links = read_rows(folder / "links.csv", columns=("movieId", "imdbId"))
    return frozenset(f"tt{int(row['imdbId']):07d}" for _, row in links if row["movieId"] in tagged)


def find_suicide_themes(
    films: Sequence[Film], speaking: Indices, reviews: Indices, tagged: Collection[str]
) -> NDArray[np.bool_]:
    """Which of f films deal with suicide; `speaking` [f] of their `reviews` [f] say so, `tagged` holds IMDb ids."""
    shares = speaking / np.maximum(reviews, 1)
    by_reviews = (shares >= SMALLEST_SHARE) & ((speaking >= 2) | (reviews <= LARGEST_SINGLE))
    by_facts = [film.imdb_id in tagged or names_suicide(film.title) or names_suicide(film.overview) for film in films]
    return np.asarray(by_reviews | np.array(by_facts, dtype=np.bool_))
