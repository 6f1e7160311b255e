"""The master keys: they wrap the data keys of people, and never touch a text themselves."""

import functools
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from accounts.encryption.sealing import Locked


class KeyMissing(Locked):
    """A data key was wrapped with a master key that this site does not have."""

    def __init__(self, key_id: str) -> None:
        super().__init__(
            f"The master key {key_id} is missing. Add it to ENCRYPTION_KEYS, after the newest one, or put back the "
            "file var/encryption_keys: without it, nobody can read what it protects."
        )


@dataclass(frozen=True)
class MasterKey:
    """A key of the operator's; its id is the beginning of its SHA-256, so that nobody has to invent names."""

    id: str
    cipher: AESGCM


def is_known(key_id: str) -> bool:
    """Whether this site has the key with the id."""
    return any(key.id == key_id for key in _keyring(settings.ENCRYPTION_KEYS))


def newest_master_key() -> MasterKey:
    """The one that wraps from now on."""
    return _keyring(settings.ENCRYPTION_KEYS)[0]


def master_key(key_id: str) -> MasterKey:
    """The key with the id. Raises KeyMissing."""
    for key in _keyring(settings.ENCRYPTION_KEYS):
        if key.id == key_id:
            return key
    raise KeyMissing(key_id)


@functools.cache
def _keyring(secrets: tuple[bytes, ...]) -> list[MasterKey]:
    return [MasterKey(hashlib.sha256(secret).hexdigest()[:16], AESGCM(secret)) for secret in secrets]
