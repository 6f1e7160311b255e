"""A provider of identities on this machine: it answers over HTTP as Kakao, Naver, Google and Apple document it."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

KEY_ID = "the-only-key"


@dataclass
class IdentityProvider:
    """What it answers with, and what it was asked for."""

    url: str = ""
    profile: dict[str, Any] = field(default_factory=dict)
    token_status: int = 200
    token_requests: list[dict[str, str]] = field(default_factory=list)
    profile_tokens: list[str] = field(default_factory=list)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def id_token(self, **claims: Any) -> str:
        """A signed token that is valid for an hour."""
        now = int(time.time())
        return jwt.encode({"iat": now, "exp": now + 3600, **claims}, self.key, "RS256", {"kid": KEY_ID})

    def certificates(self) -> dict[str, str]:
        """The key as Google gives it out: in a certificate in PEM."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        now = datetime.now(tz=UTC)
        certificate = x509.CertificateBuilder(
            name, name, self.key.public_key(), x509.random_serial_number(), now, now + timedelta(hours=1)
        ).sign(self.key, SHA256())
        return {KEY_ID: certificate.public_bytes(Encoding.PEM).decode()}

    def keys(self) -> dict[str, Any]:
        """The key as Apple gives it out: as a JSON Web Key."""
        numbers = self.key.public_key().public_numbers()
        n, e = (
            base64.urlsafe_b64encode(number.to_bytes(length, "big")).rstrip(b"=").decode()
            for number, length in ((numbers.n, 256), (numbers.e, 3))
        )
        return {"keys": [{"kty": "RSA", "kid": KEY_ID, "use": "sig", "alg": "RS256", "n": n, "e": e}]}


@contextmanager
def run() -> Iterator[IdentityProvider]:
    """A running provider on a free port."""
    provider = IdentityProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            provider.token_requests.append(form)
            self._answer(provider.token_status, {"access_token": "secret-access-token", "token_type": "bearer"})

        def do_GET(self) -> None:
            if keys := {"/keys": provider.keys, "/certs": provider.certificates}.get(self.path):
                self._answer(200, keys())
                return
            provider.profile_tokens.append(self.headers["Authorization"])
            self._answer(200, provider.profile)

        def _answer(self, status: int, content: dict[str, Any]) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *args: Any) -> None:
            """Nothing: the tests look at what it was asked for."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    # Seconds until it heeds `shutdown`.
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
