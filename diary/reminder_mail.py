"""The mail that reminds of the diary. It holds nothing that anybody wrote."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from diary.models import Reminder


def build_mail(reminder: Reminder, token: str, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    """The mail in its reader's language, with a link to the write page and one that ends the reminders.

    Mail programs show a button of their own for the latter: `List-Unsubscribe` of RFC 2369, in one click by RFC 8058.
    """
    unsubscribe_url = _address(reverse("diary:reminder-unsubscribe", args=[token]))
    context = {"write_url": _address(reverse("diary:entry-create")), "unsubscribe_url": unsubscribe_url}
    with translation.override(reminder.language):
        mail = EmailMultiAlternatives(
            subject=_("오늘은 어땠나요?"),
            body=render_to_string("diary/email/reminder.txt", context),
            to=[reminder.user.email],
            connection=connection,
            headers={
                "List-Unsubscribe": f"<{unsubscribe_url}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office note answers it
            },
        )
        mail.attach_alternative(render_to_string("diary/email/reminder.html", context), "text/html")
    return mail


def _address(path: str) -> str:
    return settings.SITE_URL + path
