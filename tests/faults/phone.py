"""A phone that keeps what its owner writes until the site has acknowledged it, and says the same again until then."""

import threading
import time
import uuid
from random import Random
from typing import Any

import requests

PASSWORD = "rest-stop-lamp-7"
PROXY = {"X-Forwarded-Proto": "https"}  # what stands in front of a site with HTTPS=true
TIMEOUT_S = 20
PATIENCE_S = 120
SENTENCES = (
    "오늘 할머니 장례식에 다녀왔다. 너무 보고 싶고 슬프다.",
    "드디어 합격했다! 엄마한테 제일 먼저 전화했다.",
    "내일 발표를 생각하면 손이 떨리고 잠이 오지 않는다.",
    "약속을 또 어겼다. 너무 화가 나서 소리를 질렀다.",
)


class Broken(Exception):
    """The site did not keep its word."""


def sign_up(url: str, email: str) -> str:
    """A new account's session token."""
    body = {"email": email, "password": PASSWORD}
    answer = requests.post(f"{url}/_allauth/app/v1/auth/signup", json=body, headers=PROXY, timeout=60)
    token: str = answer.json()["meta"]["session_token"]
    return token


class Phone:
    """Writes, edits and deletes entries of its own, one after another; `texts` is all that was acknowledged."""

    def __init__(self, url: str, token: str, chance: Random) -> None:
        self._entries_url = f"{url}/api/v1/entries/"
        self._session = requests.Session()
        self._session.headers.update(PROXY | {"X-Session-Token": token})
        self._chance = chance
        self.texts: dict[str, str] = {}
        self._revisions: dict[str, int] = {}
        self.deleted: set[str] = set()
        self.acknowledged = self.retries = 0
        self.last_began_at = 0.0  # time.monotonic() of the last write that was acknowledged

    def write_until(self, stop: threading.Event) -> None:
        """Write one thing after another; what was begun before `stop` is brought to its end."""
        while not stop.is_set():
            began_at = time.monotonic()
            share = self._chance.random()
            if share < 0.6 or not self.texts:
                self._create()
            elif share < 0.85:
                self._edit(self._any_entry())
            else:
                self._delete(self._any_entry())
            self.acknowledged += 1
            self.last_began_at = began_at
            time.sleep(self._chance.uniform(0.02, 0.08))  # nobody writes faster; two cores serve the site, too

    def _any_entry(self) -> str:
        return self._chance.choice(list(self.texts))

    def _new_text(self) -> str:
        return f"{self._chance.choice(SENTENCES)} {self._chance.getrandbits(64):x}"

    def _create(self) -> None:
        entry_id = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
        text = self._new_text()
        answer, _tries = self._send("POST", "", json={"id": entry_id, "text": text, "written_on": "2026-11-01"})
        _expect(answer, answer.status_code in (200, 201) and answer.json()["text"] == text)
        self.texts[entry_id], self._revisions[entry_id] = text, answer.json()["revision"]

    def _edit(self, entry_id: str) -> None:
        text = self._new_text()
        match = {"If-Match": f'"{self._revisions[entry_id]}"'}
        answer, tries = self._send("PATCH", f"{entry_id}/", json={"text": text}, headers=match)
        entry = answer.json()
        if answer.status_code == 412 and tries > 1:
            entry = entry["current"]  # an earlier try arrived, though its answer did not
        _expect(answer, answer.status_code in (200, 412) and entry["text"] == text)
        self.texts[entry_id], self._revisions[entry_id] = text, entry["revision"]

    def _delete(self, entry_id: str) -> None:
        match = {"If-Match": f'"{self._revisions[entry_id]}"'}
        answer, tries = self._send("DELETE", f"{entry_id}/", headers=match)
        _expect(answer, answer.status_code == 204 or (answer.status_code == 404 and tries > 1))
        del self.texts[entry_id]
        self.deleted.add(entry_id)

    def _send(self, method: str, path: str, **content: Any) -> tuple[requests.Response, int]:
        """The answer that is an acknowledgement or a refusal, and how many tries it took. Raises Broken for a 500."""
        deadline = time.monotonic() + PATIENCE_S
        tries = 1
        while True:
            try:
                answer = self._session.request(method, self._entries_url + path, timeout=TIMEOUT_S, **content)
            except requests.RequestException:  # the connection is refused, or breaks
                answer = None
            if answer is not None and answer.status_code != 503:
                _expect(answer, answer.status_code < 500)
                return answer, tries
            if time.monotonic() > deadline:
                raise Broken(f"{method} was not acknowledged in {PATIENCE_S} s")
            tries += 1
            self.retries += 1
            time.sleep(self._chance.uniform(0.05, 0.25))


class Mirror:
    """Another device of an account, that only follows what changes."""

    def __init__(self, url: str, token: str) -> None:
        self._entries_url = f"{url}/api/v1/entries/"
        self._session = requests.Session()
        self._session.headers.update(PROXY | {"X-Session-Token": token})
        self._since = "1970-01-01T00:00:00Z"
        self.texts: dict[str, str] = {}

    def sync(self) -> None:
        """Take what is new."""
        query: dict[str, Any] = {"updated_since": self._since, "page_size": 100}
        url = self._entries_url
        while True:
            page = self._get(url, query)
            self.texts.update({entry["id"]: entry["text"] for entry in page["results"]})
            for stone in page["deleted"]:
                self.texts.pop(stone["id"], None)
            if page["next"] is None:
                break
            url, query = _within(page["next"], self._entries_url), {}
        self._since = page["next_updated_since"]

    def list_all(self) -> list[dict[str, Any]]:
        """Every entry with what it is answered with, from the list that people see."""
        found: list[dict[str, Any]] = []
        url, query = self._entries_url, {"page_size": 100, "include": "recommendations"}
        while True:
            page = self._get(url, query)
            found += page["results"]
            if page["next"] is None:
                return found
            url, query = _within(page["next"], self._entries_url), {}

    def _get(self, url: str, query: dict[str, Any]) -> Any:
        answer = self._session.get(url, params=query, timeout=TIMEOUT_S)
        _expect(answer, answer.status_code == 200)
        return answer.json()


def _within(address: str, entries_url: str) -> str:
    """The next page past the proxy that is not there: the address says https."""
    return f"{entries_url}?{address.partition('?')[2]}"


def _expect(answer: requests.Response, is_right: bool) -> None:
    if not is_right:
        sent = answer.request
        raise Broken(f"{sent.method} {sent.url}: {answer.status_code} {answer.text[:500]}")
