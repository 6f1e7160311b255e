"""What allauth's API for apps says in words."""

from allauth.headless.adapter import DefaultHeadlessAdapter
from django.utils.translation import gettext_lazy as _


class HeadlessAdapter(DefaultHeadlessAdapter):  # type: ignore[misc]
    """Says in the reader's language what allauth has in English alone: apps show it to people."""

    error_messages = DefaultHeadlessAdapter.error_messages | {
        "account_not_found": _("그런 연결이 이 계정에 없어요."),
        "unknown_email": _("이 계정에 없는 이메일 주소예요."),
    }
