"""Secrets of pairing and enrolment: codes that a person types, tokens, their hashes, and the broker's passwords.

Only hashes are stored. A broker password is derived from the server's secret, so it stands in no table at all.
"""

import base64
import hashlib
import hmac
import secrets

CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's alphabet: no I, L, O, U, so nothing is mistaken when a person reads it out."""

CODE_LENGTH = 8
KEY_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
KEY_LENGTH = 12
TOKEN_BYTES = 32
_MISREAD = str.maketrans("OIL", "011", "- ")


def new_code() -> str:
    """A pairing code of 40 bits, as `K7QF-3MXR`."""
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def new_token() -> str:
    """A secret that no person types: 256 bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_agent_key() -> str:
    """The name of an agent in topics and at the broker; 62 random bits make it unique among all tenants."""
    return "".join(secrets.choice(KEY_LETTERS) for _ in range(KEY_LENGTH))


def code_hash(code: str) -> bytes:
    """The hash of a code, whatever its spaces, hyphens, case, and letters that look like digits."""
    return token_hash(code.upper().translate(_MISREAD))


def token_hash(token: str) -> bytes:
    """The hash by which a secret is found again."""
    return hashlib.sha256(token.encode()).digest()


def broker_password(secret: bytes, *, agent_key: str, number: int) -> str:
    """The password of an agent at the broker: the same each time, so that a repeated step gives the same answer.

    `number` rises when the password is changed. Raises ValueError without a secret: anyone could work it out then.
    """
    if not secret:
        raise ValueError("AISALES_SECRET_FILE is not set: without a secret there are no broker passwords")
    said = f"aisales broker password {agent_key} {number}".encode()
    return base64.urlsafe_b64encode(hmac.digest(secret, said, "sha256")).decode().rstrip("=")
