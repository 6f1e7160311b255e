"""How strongly a film is put forward for a feeling. Standard library only: the site runs it when it loads films."""

import math
from collections.abc import Mapping

from ml.labels import Emotion

# A film with this many reviews is as well known as our reviews can tell; more add nothing.
MANY_REVIEWS = 30

# What the first review is worth against MANY_REVIEWS of them, and a foreign title against a Korean one. Together they
# make two thirds of the 150 films that stand highest for a feeling ones that a viewer in Korea finds by name.
_LITTLE_KNOWN = 0.5
_WITHOUT_KOREAN_TITLE = 0.8

# The mean rating of the shipped films that have reviews, for those that have none.
_USUAL_RATING = 6.0
_BEST_RATING = 10.0

# Only Korean films have no reviews in our sources: the ones that a viewer in Korea knows best. Their lifts come from
# plots and are shrunk about twice as far as those of three reviews, which would keep every one of them at the end.
_PLOT_BONUS = 2.0


# From this lift of a harsher feeling on a film is harsh. Among the films that we know, the mild ones stand below it:
# "Monsters, Inc." has 1.35 of 불안, "The Nightmare Before Christmas" 1.34.
HARSH_FROM = 1.4
_HARSHER: dict[Emotion, tuple[Emotion, ...]] = {
    Emotion.JOY: (Emotion.ANXIETY, Emotion.ANGER),
    Emotion.SADNESS: (Emotion.ANXIETY, Emotion.ANGER),
    Emotion.EMBARRASSMENT: (Emotion.ANXIETY, Emotion.ANGER),
    Emotion.ANGER: (Emotion.ANXIETY,),
}


def lift_put_forward(feeling: Emotion, lifts: Mapping[Emotion, float]) -> float:
    """The lift that a film is put forward by for a feeling: its own, or none (1.0) where a harsher one is stronger.

    A film that frightens or enrages more than it cheers or moves is no comfort: horror comedies carry much of 기쁨,
    "Ring" and the hunt for a murderer carry 슬픔.
    """
    harshest = max((lifts.get(harsher, 0.0) for harsher in _HARSHER.get(feeling, ())), default=0.0)
    return 1.0 if harshest >= HARSH_FROM and harshest > lifts[feeling] else lifts[feeling]


def movie_weight(lift: float, *, reviews: int, rating: float | None, has_korean_title: bool) -> float:
    """The weight of a film for one feeling, in 0…1; 0 where the film carries no more of it than the mean.

    `lift` is the film's share of the feeling over the catalogue's mean (1.0), already shrunk for few reviews. The
    weight grows with the lift above 1, saturating, and with the rating (1-10, shrunk for few reviews; None where it
    is not known). It is damped for films that few have reviewed (0 reviews: a Korean film tagged by its plot) and for
    those without a Korean title.
    """
    if lift <= 1.0:
        return 0.0
    excess = lift - 1.0
    renown = 1.0
    if reviews:
        renown = math.log1p(min(reviews, MANY_REVIEWS)) / math.log1p(MANY_REVIEWS)
    else:
        excess *= _PLOT_BONUS
    familiarity = _LITTLE_KNOWN + (1.0 - _LITTLE_KNOWN) * renown
    quality = (_USUAL_RATING if rating is None else rating) / _BEST_RATING
    language = 1.0 if has_korean_title else _WITHOUT_KOREAN_TITLE
    return (1.0 - math.exp(-excess)) * familiarity * quality * language
