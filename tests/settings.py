"""The site's settings, with what only slows a test down taken out."""

import os

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

# The site with every way to log in; tests/accounts/test_social_settings.py starts it without them.
os.environ |= {
    f"{provider}_CLIENT_{part}": f"test-{provider.lower()}-{part.lower()}"
    for provider in ("KAKAO", "NAVER", "GOOGLE")
    for part in ("ID", "SECRET")
} | {
    "GOOGLE_APP_CLIENT_IDS": "test-google-phone",
    "APPLE_CLIENT_ID": "test-apple-id",
    "APPLE_APP_CLIENT_IDS": "test-apple-phone",
    "APPLE_TEAM_ID": "test-team",
    "APPLE_KEY_ID": "test-key",
    "APPLE_PRIVATE_KEY": generate_private_key(SECP256R1())
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode(),
}

from moduhyu.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # Argon2 is slow on purpose
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    # No collectstatic before a test run: files are served under their own names.
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    # A file, as in production: a database in memory is shared between threads in ways that a real one is not.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}  # noqa: F405
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"  # noqa: F405

STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405 (WhiteNoise warns of a folder that is not there)
