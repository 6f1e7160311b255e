"""Addresses of the API, version 1."""

from rest_framework.routers import SimpleRouter

from diary.api.views import EntryViewSet

app_name = "api"

router = SimpleRouter(use_regex_path=False)
router.register("entries", EntryViewSet, basename="entry")
urlpatterns = router.urls
