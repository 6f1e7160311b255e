"""The endpoints of an account: who somebody is to the site, and its end."""

from dataclasses import asdict

from allauth.core import ratelimit
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.services import is_really
from diary.api.fields import StrictSerializer
from diary.api.queries import StrictQuery
from diary.api.views import DiaryApiRequest
from diary.portability.account import delete_everything
from diary.profile import get_profile

WAIT_SECONDS = 60


class ProfileSerializer(serializers.Serializer):
    """A person's account and diary in a few facts."""

    email = serializers.EmailField()
    is_email_verified = serializers.BooleanField(help_text="Mails of a reminder are sent to a verified address alone.")
    has_password = serializers.BooleanField(help_text="False for who only logs in by way of another service.")
    joined_at = serializers.DateTimeField()
    entry_count = serializers.IntegerField()
    first_day = serializers.DateField(allow_null=True, help_text="Of the entries; null while there are none.")
    last_day = serializers.DateField(allow_null=True)
    streak = serializers.IntegerField(
        help_text="Days in a row with an entry, up to today, or to yesterday while today has none yet."
    )


class IdentitySerializer(StrictSerializer):
    """Who asks: the password, or the e-mail address of an account that has no password."""

    password = serializers.CharField(required=False, trim_whitespace=False, default="")
    email = serializers.CharField(required=False, default="")


@method_decorator(never_cache, name="dispatch")
class ProfileView(StrictQuery, APIView):
    """The account of who asks."""

    @extend_schema(
        operation_id="read_profile",
        summary="내 계정 Read one's own profile",
        description="What a person can change is elsewhere: time zone and reminder at `/api/v1/settings/`, the e-mail "
        "address at `/_allauth/app/v1/account/email`, the password at `/_allauth/app/v1/account/password/change`.",
        responses={200: ProfileSerializer},
    )
    def get(self, request: DiaryApiRequest) -> Response:
        profile = get_profile(user=request.user, today=timezone.localdate())
        return Response(ProfileSerializer(asdict(profile)).data)


@method_decorator(never_cache, name="dispatch")
class AccountDeletionView(StrictQuery, APIView):
    """The end of the account of who asks."""

    @extend_schema(
        operation_id="delete_account",
        summary="계정 지우기 Delete the account and the diary",
        description="At once and for good: entries, analyses, recommendations, feedback, tags, all sessions. A POST, "
        "because HTTP gives the body of a DELETE no meaning, and clients and proxies drop it.",
        request=IdentitySerializer,
        responses={204: None},
    )
    def post(self, request: DiaryApiRequest) -> Response:
        if not ratelimit.consume(request._request, action="reauthenticate", user=request.user):
            raise exceptions.Throttled(WAIT_SECONDS)
        serializer = IdentitySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        if not is_really(request.user, **serializer.validated_data):
            name = "password" if request.user.has_usable_password() else "email"
            words = {
                "password": _("비밀번호가 맞지 않아요."),
                "email": _("계정의 대표 이메일과 달라요. 설정에서 주소를 확인해 주세요."),
            }
            raise exceptions.ValidationError({name: [words[name]]})
        delete_everything(request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
