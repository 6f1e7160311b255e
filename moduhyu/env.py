"""Strict reading of environment variables: a value that can't be understood stops the start with its name."""

import base64
import contextlib
import math
import os
import re
import secrets
import tempfile
from pathlib import Path
from typing import Any

import environ
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.core.exceptions import ImproperlyConfigured

from accounts.encryption.sealing import KEY_BYTES
from ml.errors import ModelError
from ml.store.location import parse_location
from ml.store.names import SHIPPED, check_version

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
CONNECT_TIMEOUT_S = 5
LOCK_TIMEOUT_S = 20
_SECONDS = {"s": 1, "min": 60, "h": 3600, "day": 86_400}


def read_bool(name: str, *, default: bool) -> bool:
    """A yes-or-no variable. Anything but the usual words for yes and no raises ImproperlyConfigured."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither true nor false; write {name}=true or {name}=false.")


def read_choice(name: str, choices: tuple[str, ...]) -> str:
    """One of `choices`, the first by default; anything else raises ImproperlyConfigured."""
    value = os.environ.get(name, "").strip() or choices[0]
    if value not in choices:
        raise ImproperlyConfigured(f"{name}={value!r} is unknown; use one of {', '.join(choices)}.")
    return value


def read_number(name: str, default: float) -> float:
    """A number above 0; anything else raises ImproperlyConfigured."""
    value = os.environ.get(name, "").strip()
    try:
        number = float(value) if value else default
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise ImproperlyConfigured(f"{name}={value!r} is not a number above 0; write {name}={default:g}.")
    return number


def read_url(name: str, default: str) -> str:
    """The address of a web service, without a slash at its end; one that is no address raises ImproperlyConfigured."""
    value = os.environ.get(name, "").strip() or default
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", value):
        raise ImproperlyConfigured(f"{name}={value!r} is not an address of a service; write {name}={default}.")
    return value.rstrip("/")


def read_list(name: str, default: list[str]) -> list[str]:
    """A comma-separated variable, blanks dropped."""
    value = os.environ.get(name, "")
    return [item.strip() for item in value.split(",") if item.strip()] or default


def read_rate(name: str, default: str) -> tuple[int, int] | None:
    """How many in how many seconds, from `600/min`; None for `off`. Anything else raises ImproperlyConfigured."""
    value = os.environ.get(name, "").strip().lower() or default
    if value == "off":
        return None
    match = re.fullmatch(r"([1-9][0-9]{0,8})/(s|min|h|day)", value)
    if match is None:
        raise ImproperlyConfigured(f"{name}={value!r} is not a rate; write {name}={default}, or …/s, …/h, …/day, off.")
    return int(match[1]), _SECONDS[match[2]]


def read_origins(name: str) -> list[str]:
    """Comma-separated origins, such as `https://app.example.com`; none by default, never all of them.

    What is no origin raises ImproperlyConfigured.
    """
    origins = read_list(name, [])
    for origin in origins:
        if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]+)?", origin):
            raise ImproperlyConfigured(
                f"{name}: {origin!r} is not an origin; write https://app.example.com, in small letters, with no path."
            )
    return origins


def read_together(*names: str) -> tuple[str, ...] | None:
    """Variables that mean something only together; None where none of them is set.

    Raises ImproperlyConfigured for those that are missing beside the others.
    """
    values = {name: os.environ.get(name, "").strip() for name in names}
    missing = [name for name, value in values.items() if not value]
    if len(missing) == len(names):
        return None
    if missing:
        given = ", ".join(name for name in names if name not in missing)
        raise ImproperlyConfigured(f"{', '.join(missing)}: missing beside {given}; set all of them or none.")
    return tuple(values.values())


def check_signing_key(name: str, value: str) -> str:
    """A private key on the P-256 curve as PEM; a file's line ends may be written as \\n, for variables of one line.

    Raises ImproperlyConfigured for what is none, without a word of it.
    """
    pem = value.replace("\\n", "\n")
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise ImproperlyConfigured(f"{name} is not a private key on the P-256 curve in PEM, as a .p8 file holds it.")
    return pem


def read_database(name: str, default: str) -> dict[str, Any]:
    """A database's address as Django's dictionary, tuned for a site; another scheme raises ImproperlyConfigured."""
    url = os.environ.get(name, "").strip() or default
    scheme = url.split("://", 1)[0]
    if scheme not in {"sqlite", "postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name} starts with {scheme!r}; use sqlite:///PATH or postgresql://…")
    # Kept open between requests: when its last connection closes, SQLite writes its whole log back into the file.
    database = {**environ.Env.db_url_config(url), "CONN_MAX_AGE": 60}
    if scheme == "sqlite":
        database["OPTIONS"] = {
            # Writers queue for the lock at BEGIN instead of failing in the middle of a transaction.
            "transaction_mode": "IMMEDIATE",
            "timeout": LOCK_TIMEOUT_S,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;",
        }
    else:
        database["CONN_HEALTH_CHECKS"] = True
        # Who waits in vain is told so, rather than all threads of a site waiting for a lost host or a long migration.
        limits = {"connect_timeout": CONNECT_TIMEOUT_S, "options": f"-c lock_timeout={LOCK_TIMEOUT_S}s"}
        database["OPTIONS"] = {**limits, **database.get("OPTIONS", {})}
    return database


def read_mail_server(name: str, default: str) -> dict[str, Any]:
    """The address of a mail server as Django's settings; one not understood raises ImproperlyConfigured."""
    try:
        return dict(environ.Env.email_url_config(os.environ.get(name, "").strip() or default))
    except (ImproperlyConfigured, ValueError) as error:
        raise ImproperlyConfigured(
            f"{name} is not understood: {error}; write smtp+tls://USER:PASSWORD@HOST:587"
        ) from error


def read_model_store(name: str) -> str:
    """Where model versions are published: a folder or s3://BUCKET/PREFIX; empty when there is no such place."""
    value = os.environ.get(name, "").strip()
    if value:
        try:
            parse_location(value)
        except ModelError as error:
            raise ImproperlyConfigured(f"{name}: {error}") from error
    return value


def read_model_version(name: str) -> str:
    """A version, or the word `shipped`; empty when none is set."""
    value = os.environ.get(name, "").strip()
    if value and value != SHIPPED:
        try:
            check_version(value)
        except ModelError as error:
            raise ImproperlyConfigured(f"{name}: {error}") from error
    return value


def read_secret(name: str, file: Path) -> str:
    """A secret from the environment or, failing that, from `file`, which is made with mode 600 at the first start.

    Raises ImproperlyConfigured for a file that is empty.
    """
    if value := os.environ.get(name, "").strip():
        return value
    if not file.exists():
        _make_secret(file, secrets.token_urlsafe(64))
    secret = file.read_text().strip()
    if not secret:
        raise ImproperlyConfigured(f"{file} is empty; delete it to have a new secret made, or set {name}.")
    return secret


def _make_secret(file: Path, secret: str) -> None:
    """Write a new secret under another name, then link it: of two processes that start at once, one wins whole."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent) as temporary:  # mode 600
        temporary.write(secret)
        temporary.flush()
        with contextlib.suppress(FileExistsError):
            os.link(temporary.name, file)


def read_encryption_keys(name: str, file: Path) -> tuple[bytes, ...]:
    """Master keys of 32 bytes as URL-safe Base64, the newest first: from the environment, separated by commas, or from
    the lines of `file`, which is made with mode 600 and one key at the first start.

    Raises ImproperlyConfigured for what is no key, and for a file that others may read.
    """
    texts = read_list(name, [])
    where = name
    if not texts:
        if not file.exists():
            _make_secret(file, base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode())
        if file.stat().st_mode & 0o077:
            raise ImproperlyConfigured(f"{file} can be read by others; write: chmod 600 {file}")
        texts, where = file.read_text().split(), str(file)
    if not texts:
        raise ImproperlyConfigured(f"{where} holds no key. What was written with it needs it: put it back.")
    return tuple(_decode_key(text, f"{where}, key {number}") for number, text in enumerate(texts, start=1))


def _decode_key(text: str, where: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(
            f"{where} is not {KEY_BYTES} bytes in URL-safe Base64; make one with: "
            'python -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'
        )
    return key
