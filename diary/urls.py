"""The pages of the diary."""

from django.urls import path, register_converter

from diary.converters import MonthConverter, YearConverter
from diary.views import account, entries, liked, look_back, offline, pages, portability, recommendations, settings

app_name = "diary"

register_converter(MonthConverter, "month")
register_converter(YearConverter, "year")

urlpatterns = [
    path("", pages.home, name="home"),
    path("help/", pages.help_page, name="help"),
    path("privacy/", pages.privacy, name="privacy"),
    path("settings/time-zone/", settings.settings_time_zone, name="settings-time-zone"),
    path("settings/reminder/", settings.settings_reminder, name="settings-reminder"),
    path("reminder/off/<str:token>/", settings.reminder_unsubscribe, name="reminder-unsubscribe"),
    path("sw.js", offline.service_worker, name="service-worker"),  # at the root: it answers for the whole site
    path("offline/", offline.offline_write, name="offline"),
    path("offline/elsewhere/", offline.offline_elsewhere, name="offline-elsewhere"),
    path("offline/account/", offline.offline_account, name="offline-account"),
    path("calendar/", look_back.calendar, name="calendar"),
    path("calendar/<month:month>/", look_back.calendar_month, name="calendar-month"),
    path("calendar/<year:year>/", look_back.calendar_year, name="calendar-year"),
    path("trends/", look_back.trends, name="trends"),
    path("entries/", entries.entry_list, name="entry-list"),
    path("entries/new/", entries.entry_create, name="entry-create"),
    path("entries/<uuid:entry_id>/", entries.entry_detail, name="entry-detail"),
    path("entries/<uuid:entry_id>/edit/", entries.entry_edit, name="entry-edit"),
    path("entries/<uuid:entry_id>/delete/", entries.entry_delete, name="entry-delete"),
    path("entries/<uuid:entry_id>/analyze/", entries.entry_analyze, name="entry-analyze"),
    path("entries/<uuid:entry_id>/emotion/", entries.entry_correct, name="entry-correct"),
    path(
        "entries/<uuid:entry_id>/recommendations/",
        recommendations.entry_recommendations,
        name="entry-recommendations",
    ),
    path(
        "entries/<uuid:entry_id>/recommendations/others/",
        recommendations.entry_recommend_again,
        name="entry-recommend-again",
    ),
    path(
        "recommendations/<int:recommendation_id>/feedback/",
        recommendations.recommendation_feedback,
        name="recommendation-feedback",
    ),
    path("liked/", liked.liked_items, name="liked"),
    path("liked/<int:feedback_id>/forget/", liked.liked_forget, name="liked-forget"),
    path("export/", portability.export_page, name="export"),
    path("import/", portability.import_page, name="import"),
    path("import/preview/", portability.import_preview, name="import-preview"),
    path("import/cancel/", portability.import_cancel, name="import-cancel"),
    path("import/done/", portability.import_done, name="import-done"),
    path("import/read/", portability.import_read, name="import-read"),
    path("settings/delete/", account.delete_account, name="delete-account"),
]
