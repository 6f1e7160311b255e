"""The pages of the diary."""

from django.urls import path

from diary import recommendation_views, views

app_name = "diary"

urlpatterns = [
    path("", views.home, name="home"),
    path("help/", views.help_page, name="help"),
    path("entries/", views.entry_list, name="entry-list"),
    path("entries/new/", views.entry_create, name="entry-create"),
    path("entries/<uuid:entry_id>/", views.entry_detail, name="entry-detail"),
    path("entries/<uuid:entry_id>/edit/", views.entry_edit, name="entry-edit"),
    path("entries/<uuid:entry_id>/delete/", views.entry_delete, name="entry-delete"),
    path("entries/<uuid:entry_id>/analyze/", views.entry_analyze, name="entry-analyze"),
    path("entries/<uuid:entry_id>/emotion/", views.entry_correct, name="entry-correct"),
    path(
        "entries/<uuid:entry_id>/recommendations/",
        recommendation_views.entry_recommendations,
        name="entry-recommendations",
    ),
    path(
        "entries/<uuid:entry_id>/recommendations/others/",
        recommendation_views.entry_recommend_again,
        name="entry-recommend-again",
    ),
    path(
        "recommendations/<int:recommendation_id>/feedback/",
        recommendation_views.recommendation_feedback,
        name="recommendation-feedback",
    ),
]
