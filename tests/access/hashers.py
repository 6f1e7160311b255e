"""A password hasher that counts."""

from typing import Any, ClassVar

from django.contrib.auth.hashers import MD5PasswordHasher


class CountingHasher(MD5PasswordHasher):
    """Counts how often a password was hashed, for a sign-up or to compare it."""

    algorithm = "counting"
    count: ClassVar[int] = 0

    def encode(self, password: Any, salt: str) -> str:
        CountingHasher.count += 1
        return super().encode(password, salt)
