"""Addresses of the API, version 1."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from diary.api.account_views import AccountDeletionView, ProfileView
from diary.api.analysis_views import EntryAnalysisView
from diary.api.batch_views import EntryBatchView
from diary.api.catalog_views import (
    BrowseView,
    MovieFeedbackView,
    MovieListView,
    MovieView,
    TrackFeedbackView,
    TrackListView,
    TrackView,
)
from diary.api.correction_views import EntryCorrectionView
from diary.api.export_views import ExportDetailView, ExportDownloadView, ExportListView
from diary.api.liked_views import LikedView
from diary.api.look_back_views import CalendarView, TagsView, TrendsView
from diary.api.model_views import ModelView
from diary.api.portability_views import ExportView, ImportView
from diary.api.recommendation_views import EntryOthersView, EntryRecommendationsView, FeedbackView
from diary.api.settings_views import SettingsView
from diary.api.views import EntryViewSet

app_name = "api"

router = SimpleRouter(use_regex_path=False)
router.register("entries", EntryViewSet, basename="entry")
urlpatterns = [
    *router.urls,
    path("entries/batch/", EntryBatchView.as_view(), name="entry-batch"),
    path("calendar/", CalendarView.as_view(), name="calendar"),
    path("trends/", TrendsView.as_view(), name="trends"),
    path("tags/", TagsView.as_view(), name="tags"),
    path("entries/<uuid:entry_id>/analysis/", EntryAnalysisView.as_view(), name="entry-analysis"),
    path("entries/<uuid:entry_id>/correction/", EntryCorrectionView.as_view(), name="entry-correction"),
    path("entries/<uuid:entry_id>/recommendations/", EntryRecommendationsView.as_view(), name="entry-recommendations"),
    path("entries/<uuid:entry_id>/recommendations/others/", EntryOthersView.as_view(), name="entry-others"),
    path("settings/", SettingsView.as_view(), name="settings"),
    path("export/", ExportView.as_view(), name="export"),
    path("exports/", ExportListView.as_view(), name="exports"),
    path("exports/<uuid:export_id>/", ExportDetailView.as_view(), name="export-detail"),
    path("exports/<uuid:export_id>/download/", ExportDownloadView.as_view(), name="export-download"),
    path("import/", ImportView.as_view(), name="import"),
    path("profile/", ProfileView.as_view(), name="profile"),
    path("account/deletion/", AccountDeletionView.as_view(), name="account-deletion"),
    path("model/", ModelView.as_view(), name="model"),
    path("browse/", BrowseView.as_view(), name="browse"),
    path("liked/", LikedView.as_view(), name="liked"),
    path("movies/", MovieListView.as_view(), name="movies"),
    path("movies/<int:movie_id>/", MovieView.as_view(), name="movie"),
    path("movies/<int:movie_id>/feedback/", MovieFeedbackView.as_view(), name="movie-feedback"),
    path("tracks/", TrackListView.as_view(), name="tracks"),
    path("tracks/<int:track_id>/", TrackView.as_view(), name="track"),
    path("tracks/<int:track_id>/feedback/", TrackFeedbackView.as_view(), name="track-feedback"),
    path("recommendations/<int:recommendation_id>/feedback/", FeedbackView.as_view(), name="recommendation-feedback"),
]
