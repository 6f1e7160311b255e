"""The pages of the diary."""

from django.urls import path

from diary.views import account, entries, pages, portability, recommendations

app_name = "diary"

urlpatterns = [
    path("", pages.home, name="home"),
    path("help/", pages.help_page, name="help"),
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
    path("export/", portability.export_page, name="export"),
    path("import/", portability.import_page, name="import"),
    path("import/preview/", portability.import_preview, name="import-preview"),
    path("import/cancel/", portability.import_cancel, name="import-cancel"),
    path("import/done/", portability.import_done, name="import-done"),
    path("import/read/", portability.import_read, name="import-read"),
    path("settings/delete/", account.delete_account, name="delete-account"),
]
