"""What allauth asks the site about accounts."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.password_reset import get_reset_password_url
from allauth.core import context as current
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import is_headless_request
from allauth.core.internal.ratelimit import respond_429
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext

from accounts.login_limits import FAILED_LOGIN, LIMITED_MAILS, LOGIN, MAIL, forget_tries, remember_device, use_up
from accounts.models import User
from accounts.security_log import FAILURE, REFUSED, account_of, methods_of, tell
from accounts.sessions import forget_session, note_login


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's own, but that limits keep nobody out of their own account, that the security log is told of what
    happens to one, and that nothing is kept of an ended session.
    """

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a log-in as failed until it succeeds. Raises ValidationError for one too many."""
        email = credentials.get("email", "")
        self._login_failed_rl_usage = use_up(request, LOGIN, email) and use_up(request, FAILED_LOGIN, email)
        if self._login_failed_rl_usage is None:
            tell("login", account=_account_with(email), outcome=REFUSED, method="password")
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password: at the log-in, or where somebody who is logged in is asked again."""
        event = "reauthentication" if account_of(request) else "login"
        tell(event, account=_account_with(credentials.get("email", "")), outcome=FAILURE, method="password")

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Put the session onto the list, and know the browser again from now on."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        note_login(request, user=user)
        tell("login", account=user.pk, method=methods_of(request, user))
        if not is_headless_request(request):
            remember_device(request, response, user.email)
        return response

    def format_email_subject(self, subject: str) -> str:
        """The subject behind the site's name, both in the reader's language."""
        return f"[{gettext('모두의 휴게소')}] {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail, unless an address has got many that anybody can ask for: that is answered 429."""
        request = current.request
        if template_prefix in LIMITED_MAILS and use_up(request, MAIL, email) is None:
            raise ImmediateHttpResponse(respond_429(request))
        super().send_mail(template_prefix, email, context)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell of a change: the person by mail, and the log by the mail's name, such as `password_changed`.

        Whatever changes how an account is entered comes by here: passwords, second factors, addresses, connections.
        """
        tell(template_prefix.rpartition("/")[2], account=user.pk)
        way_back = {"password_reset_url": get_reset_password_url(current.request)}
        super().send_notification_mail(template_prefix, user, way_back | (context or {}), email)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell the owner of an address that somebody signs up with it.

        A new account would have its password hashed, which takes by far the longest: the clock must tell nothing.
        """
        make_password(get_random_string(10))
        super().send_account_already_exists_mail(email)

    def logout(self, request: HttpRequest) -> None:
        """End the session, and forget its device and address."""
        session_key = request.session.session_key
        super().logout(request)
        if session_key:
            forget_session(session_key)

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        forget_tries(request, credentials["email"])


def _account_with(email: str) -> int | None:
    """The account of an address that somebody typed; one query, whether there is one or not."""
    return User.objects.filter(email=email.strip().lower()).values_list("pk", flat=True).first()
