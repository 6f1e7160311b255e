"""Films and tracks, and which files of them were loaded."""

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

# With fewer reviews, one odd review makes the tag.
FEWEST_REVIEWS = 3
# Most films have three reviews in our sources, whatever they are; more speak of films that people talk about.
MANY_REVIEWS = 5
# Spotify's popularity, 0-100: the upper quartile of the shipped tracks is 40.
POPULAR = 40


# What curators decide of films and tracks alike.
_DECIDED = ("is_hidden", "is_pinned", "reviewed_at", "added_at")


def reads_korean() -> bool:
    """Whether names are told in Korean to whoever is being answered."""
    return (get_language() or "ko").startswith("ko")


def _curator_indexes(kind: str, *, include: tuple[str, ...], **conditions: Q) -> list[models.Index]:
    """Indexes by id that hold what curators filter by: one of all items, and one for each thing that few items are."""
    few = {
        "hidden": Q(is_hidden=True),
        "pinned": Q(is_pinned=True),
        "reviewed": Q(reviewed_at__isnull=False),
        **conditions,
    }
    return [
        models.Index(fields=["id"], include=include, name=f"{kind}_curated_by"),
        *(
            models.Index(fields=["id"], include=include, condition=condition, name=f"{kind}_{name}")
            for name, condition in few.items()
        ),
    ]


class Item(models.Model):
    """What films and tracks share: what curators decided, and what a search looks through."""

    is_hidden = models.BooleanField(_("숨김"), default=False, help_text=_("숨기면 아무에게도 추천하지 않아요."))
    is_pinned = models.BooleanField(_("고정"), default=False, help_text=_("고정하면 어울리는 답에서 먼저 추천해요."))
    added_at = models.DateTimeField(
        _("들어온 때"), null=True, editable=False, help_text=_("비어 있으면 처음부터 있던 것이에요.")
    )
    reviewed_at = models.DateTimeField(_("검토한 때"), null=True, editable=False)
    # Names of fields that a curator has written: no import overwrites these.
    curated_facts = models.JSONField(default=list, db_default=[], editable=False)
    # What a search looks through: `catalog.services` writes it with what it is made of.
    search_text = models.TextField(default="", db_default="", editable=False)

    class Meta:
        abstract = True


class MovieQuerySet(models.QuerySet["Movie"]):
    """Filters on films."""

    def for_readers(self) -> "MovieQuerySet":
        """Films that anybody may be shown, of whom nothing is known: not hidden, and none that deals with suicide."""
        return self.filter(is_hidden=False, has_suicide_theme=False)

    def best_known_first(self) -> "MovieQuerySet":
        return self.order_by("-review_count", "pk")


class Movie(Item):
    """A film. `external_id` is its IMDb id, or `tmdb:ID` where IMDb's is not known."""

    # What a curator may change of it, besides its tags.
    CURATED_FACTS: ClassVar[tuple[str, ...]] = (
        *("imdb_id", "tmdb_id", "title", "title_ko", "year", "director", "director_ko"),
        *("is_hidden", "is_pinned", "has_suicide_theme", "reviewed_at", "curated_facts"),
    )

    external_id = models.CharField(_("식별자"), max_length=24, unique=True)
    imdb_id = models.CharField(_("IMDb"), max_length=12, blank=True)
    tmdb_id = models.PositiveIntegerField(_("TMDB"), null=True, blank=True)
    title = models.CharField(_("제목"), max_length=300)
    title_ko = models.CharField(_("한국어 제목"), max_length=300, blank=True)
    year = models.PositiveSmallIntegerField(_("연도"))
    director = models.CharField(_("감독"), max_length=300, blank=True)
    director_ko = models.CharField(_("감독 (한국어)"), max_length=300, blank=True)
    review_count = models.PositiveIntegerField(_("리뷰 수"), default=0, help_text=_("태그를 계산할 때 읽은 리뷰의 수"))
    rating = models.FloatField(
        _("평점"),
        null=True,
        blank=True,
        help_text=_("리뷰를 쓴 사람들의 점수(1~10). 리뷰가 적으면 평균에 가깝게 잡아요."),
    )
    has_suicide_theme = models.BooleanField(
        _("자살을 다룸"), default=False, help_text=_("표시하면 누구에게도 추천하지 않아요.")
    )

    objects = MovieQuerySet.as_manager()

    class Meta:
        verbose_name = _("영화")
        verbose_name_plural = _("영화")
        ordering = ("-year", "title")
        # PostgreSQL has another one, of the trigrams of search_text: migration 0007.
        indexes = [
            models.Index(
                fields=["-review_count", "id"],
                condition=Q(is_hidden=False, has_suicide_theme=False),
                name="movie_best_known",
            ),
            models.Index(
                fields=["added_at", "id"],
                condition=Q(added_at__isnull=False, reviewed_at=None, is_hidden=False),
                name="movie_new",
            ),
            # What curators sort by.
            models.Index(fields=["year", "id"], include=_DECIDED, name="movie_by_year"),
            models.Index(fields=["title", "id"], name="movie_by_title"),
            models.Index(fields=["review_count", "id"], include=_DECIDED, name="movie_by_reviews"),
            models.Index(fields=["rating", "id"], name="movie_by_rating"),
            # What they filter by: all of it is read from an index, most often from one of those that few films are in.
            models.Index(fields=["added_at", "id"], condition=Q(added_at__isnull=False), name="movie_added"),
            *_curator_indexes(
                "movie",
                include=(*_DECIDED, "has_suicide_theme", "year", "review_count", "rating"),
                suicide_theme=Q(has_suicide_theme=True),
                without_korean=Q(title_ko=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display_title} ({self.year})"

    @property
    def searched_texts(self) -> tuple[str, ...]:
        """What a search looks through."""
        return (self.title, self.title_ko, self.director, self.director_ko)

    @property
    def display_title(self) -> str:
        """The Korean title where it is known, for readers of Korean; others get the film's own."""
        return self.title_ko if self.title_ko and reads_korean() else self.title

    @property
    def is_weak(self) -> bool:
        """Whether so few reviews speak of it that its tags are a guess; a film tagged by its plot is another thing."""
        return 0 < self.review_count < FEWEST_REVIEWS

    @property
    def is_well_known(self) -> bool:
        """Whether a viewer in Korea has probably heard of it: a Korean title, and more reviews than most have."""
        return bool(self.title_ko) and self.review_count >= MANY_REVIEWS

    @property
    def display_director(self) -> str:
        """The director's Korean name where it is known, for readers of Korean."""
        return self.director_ko if self.director_ko and reads_korean() else self.director

    @property
    def url(self) -> str:
        """The film's page at IMDb, or at TMDB where only that id is known."""
        if self.imdb_id:
            return f"https://www.imdb.com/title/{self.imdb_id}/"
        return f"https://www.themoviedb.org/movie/{self.tmdb_id}"


class TrackQuerySet(models.QuerySet["Track"]):
    """Filters on tracks."""

    def for_readers(self) -> "TrackQuerySet":
        """Tracks that anybody may be shown: not hidden."""
        return self.filter(is_hidden=False)

    def best_known_first(self) -> "TrackQuerySet":
        return self.order_by("-popularity", "pk")


class Track(Item):
    """A song on Spotify, with the audio features (Spotify's units) that its moods were computed from."""

    # What a curator may change of it, besides its tags; its features are measured.
    CURATED_FACTS: ClassVar[tuple[str, ...]] = (
        *("title", "artist", "artist_ko", "album", "release_date"),
        *("is_hidden", "is_pinned", "reviewed_at", "curated_facts"),
    )

    spotify_id = models.CharField(_("Spotify ID"), max_length=22, unique=True)
    title = models.CharField(_("제목"), max_length=300)
    artist = models.CharField(_("아티스트"), max_length=300)
    artist_ko = models.CharField(_("아티스트 (한국어)"), max_length=300, blank=True)
    album = models.CharField(_("앨범"), max_length=300, blank=True)
    release_date = models.CharField(_("발매일"), max_length=10, blank=True, help_text=_("연도만 알려진 곡은 연도만"))
    duration_ms = models.PositiveIntegerField(_("길이 (ms)"))
    popularity = models.PositiveSmallIntegerField(_("인기도"), default=0, validators=[MaxValueValidator(100)])
    danceability = models.FloatField()
    energy = models.FloatField()
    key = models.SmallIntegerField()
    loudness = models.FloatField(help_text="dB")
    mode = models.SmallIntegerField()
    speechiness = models.FloatField()
    acousticness = models.FloatField()
    instrumentalness = models.FloatField()
    liveness = models.FloatField()
    valence = models.FloatField()
    tempo = models.FloatField(help_text="BPM")
    time_signature = models.SmallIntegerField()

    objects = TrackQuerySet.as_manager()

    class Meta:
        verbose_name = _("곡")
        verbose_name_plural = _("곡")
        ordering = ("artist", "title")
        # PostgreSQL has others, of the trigrams of search_text and of the scripts of titles: migrations 0007 and 0011.
        indexes = [
            models.Index(fields=["-popularity", "id"], condition=Q(is_hidden=False), name="track_best_known"),
            models.Index(
                fields=["added_at", "id"],
                condition=Q(added_at__isnull=False, reviewed_at=None, is_hidden=False),
                name="track_new",
            ),
            models.Index(fields=["popularity", "id"], include=_DECIDED, name="track_by_popularity"),
            models.Index(fields=["title", "id"], name="track_by_title"),
            models.Index(fields=["artist", "id"], name="track_by_artist"),
            models.Index(fields=["release_date", "id"], include=_DECIDED, name="track_by_release"),
            models.Index(fields=["added_at", "id"], condition=Q(added_at__isnull=False), name="track_added"),
            *_curator_indexes(
                "track",
                include=(*_DECIDED, "popularity", "release_date"),
                without_korean=Q(artist_ko=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} / {self.display_artist}"

    @property
    def searched_texts(self) -> tuple[str, ...]:
        """What a search looks through."""
        return (self.title, self.artist, self.artist_ko)

    @property
    def display_artist(self) -> str:
        """The artists' Korean names where they are known."""
        return self.artist_ko or self.artist

    @property
    def is_well_known(self) -> bool:
        """Whether it is among the quarter that is played most."""
        return self.popularity >= POPULAR

    @property
    def url(self) -> str:
        """The link that opens the song in Spotify."""
        return f"https://open.spotify.com/track/{self.spotify_id}"

    @property
    def embed_url(self) -> str:
        """The address of Spotify's player for the song."""
        return f"https://open.spotify.com/embed/track/{self.spotify_id}"


class LoadedFile(models.Model):
    """A catalogue file that has been loaded, by its hash: loading the same file again has nothing to do."""

    name = models.CharField(max_length=100, unique=True)
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name
