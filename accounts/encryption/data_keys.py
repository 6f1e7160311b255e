"""Each person's data key: made at their first entry, kept wrapped, gone with their account."""

import hashlib
import hmac
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import connection, transaction

from accounts.encryption.master_keys import master_key, newest_master_key
from accounts.encryption.sealing import KEY_BYTES, NONCE_BYTES, SealError, key_id_of, seal, unseal
from accounts.models import DataKey

# Unwrapped keys that a process holds at once: those of the people who came last.
CACHE_SIZE = 1_000
ROTATED_AT_ONCE = 500


@dataclass(frozen=True)
class OpenKey:
    """A data key that can be used: seals texts, and makes digests by which equal words are found."""

    id: int
    cipher: AESGCM
    digest_key: bytes

    def digest(self, word: str) -> bytes:
        """32 bytes, the same for the same word of the same person; they tell nothing without the key."""
        return hmac.digest(self.digest_key, word.encode(), hashlib.sha256)


_open_keys: OrderedDict[int, OpenKey] = OrderedDict()
# Made in transactions that have not ended, as far as is known. They may be rolled back with them: such a key may open
# what was sealed with it, but must not seal.
_unsure_keys: dict[int, OpenKey] = {}
_lock = threading.Lock()


def forget_keys() -> None:
    """Forget what this process has unwrapped."""
    with _lock:
        _open_keys.clear()
        _unsure_keys.clear()


def forget_key(user_id: int) -> None:
    """Forget the key of a person who is gone."""
    with _lock:
        _open_keys.pop(user_id, None)
        _unsure_keys.pop(user_id, None)


def open_key(user_id: int) -> OpenKey:
    """The person's data key, made where they have none. Raises KeyMissing, and SealError for a damaged one.

    It is remembered, unless the transaction that the call is made in has made it: whoever is about to write for
    somebody calls this before they begin one.
    """
    with _lock:
        if key := _open_keys.get(user_id):
            _open_keys.move_to_end(user_id)
            return key
    row, is_new = _get_or_make(user_id)
    key = _to_open_key(row)
    with _lock:
        is_unsure = connection.in_atomic_block and (is_new or user_id in _unsure_keys)
        if is_unsure:
            _unsure_keys[user_id] = key
    if is_unsure:
        transaction.on_commit(lambda: _remember(user_id, key))
    else:
        _remember(user_id, key)
    return key


def seal_text(user_id: int, text: str, bound_to: str) -> bytes:
    """A text of the person as it is stored. Raises KeyMissing."""
    key = open_key(user_id)
    return seal(key.cipher, key.id, text.encode(), f"{user_id} {bound_to}".encode())


def unseal_text(user_id: int, sealed: bytes, bound_to: str) -> str:
    """The text again. Raises KeyMissing, and SealError for what was changed, moved or sealed for another person."""
    if key := _unsure_keys.get(user_id):
        try:
            return _unseal_with(key, user_id, sealed, bound_to)
        except SealError:
            pass  # it was rolled back, and another was made since
    return _unseal_with(open_key(user_id), user_id, sealed, bound_to)


def owner_of(sealed: bytes) -> int:
    """The id of the person for whom it was sealed. Raises SealError where they or their key are gone."""
    user_id = DataKey.objects.filter(pk=key_id_of(sealed)).values_list("user_id", flat=True).first()
    if user_id is None:
        raise SealError("it was sealed with a key that is gone")
    return user_id


def text_opener(user_id: int, place: str) -> Callable[[object, bytes], str]:
    """What opens many texts of the person that are bound to a place and a row: takes the row and a sealed text.

    Like `unseal_text` for each, with the key looked up once. Raises KeyMissing; what it returns raises SealError.
    """
    if user_id in _unsure_keys:
        return lambda row, sealed: unseal_text(user_id, sealed, f"{place} {row}")
    cipher = open_key(user_id).cipher
    beginning = f"{user_id} {place} "

    def open_one(row: object, sealed: bytes) -> str:
        return unseal(cipher, sealed, f"{beginning}{row}".encode()).decode()

    return open_one


def rotate_master_key() -> Iterator[int]:
    """Wrap every data key with the newest master key; yields after each batch how many it held.

    The texts stay as they are, and the site goes on meanwhile. What is done is not done again: an interrupted rotation
    goes on where it stopped. Raises KeyMissing.
    """
    newest = newest_master_key()
    while True:
        with transaction.atomic():
            old = DataKey.objects.exclude(master_key_id=newest.id).select_for_update()[:ROTATED_AT_ONCE]
            rows = list(old)
            for row in rows:
                row.wrapped, row.master_key_id = _wrap(row.user_id, _unwrap(row)), newest.id
            DataKey.objects.bulk_update(rows, ["wrapped", "master_key_id"])
        if not rows:
            return
        yield len(rows)


def _remember(user_id: int, key: OpenKey) -> None:
    with _lock:
        _unsure_keys.pop(user_id, None)
        _open_keys[user_id] = key
        while len(_open_keys) > CACHE_SIZE:
            _open_keys.popitem(last=False)


def _unseal_with(key: OpenKey, user_id: int, sealed: bytes, bound_to: str) -> str:
    if key_id_of(sealed) != key.id:
        raise SealError("it was sealed for somebody else, or with a key that is gone")
    return unseal(key.cipher, sealed, f"{user_id} {bound_to}".encode()).decode()


def _get_or_make(user_id: int) -> tuple[DataKey, bool]:
    """The person's row, and whether it is new."""
    row = DataKey.objects.filter(user_id=user_id).first()
    is_new = row is None
    if row is None:
        # Of two that make one at once, the first wins; both read it.
        new = DataKey(
            user_id=user_id,
            wrapped=_wrap(user_id, AESGCM.generate_key(8 * KEY_BYTES)),
            master_key_id=newest_master_key().id,
        )
        DataKey.objects.bulk_create([new], ignore_conflicts=True)
        row = DataKey.objects.get(user_id=user_id)
    return row, is_new


def _wrap(user_id: int, secret: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + newest_master_key().cipher.encrypt(nonce, secret, _owner(user_id))


def _unwrap(row: DataKey) -> bytes:
    wrapped = bytes(row.wrapped)
    try:
        return master_key(row.master_key_id).cipher.decrypt(
            wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _owner(row.user_id)
        )
    except (InvalidTag, ValueError):
        raise SealError(f"data key {row.pk} was changed, or belongs to somebody else") from None


def _owner(user_id: int) -> bytes:
    return f"data key of {user_id}".encode()


def _to_open_key(row: DataKey) -> OpenKey:
    """Two keys from one secret, each for its own use (HKDF, RFC 5869)."""
    secret = _unwrap(row)
    seals, digests = (
        HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=use).derive(secret) for use in (b"seal", b"digest")
    )
    return OpenKey(row.pk, AESGCM(seals), digests)
