"""Sealing: opens for whom it was sealed, and for nothing else."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts.encryption.sealing import SealError, key_id_of, seal, unseal

KEY = AESGCM(bytes(range(32)))
TEXT = "오늘은 비가 왔다. ☔".encode()


def test_seal_and_unseal_give_the_text_again() -> None:
    sealed = seal(KEY, 7, TEXT, b"row 1")
    assert TEXT not in sealed
    assert key_id_of(sealed) == 7
    assert unseal(KEY, sealed, b"row 1") == TEXT


def test_seal_the_same_text_twice_differs() -> None:
    assert seal(KEY, 7, TEXT, b"row 1") != seal(KEY, 7, TEXT, b"row 1")


def test_unseal_in_another_row_is_refused() -> None:
    with pytest.raises(SealError):
        unseal(KEY, seal(KEY, 7, TEXT, b"row 1"), b"row 2")


def test_unseal_with_another_key_is_refused() -> None:
    with pytest.raises(SealError):
        unseal(AESGCM(bytes(32)), seal(KEY, 7, TEXT, b"row 1"), b"row 1")


def test_unseal_any_changed_byte_is_refused() -> None:
    sealed = seal(KEY, 7, TEXT, b"row 1")
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SealError):
            unseal(KEY, changed, b"row 1")


def test_unseal_any_cut_is_refused() -> None:
    sealed = seal(KEY, 7, TEXT, b"row 1")
    for length in range(len(sealed)):
        with pytest.raises(SealError):
            unseal(KEY, sealed[:length], b"row 1")


@pytest.mark.parametrize("text", [b"", b"\x01", "일기".encode() * 20, b"\x02" + bytes(40)])
def test_key_id_of_what_was_never_sealed(text: bytes) -> None:
    with pytest.raises(SealError):
        key_id_of(text)
