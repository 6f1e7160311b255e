"""GET of JSON, with patience, and an error that says what to do."""

import json
import time
from collections.abc import Mapping
from typing import Any

import urllib3
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError, NewConnectionError, TimeoutError

from catalog.importers.providers.base import ProviderError
from catalog.importers.providers.retry import PASSING, PassingError, Patience, ask_patiently, read_retry_after

# What a service answers to forty tracks is a few hundred kilobytes.
MAX_ANSWER_BYTES = 16 * 2**20
_READ_AT_ONCE = 64 * 2**10
# An answer that comes in drops, each of them in time, ends after so many times the time of one.
_DROPS = 6


class JsonService:
    """A web service that answers in JSON. `setting` names the variable that holds its address."""

    def __init__(self, name: str, url: str, *, setting: str, patience: Patience) -> None:
        self.name = name
        self._url = url.rstrip("/")
        self._setting = setting
        self._patience = patience
        self._pool = urllib3.PoolManager(
            timeout=patience.timeout,
            retries=False,  # neither retries nor redirects: `ask_patiently` knows when to ask again
            headers={"Accept": "application/json", "User-Agent": "moduhyu"},
        )

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """The JSON at a path; None where the service answers 404. Raises ProviderError."""
        return ask_patiently(lambda: self._get(path, params or {}), self._patience, service=self.name)

    def _get(self, path: str, params: Mapping[str, str]) -> Any:
        try:
            answer = self._pool.request("GET", self._url + path, fields=dict(params), preload_content=False)
            body = self._read_body(answer)
        except HTTPError as error:
            # A refused connection is a kind of timeout to urllib3.
            if isinstance(error, TimeoutError) and not isinstance(error, NewConnectionError):
                raise PassingError(f"no answer within {self._patience.timeout:g} seconds") from error
            problem = (
                f"can't be reached, or breaks off ({type(error).__name__}); check the network and {self._setting}"
            )
            raise PassingError(problem) from error
        return self._read(answer.status, body, answer.headers.get("Retry-After"))

    def _read_body(self, answer: BaseHTTPResponse) -> bytes:
        """All of an answer, unpacked. Raises PassingError for one without an end, ProviderError for one too large."""
        deadline = time.monotonic() + _DROPS * self._patience.timeout
        body = bytearray()
        try:
            for piece in answer.stream(_READ_AT_ONCE):
                body += piece
                if len(body) > MAX_ANSWER_BYTES:
                    raise ProviderError(f"{self.name} answers with more than {MAX_ANSWER_BYTES // 2**20} MB")
                if time.monotonic() > deadline:
                    raise PassingError("answers without an end")
        finally:
            if answer.connection is not None:  # not read to its end: of no use for another request
                answer.close()
            answer.release_conn()
        return bytes(body)

    def _read(self, status: int, body: bytes, retry_after: str | None) -> Any:
        if status in PASSING:
            raise PassingError(f"answers {status}", retry_after=read_retry_after(retry_after))
        if status == 404:
            return None
        if status in {401, 403}:
            raise ProviderError(f"{self.name} refuses ({status}). Use --provider csv with a file instead")
        if status != 200:
            raise ProviderError(f"{self.name} answers {status}. Check {self._setting}")
        try:
            return json.loads(body)
        except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
            raise PassingError("answers with something that is not JSON, or breaks off") from None
