"""The endpoint of what a person decides about their account and diary."""

from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from diary.api.queries import StrictQuery
from diary.api.settings_serializers import SettingsSerializer, settings_json
from diary.api.views import DiaryApiRequest
from diary.preferences import change_settings
from diary.reminders import reminder_of


@method_decorator(never_cache, name="dispatch")
class SettingsView(StrictQuery, APIView):
    """The settings of the person who asks."""

    @extend_schema(
        operation_id="read_settings",
        summary="설정 읽기 Read the settings",
        responses={200: SettingsSerializer},
    )
    def get(self, request: DiaryApiRequest) -> Response:
        return Response(settings_json(request.user, reminder_of(request.user)))

    @extend_schema(
        operation_id="change_settings",
        summary="설정 바꾸기 Change settings",
        description="What is left out stays as it is, inside of `reminder` too. The mails of a reminder are written "
        "in the language of the request that last changed it (`Accept-Language`).",
        request=SettingsSerializer(partial=True),
        responses={200: SettingsSerializer},
    )
    def patch(self, request: DiaryApiRequest) -> Response:
        serializer = SettingsSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        reminder = data.get("reminder", {})
        saved = change_settings(
            user=request.user,
            time_zone=data.get("time_zone"),
            shares_corrections=data.get("shares_corrections"),
            reminder_is_on=reminder.get("is_on"),
            reminder_at=reminder.get("time"),
        )
        timezone.activate(request.user.time_zone)  # the answer tells the next time by the new clock
        return Response(settings_json(request.user, saved))
