"""PINs and passwords as argon2id hashes (19 MiB, two passes, one lane), and the tokens of sessions."""

import hashlib
import secrets

import argon2

_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODYS = _HASHER.hash(secrets.token_urlsafe(16))
"""What a guess at nobody is compared with, so that it takes as long as any other."""


def hashed(secret: str) -> str:
    """The hash of a PIN or password."""
    return _HASHER.hash(secret)


def matches(secret_hash: str | None, secret: str) -> bool:
    """Whether a secret is the one that was hashed; takes the same time where there is none."""
    try:
        is_right = _HASHER.verify(secret_hash or _NOBODYS, secret)
    except argon2.exceptions.VerificationError:
        return False
    return is_right and secret_hash is not None


def new_token() -> str:
    """The secret of a session cookie: 256 bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """The hash by which a session is found again."""
    return hashlib.sha256(token.encode()).digest()
