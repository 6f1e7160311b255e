"""The endpoints of the catalogue: films by emotion, tracks by mood, and what the person says of each."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from catalog.listing import Place
from catalog.models import Movie, Track
from diary import catalogue
from diary.api.catalog_serializers import (
    CatalogueMovieSerializer,
    CatalogueTrackSerializer,
    CursorField,
    MoviePageSerializer,
    MovieQuerySerializer,
    ShelvesSerializer,
    TrackPageSerializer,
    TrackQuerySerializer,
    movie_json,
    track_json,
)
from diary.api.queries import StrictQuery
from diary.api.schema import MISSING
from diary.api.serializers import FeedbackSerializer, feedback_json
from diary.api.views import DiaryApiRequest
from diary.catalogue import Listed
from diary.feedback import give_item_feedback

LIST_DESCRIPTION = (
    "Pages do not move while {items} are added, hidden or deleted; one whose {rank} changes between two pages may "
    "come twice. Nothing comes that a curator has hidden{not_shown}. The site's database decides how deep a search "
    "goes: PostgreSQL looks through everything; SQLite, and words of punctuation alone, through the first 30,000 "
    "after the `cursor`."
)
FEEDBACK_DESCRIPTION = (
    "The same as feedback on a recommendation of it: it holds wherever the {item} is recommended, and what is "
    "disliked or seen never is again. Sending the same again changes nothing."
)


@method_decorator(never_cache, name="dispatch")
class MovieListView(StrictQuery, APIView):
    """Films that readers may be shown."""

    query_names = {"get": tuple(MovieQuerySerializer().fields)}

    @extend_schema(
        operation_id="list_movies",
        summary="영화 둘러보기 List films by emotion, search them",
        description=LIST_DESCRIPTION.format(
            items="films", rank="emotion", not_shown=", and no film that deals with suicide"
        ),
        parameters=[MovieQuerySerializer],
        responses={200: MoviePageSerializer},
    )
    def get(self, request: DiaryApiRequest) -> Response:
        query = _read_query(request, MovieQuerySerializer)
        page = catalogue.list_movies(user=request.user, emotion=query.pop("emotion", ""), **query)
        return _page_response(request, [movie_json(movie) for movie in page.items], page.end)


@method_decorator(never_cache, name="dispatch")
class TrackListView(StrictQuery, APIView):
    """Tracks that readers may be shown."""

    query_names = {"get": tuple(TrackQuerySerializer().fields)}

    @extend_schema(
        operation_id="list_tracks",
        summary="음악 둘러보기 List tracks by mood, search them",
        description=LIST_DESCRIPTION.format(items="tracks", rank="mood", not_shown=""),
        parameters=[TrackQuerySerializer],
        responses={200: TrackPageSerializer},
    )
    def get(self, request: DiaryApiRequest) -> Response:
        query = _read_query(request, TrackQuerySerializer)
        page = catalogue.list_tracks(user=request.user, mood=query.pop("mood", ""), **query)
        return _page_response(request, [track_json(track) for track in page.items], page.end)


@method_decorator(never_cache, name="dispatch")
class MovieView(StrictQuery, APIView):
    """A film."""

    @extend_schema(
        operation_id="read_movie",
        summary="영화 하나 Read a film",
        responses={200: CatalogueMovieSerializer, **MISSING},
    )
    def get(self, request: DiaryApiRequest, movie_id: int) -> Response:
        return Response(movie_json(_get_movie(request, movie_id)))


@method_decorator(never_cache, name="dispatch")
class TrackView(StrictQuery, APIView):
    """A track."""

    @extend_schema(
        operation_id="read_track",
        summary="곡 하나 Read a track",
        responses={200: CatalogueTrackSerializer, **MISSING},
    )
    def get(self, request: DiaryApiRequest, track_id: int) -> Response:
        return Response(track_json(_get_track(request, track_id)))


@method_decorator(never_cache, name="dispatch")
class MovieFeedbackView(StrictQuery, APIView):
    """What the person says of a film."""

    @extend_schema(
        operation_id="give_movie_feedback",
        summary="영화에 의견 남기기 Give feedback on a film",
        description=FEEDBACK_DESCRIPTION.format(item="film"),
        request=FeedbackSerializer,
        responses={200: FeedbackSerializer, **MISSING},
    )
    def put(self, request: DiaryApiRequest, movie_id: int) -> Response:
        return Response(_give(request, _get_movie(request, movie_id).item))

    @extend_schema(
        operation_id="take_movie_feedback_back",
        summary="영화에 남긴 의견 거두기 Take feedback on a film back",
        responses={204: None, **MISSING},
    )
    def delete(self, request: DiaryApiRequest, movie_id: int) -> Response:
        return _take_back(request, _get_movie(request, movie_id).item)


@method_decorator(never_cache, name="dispatch")
class TrackFeedbackView(StrictQuery, APIView):
    """What the person says of a track."""

    @extend_schema(
        operation_id="give_track_feedback",
        summary="곡에 의견 남기기 Give feedback on a track",
        description=FEEDBACK_DESCRIPTION.format(item="track"),
        request=FeedbackSerializer,
        responses={200: FeedbackSerializer, **MISSING},
    )
    def put(self, request: DiaryApiRequest, track_id: int) -> Response:
        return Response(_give(request, _get_track(request, track_id).item))

    @extend_schema(
        operation_id="take_track_feedback_back",
        summary="곡에 남긴 의견 거두기 Take feedback on a track back",
        responses={204: None, **MISSING},
    )
    def delete(self, request: DiaryApiRequest, track_id: int) -> Response:
        return _take_back(request, _get_track(request, track_id).item)


@method_decorator(never_cache, name="dispatch")
class BrowseView(StrictQuery, APIView):
    """What somebody sees who has written nothing yet."""

    @extend_schema(
        operation_id="read_shelves",
        summary="마음으로 둘러보기 Read a few films of each feeling and tracks of each mood",
        description="The same all day, by the person's clock, and new on the next; nothing that they dislike or have "
        "seen, no item twice, no film that deals with suicide. A shelf that is empty is left out.",
        responses={200: ShelvesSerializer},
    )
    def get(self, request: DiaryApiRequest) -> Response:
        shelves = catalogue.list_shelves(user=request.user, day=timezone.localdate())
        return Response(
            {
                "movies": [{"emotion": s.name, "movies": [movie_json(m) for m in s.items]} for s in shelves.movies],
                "tracks": [{"mood": s.name, "tracks": [track_json(t) for t in s.items]} for s in shelves.tracks],
            }
        )


def _read_query(request: DiaryApiRequest, serializer_class: type[Any]) -> dict[str, Any]:
    """The query in the words of `diary.catalogue`. Raises ValidationError."""
    serializer = serializer_class(data=request.query_params.dict())
    serializer.is_valid(raise_exception=True)
    query = dict(serializer.validated_data)
    return query | {"words": query.pop("q"), "after": query.pop("cursor", None), "limit": query.pop("page_size")}


def _page_response(request: DiaryApiRequest, results: list[dict[str, Any]], end: Place | None) -> Response:
    here = request.build_absolute_uri()
    next_page = replace_query_param(here, "cursor", CursorField().to_representation(end)) if end else None
    return Response({"next": next_page, "results": results})


def _get_movie(request: DiaryApiRequest, movie_id: int) -> Listed[Movie]:
    try:
        return catalogue.get_movie(user=request.user, movie_id=movie_id)
    except Movie.DoesNotExist:
        raise Http404 from None


def _get_track(request: DiaryApiRequest, track_id: int) -> Listed[Track]:
    try:
        return catalogue.get_track(user=request.user, track_id=track_id)
    except Track.DoesNotExist:
        raise Http404 from None


def _give(request: DiaryApiRequest, item: Movie | Track) -> dict[str, Any]:
    serializer = FeedbackSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    data = serializer.validated_data
    feedback = give_item_feedback(user=request.user, item=item, opinion=data["opinion"] or "", is_seen=data["is_seen"])
    return feedback_json(feedback)


def _take_back(request: DiaryApiRequest, item: Movie | Track) -> Response:
    give_item_feedback(user=request.user, item=item, opinion="", is_seen=False)
    return Response(status=status.HTTP_204_NO_CONTENT)
