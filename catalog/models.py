"""Films, tracks, and their tags: an emotion of a film or a mood of a track, with its score and where it comes from."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ml.labels import FEELINGS, Mood

FEELING_NAMES = {
    "joy": _("기쁨"),
    "sadness": _("슬픔"),
    "anger": _("분노"),
    "anxiety": _("불안"),
    "embarrassment": _("당황"),
}
MOOD_NAMES = {
    "happy": _("신나는"),
    "sad": _("슬픈"),
    "calm": _("잔잔한"),
    "energetic": _("강렬한"),
}
FEELING_CHOICES = [(feeling.value, FEELING_NAMES[feeling]) for feeling in FEELINGS]


# With fewer reviews, one odd review makes the tag.
FEWEST_REVIEWS = 3
# Most films have three reviews in our sources, whatever they are; more speak of films that people talk about.
MANY_REVIEWS = 5
# Spotify's popularity, 0-100: the upper quartile of the shipped tracks is 40.
POPULAR = 40


class Source(models.TextChoices):
    """Where a tag comes from. A curated tag outranks a computed one and survives every import."""

    REVIEWS = "reviews", _("리뷰")
    PLOT = "plot", _("줄거리")
    FEATURES = "features", _("오디오 특징")
    CURATED = "curated", _("큐레이터")


class MovieQuerySet(models.QuerySet["Movie"]):
    """Filters on films."""

    def for_readers(self) -> "MovieQuerySet":
        """Films that anybody may be shown, of whom nothing is known: not hidden, and none that deals with suicide."""
        return self.filter(is_hidden=False, has_suicide_theme=False)

    def best_known_first(self) -> "MovieQuerySet":
        return self.order_by("-review_count", "pk")


class Movie(models.Model):
    """A film. `external_id` is its IMDb id, or `tmdb:ID` where IMDb's is not known."""

    external_id = models.CharField(_("식별자"), max_length=24, unique=True)
    imdb_id = models.CharField(_("IMDb"), max_length=12, blank=True)
    tmdb_id = models.PositiveIntegerField(_("TMDB"), null=True, blank=True)
    title = models.CharField(_("제목"), max_length=300)
    title_ko = models.CharField(_("한국어 제목"), max_length=300, blank=True)
    year = models.PositiveSmallIntegerField(_("연도"), db_index=True)
    director = models.CharField(_("감독"), max_length=300, blank=True)
    director_ko = models.CharField(_("감독 (한국어)"), max_length=300, blank=True)
    review_count = models.PositiveIntegerField(_("리뷰 수"), default=0, help_text=_("태그를 계산할 때 읽은 리뷰의 수"))
    rating = models.FloatField(
        _("평점"),
        null=True,
        blank=True,
        help_text=_("리뷰를 쓴 사람들의 점수(1~10). 리뷰가 적으면 평균에 가깝게 잡아요."),
    )
    is_hidden = models.BooleanField(_("숨김"), default=False, help_text=_("숨긴 영화는 아무에게도 추천하지 않아요."))
    is_pinned = models.BooleanField(
        _("고정"), default=False, help_text=_("고정한 영화는 어울리는 감정에서 먼저 추천해요.")
    )
    has_suicide_theme = models.BooleanField(
        _("자살을 다룸"), default=False, help_text=_("힘든 마음을 적은 일기에는 추천하지 않아요.")
    )
    # What a search looks through: `catalog.services` writes it with what it is made of.
    search_text = models.TextField(default="", db_default="", editable=False)

    objects = MovieQuerySet.as_manager()

    class Meta:
        verbose_name = _("영화")
        verbose_name_plural = _("영화")
        ordering = ("-year", "title")
        # PostgreSQL has another one, of the trigrams of search_text: migration 0006.
        indexes = [
            models.Index(
                fields=["-review_count", "id"],
                condition=Q(is_hidden=False, has_suicide_theme=False),
                name="movie_best_known",
            )
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
        return self.title_ko if self.title_ko and (get_language() or "ko").startswith("ko") else self.title

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
        """The director's Korean name where it is known."""
        return self.director_ko or self.director

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


class Track(models.Model):
    """A song on Spotify, with the audio features (Spotify's units) that its moods were computed from."""

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
    is_hidden = models.BooleanField(_("숨김"), default=False, help_text=_("숨긴 곡은 아무에게도 추천하지 않아요."))
    is_pinned = models.BooleanField(
        _("고정"), default=False, help_text=_("고정한 곡은 어울리는 분위기에서 먼저 추천해요.")
    )
    search_text = models.TextField(default="", db_default="", editable=False)

    objects = TrackQuerySet.as_manager()

    class Meta:
        verbose_name = _("곡")
        verbose_name_plural = _("곡")
        ordering = ("artist", "title")
        indexes = [models.Index(fields=["-popularity", "id"], condition=Q(is_hidden=False), name="track_best_known")]

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


class MovieTagQuerySet(models.QuerySet["MovieTag"]):
    """Filters on the emotions of films."""

    def drawn(self, emotion: str, *is_well_known: bool) -> "MovieTagQuerySet":
        """Tags that recommendations draw from, strongest first: for either kind alone, answered by an index alone."""
        # `__in`, because Django turns `is_well_known=…` into a bare column, which SQLite looks up in no index.
        tags = self.filter(emotion=emotion, is_well_known__in=is_well_known, is_shown=True, weight__gt=0)
        return tags.order_by("-weight", "movie_id")


class TrackTagQuerySet(models.QuerySet["TrackTag"]):
    """Filters on the moods of tracks."""

    def drawn(self, mood: str, *is_well_known: bool) -> "TrackTagQuerySet":
        """Tags that recommendations draw from, strongest first: for either kind alone, answered by an index alone."""
        tags = self.filter(mood=mood, is_well_known__in=is_well_known, is_shown=True, weight__gt=0)
        return tags.order_by("-weight", "track_id")


class Tag(models.Model):
    """What film and track tags share."""

    source = models.CharField(_("출처"), max_length=10, choices=Source.choices)
    # How strongly the item is put forward for this tag, computed from the score: what recommendations sort by.
    weight = models.FloatField(_("추천 순서"), editable=False)
    # The item's, repeated for the index that recommendations are drawn by.
    is_shown = models.BooleanField(default=True, editable=False)
    is_well_known = models.BooleanField(default=False, editable=False)

    class Meta:
        abstract = True

    @property
    def is_curated(self) -> bool:
        return self.source == Source.CURATED


class MovieTag(Tag):
    """An emotion of a film. The score is its lift: how many times the catalogue's mean the film has of it."""

    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="tags")
    emotion = models.CharField(_("감정"), max_length=13, choices=FEELING_CHOICES)
    score = models.FloatField(
        _("평균 대비"),
        validators=[MinValueValidator(0)],
        help_text=_("1.0은 카탈로그의 평균, 2.0은 평균의 두 배"),
    )

    objects = MovieTagQuerySet.as_manager()

    class Meta:
        verbose_name = _("영화의 감정")
        verbose_name_plural = _("영화의 감정")
        constraints = [models.UniqueConstraint(fields=["movie", "emotion"], name="one_tag_per_movie_and_emotion")]
        indexes = [
            models.Index(
                fields=["emotion", "is_well_known", "-weight", "movie"],
                include=["score", "source"],
                condition=Q(is_shown=True, weight__gt=0),
                name="movietag_drawn",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_emotion_display()} ×{self.score:.1f}"


class TrackTag(Tag):
    """A mood of a track. The score is the classifier's probability."""

    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="tags")
    mood = models.CharField(_("분위기"), max_length=9, choices=[(m.value, MOOD_NAMES[m]) for m in Mood])
    score = models.FloatField(_("확률"), validators=[MinValueValidator(0), MaxValueValidator(1)])

    objects = TrackTagQuerySet.as_manager()

    class Meta:
        verbose_name = _("곡의 분위기")
        verbose_name_plural = _("곡의 분위기")
        constraints = [models.UniqueConstraint(fields=["track", "mood"], name="one_tag_per_track_and_mood")]
        indexes = [
            models.Index(
                fields=["mood", "is_well_known", "-weight", "track"],
                include=["score", "source"],
                condition=Q(is_shown=True, weight__gt=0),
                name="tracktag_drawn",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_mood_display()} {self.score:.0%}"


class LoadedFile(models.Model):
    """A catalogue file that has been loaded, by its hash: loading the same file again has nothing to do."""

    name = models.CharField(max_length=100, unique=True)
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name
