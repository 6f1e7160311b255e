"""How strongly a film is put forward for a feeling. Standard library only: the site runs it when it loads films."""

import math

# A film with this many reviews is as well known as our reviews can tell; more add nothing.
MANY_REVIEWS = 30

# What a viewer in Korea can find and knows: a Korean title counts more than any number of English reviews.
_WITHOUT_KOREAN_TITLE = 0.45
_WITHOUT_REVIEWS = 0.7


def movie_weight(lift: float, reviews: int, has_korean_title: bool) -> float:
    """The weight of a film for one feeling, in 0…1; 0 where the film carries no more of it than the mean.

    `lift` is the film's share of the feeling over the catalogue's mean (1.0), already shrunk for few reviews. The
    weight grows with the lift above 1, saturating, and is damped for films without a Korean title or many reviews.
    """
    if lift <= 1.0:
        return 0.0
    strength = 1.0 - math.exp(-(lift - 1.0))
    renown = math.log1p(min(reviews, MANY_REVIEWS)) / math.log1p(MANY_REVIEWS)
    familiarity = _WITHOUT_REVIEWS + (1.0 - _WITHOUT_REVIEWS) * renown
    return strength * familiarity * (1.0 if has_korean_title else _WITHOUT_KOREAN_TITLE)
