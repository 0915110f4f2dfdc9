"""Ids of facts: UUIDv7 made where the fact is made, and UUIDv5 derived from a cause, so that all name it alike."""

import uuid

_MS_LIMIT = 1 << 48
RANDOM_BYTES = 10


def uuid7(*, at_ms: int, randomness: bytes) -> uuid.UUID:
    """A UUIDv7 of an instant. Units: milliseconds since 1970, 10 random bytes. Raises: ValueError."""
    if not 0 <= at_ms < _MS_LIMIT or len(randomness) != RANDOM_BYTES:
        raise ValueError("uuid7 needs 48 bits of milliseconds and 10 random bytes")
    random = int.from_bytes(randomness, "big")
    value = at_ms << 80 | 0x7 << 76 | (random >> 62 & 0xFFF) << 64 | 0b10 << 62 | random & ((1 << 62) - 1)
    return uuid.UUID(int=value)


def made_at_ms(identifier: uuid.UUID) -> int:
    """The milliseconds that a UUIDv7 carries."""
    return identifier.int >> 80


def derived(cause_id: uuid.UUID, name: str) -> uuid.UUID:
    """The id of what a cause brings forth, e.g. derived(sale_id, "receipt:0"): uuid5 in the cause's namespace."""
    return uuid.uuid5(cause_id, name)
