"""Messages for the next page, in a cookie that is called as the site's others are."""

from typing import Any

from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage

from accounts.cookies import cookie_name


class NamedCookieStorage(CookieStorage):
    """Django's, whose name is no setting."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cookie_name = cookie_name("messages")


class MessageStorage(FallbackStorage):
    """In the cookie, and in the session what does not fit."""

    storage_classes = (NamedCookieStorage, SessionStorage)
