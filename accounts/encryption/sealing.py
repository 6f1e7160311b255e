"""Seals short secrets and texts: AES-256-GCM with a fresh nonce, bound to what the sealed text belongs to.

A sealed text is `version (1 byte) | key id (8 bytes, big-endian) | nonce (12) | ciphertext and tag`. The associated
data names whose it is and which field of which row: moved to another row, field or person, it does not open.
"""

import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D: what GCM is made for; 2^32 random nonces a key are safe, no diary comes near
VERSION = 1
_HEADER = struct.Struct(">BQ")
_HEADER_BYTES = _HEADER.size
_BEFORE_BYTES = _HEADER_BYTES + NONCE_BYTES  # before the ciphertext


class Locked(Exception):
    """What is sealed can't be opened, or nothing can be sealed, as things stand. The message holds no text."""


class SealError(Locked):
    """A sealed text does not open: it was changed, moved, cut, or sealed with another key."""


def seal(key: AESGCM, key_id: int, text: bytes, bound_to: bytes) -> bytes:
    """The text as it is stored; `bound_to` must be the same at opening."""
    nonce = os.urandom(NONCE_BYTES)
    header = _HEADER.pack(VERSION, key_id)
    return header + nonce + key.encrypt(nonce, text, header + bound_to)


def key_id_of(sealed: bytes) -> int:
    """The id of the key that opens it. Raises SealError for what `seal` did not make."""
    if len(sealed) < _BEFORE_BYTES or sealed[0] != VERSION:
        raise SealError("this is no sealed text of a known version")
    return int(_HEADER.unpack_from(sealed)[1])


def name_of_key(sealed: bytes) -> str:
    """The key that it was sealed with, in words for a log, whatever it is."""
    try:
        return f"data key {key_id_of(sealed)}"
    except SealError:
        return "no known key"


def unseal(key: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
    """The text again. Raises SealError."""
    header, nonce, ciphertext = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES:_BEFORE_BYTES], sealed[_BEFORE_BYTES:]
    try:
        return key.decrypt(nonce, ciphertext, header + bound_to)
    except (InvalidTag, ValueError):
        raise SealError("it was changed, moved, or sealed with another key") from None
