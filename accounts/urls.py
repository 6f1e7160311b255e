"""The pages of an account that are not allauth's."""

from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("", views.settings_page, name="settings"),
    path("sessions/", views.sessions_page, name="sessions"),
    path("sessions/end-others/", views.session_end_others, name="session-end-others"),
    path("sessions/<int:session_id>/end/", views.session_end, name="session-end"),
]
