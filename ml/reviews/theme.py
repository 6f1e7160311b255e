"""Which films deal with suicide: by title, plot and keywords, MovieLens tags, what reviewers say, and a list.

The site leaves them out for whoever may be in a crisis, so a film too many costs little and one too few a lot. Three
reviews seldom tell of a suicide that would give the plot away, so well-known films stand in a list made by hand, and
with them a few that dwell on self-harm.
"""

import re
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.files import read_rows
from ml.reviews.films import Film

# Known by heart, not by a source: `film` is the IMDb id, or `tmdb:ID` where IMDb's is not known.
KNOWN_FILMS = Path(__file__).parent / "suicide_films.tsv"

# Chosen by looking at films that are known to us. A film of three reviews deals with suicide when one of them says so,
# one of thirty when three do, since a single one of many may speak of another film.
SMALLEST_SHARE = 0.09
MOST_REVIEWS_FOR_ONE = 4  # a single review is enough up to this many

_EARNEST = re.compile(
    r"\bsuicid(?:e|es|al|ally)\b|\beuthanasia\b"
    r"|\b(?:kill(?:s|ed|ing)?|hang(?:s|ed|ing)?|hung|drown(?:s|ed|ing)?|shoots?|shot|shooting) (?:him|her)self\b"
    r"|\bkill(?:s|ed|ing)? themselves\b"
    r"|\b(?:took|tak(?:es?|ing|en)|end(?:s|ed|ing)?) (?:his|her|their) own li(?:fe|ves)\b"
    r"|(?<!\bthe )\bend(?:s|ed|ing)? (?:his|her) life\b"
    r"|\b(?:slash|slit|cut)(?:s|es|ting|ed|ing)? (?:his|her) (?:own )?wrists?\b",
    re.IGNORECASE,
)

# Said of war, of business, of an accident or of a bad evening at the cinema.
_FIGURATIVE = re.compile(
    r"\bsuicid(?:e|al)[- ](?:squads?|missions?|runs?|doors?|bomb\w*|attack\w*|vests?|charges?|dives?|squeeze|drill"
    r"|blondes?|kings?|girls?|machine|burning|jockeys?|campaign|pilots?|walk)\b"
    r"|\b(?:career|political|commercial|social|professional|artistic|financial|economic|box[- ]office|cinematic"
    r"|marketing|critical|creative|corporate|national|cultural|intellectual|racial|moral|bank account|comedy)"
    r"[- ]suicid(?:e|al)\b"
    r"|\b(?:i|me|you|us|anyone|audience|viewers?)\b[^.!?\n]{0,40}\b(?:contemplat\w+|commit\w*|consider\w*|to|feel\w*"
    r"|felt|downright|wanting|are|were) suicid(?:e|al)\b"
    r"|\b(?:makes?|made|making)\b[^.!?\n]{0,20}\bwant to kill themselves\b"
    r"|\b(?:would|will|might) be suicid(?:e|al)\b"
    r"|\b(?:shoots?|shot|shooting) (?:him|her)self in the foot\b|\bkilling themselves laughing\b"
    r"|\b(?:got|gets?|getting|be|being|been|was) (?:shot|killed|hung|hanged) (?:him|her)self\b"
    r"|\b(?:accidentally|almost|nearly) (?:kill|shoot|shot|hang|drown)\w* (?:him|her)self\b"
    r"|\bdrown\w* (?:him|her)self in (?!(?:the|a|his|her) (?:river|sea|lake|ocean|bath|tub|pool|water|well|pond))",
    re.IGNORECASE,
)

# A review of another film may compare it with these.
_OTHER_FILMS = re.compile(
    r"\bvirgin suicides\b|\bsuicide (?:club|circle)\b|\bwilbur wants to kill himself\b", re.IGNORECASE
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
    films: Sequence[Film], speaking: NDArray[np.intp], reviews: NDArray[np.intp], tagged: Collection[str]
) -> NDArray[np.bool_]:
    """Which of f films deal with suicide; `speaking` [f] of their `reviews` [f] say so, `tagged` holds IMDb ids."""
    shares = speaking / np.maximum(reviews, 1)
    by_reviews = (shares >= SMALLEST_SHARE) & ((speaking >= 2) | (reviews <= MOST_REVIEWS_FOR_ONE))
    known = {row["film"] for _, row in read_rows(KNOWN_FILMS, columns=("film",), delimiter="\t")}
    by_facts = [
        film.key in known or film.imdb_id in tagged or names_suicide(film.title) or names_suicide(film.overview)
        for film in films
    ]
    return np.asarray(by_reviews | np.array(by_facts, dtype=np.bool_))
