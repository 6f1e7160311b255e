"""A mobile app: it speaks JSON, and sends the session token that it was given last."""

import re
import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client

PERIOD = 30  # seconds: as every authenticator app has it
APP = "/_allauth/app/v1"
USER_AGENT = "Moduhyu/1.4 (iPhone; iOS 26.1)"


class Phone:
    """An app on a phone of its own."""

    def __init__(self) -> None:
        self.client = Client(headers={"accept-language": "ko", "user-agent": USER_AGENT})
        self.token = ""
        self.status = 0
        self.body: dict[str, Any] = {}

    def send(self, method: str, path: str, data: Any = None, **headers: str) -> int:
        """The status of the answer, whose JSON is `body` from now on."""
        if self.token:
            headers["x-session-token"] = self.token
        options: dict[str, Any] = {"headers": headers}
        if data is not None:
            options |= {"data": data, "content_type": "application/json"}
        url = path if path.startswith("/api/") else APP + path
        response = getattr(self.client, method)(url, **options)
        self.status = response.status_code
        self.body = response.json() if "json" in response.headers.get("Content-Type", "") else {}
        if url.startswith(APP):
            self.token = self.body.get("meta", {}).get("session_token") or self.token
        return self.status

    def log_in(self, email: str, password: str) -> int:
        return self.send("post", "/auth/login", {"email": email, "password": password})

    def pending(self) -> set[str]:
        """The names of the steps that the last answer waits for."""
        return {flow["id"] for flow in self.body["data"]["flows"] if flow.get("is_pending")}


def mailed_code() -> str:
    """The code in the last mail."""
    found = re.search(r"^([A-Z0-9]{4}-?[A-Z0-9]{2,4})$", mail.outbox[-1].body, re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[1]


def totp_code(secret: str, later: int = 0) -> str:
    """The six digits that an authenticator app shows now, or so many periods later, as one whose clock is ahead."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + later))
