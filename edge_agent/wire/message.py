"""What every message of the edge shares: dataclasses that check themselves, and JSON in one canonical form.

A message class lists its fields with plain types; `from_dict` refuses a wrong type or a missing field with
`WireError`, ignores fields that it does not know (the protocol only ever adds), and `to_dict` leaves out
what is None. A JSON key that Python reserves is named by `field(metadata={"key": "class"})`.
"""

import hashlib
import json
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, ClassVar, Literal, Self, TypeVar, Union, get_args, get_origin, get_type_hints

VERSION = 1
MAX_MESSAGE_BYTES = 120_000
"""Below the broker's `max_packet_size` of 131,072, with room for topic and properties; a receipt of 500 lines fits."""

M = TypeVar("M", bound="Message")


class WireError(ValueError):
    """A message or topic that breaks the frame. The door that read it drops it and logs once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A part of the protocol. Subclasses are frozen dataclasses; KIND tells the members of a union apart."""

    KIND: ClassVar[str | None] = None

    def to_dict(self) -> dict[str, Any]:
        """The message as plain values, without what is None."""
        head = {"kind": self.KIND} if self.KIND else {}
        pairs = {key: getattr(self, name) for key, name in _names_of(type(self))}
        return head | {key: _write(value) for key, value in pairs.items() if value is not None}

    def to_json(self) -> bytes:
        """The payload to publish, with the protocol's version. Raises: WireError when it is too long to send."""
        payload = canonical({"v": VERSION} | self.to_dict())
        if len(payload) > MAX_MESSAGE_BYTES:
            raise WireError(f"{type(self).__name__} takes {len(payload)} bytes, {MAX_MESSAGE_BYTES} at most")
        return payload

    @classmethod
    def from_dict(cls, raw: object) -> Self:
        """The message out of plain values. Raises: WireError."""
        if not isinstance(raw, Mapping):
            raise WireError(f"{cls.__name__}: an object is expected, not {type(raw).__name__}")
        kinds = _kinds_of(cls)
        parts = fields(cls)
        return cls(**{part.name: _read_field(cls, part, kinds[part.name], raw) for part in parts if _given(part, raw)})

    @classmethod
    def from_json(cls, payload: bytes | str) -> Self:
        """The message out of a payload. Raises: WireError."""
        return cls.from_dict(loads(payload))


def loads(payload: bytes | str) -> object:
    """JSON of bounded length. Raises: WireError."""
    if len(payload) > MAX_MESSAGE_BYTES:
        raise WireError(f"a payload of {len(payload)} bytes, {MAX_MESSAGE_BYTES} at most")
    try:
        return json.loads(payload)
    except (ValueError, RecursionError) as trouble:
        raise WireError(f"not JSON: {trouble}") from trouble


def canonical(value: object) -> bytes:
    """The one JSON form: keys sorted, no spaces, UTF-8, no NaN. Raises: WireError."""
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return text.encode()
    except (TypeError, ValueError) as trouble:
        raise WireError(f"not to be written as JSON: {trouble}") from trouble


def digest(value: object) -> str:
    """SHA-256 of the canonical form, in hex: the same for the same meaning, whoever wrote it."""
    return hashlib.sha256(canonical(value)).hexdigest()


def key_of(part: Field[Any]) -> str:
    """The JSON key of a field."""
    return str(part.metadata.get("key", part.name))


def require(is_right: bool, trouble: str) -> None:
    """Refuse what breaks the frame. Raises: WireError."""
    if not is_right:
        raise WireError(trouble)


def _kinds_of(cls: type[Message]) -> dict[str, Any]:
    """The types of a class's fields: worked out once, since a receipt alone has fifty parts."""
    found = _KINDS.get(cls)
    if found is None:
        found = _KINDS[cls] = get_type_hints(cls)
    return found


_KINDS: dict[type[Message], dict[str, Any]] = {}


def _names_of(cls: type[Message]) -> Sequence[tuple[str, str]]:
    """The JSON key and the name of each field, worked out once: a bridge writes hundreds of commands a second."""
    found = _NAMES.get(cls)
    if found is None:
        found = _NAMES[cls] = [(key_of(part), part.name) for part in fields(cls)]
    return found


_NAMES: dict[type[Message], Sequence[tuple[str, str]]] = {}


def _given(part: Field[Any], raw: Mapping[str, Any]) -> bool:
    has_default = part.default is not MISSING or part.default_factory is not MISSING
    return not has_default or raw.get(key_of(part)) is not None


def _read_field(cls: type[Message], part: Field[Any], kind: Any, raw: Mapping[str, Any]) -> Any:
    where = f"{cls.__name__}.{key_of(part)}"
    if key_of(part) not in raw:
        raise WireError(f"{where} is missing")
    return _read(kind, raw[key_of(part)], where)


def _read(kind: Any, value: Any, where: str) -> Any:
    if kind is Any:
        return value
    if kind in (str, int, bool):
        return _read_plain(kind, value, where)
    origin = get_origin(kind)
    if origin is Literal:
        require(isinstance(value, (str, int)) and value in get_args(kind), f"{where}: {value!r} is not known")
        return value
    if origin in (Union, types.UnionType):
        return _read_union(get_args(kind), value, where)
    if origin is tuple:
        require(isinstance(value, list), f"{where}: a list is expected")
        return tuple(_read(get_args(kind)[0], one, where) for one in value)
    if origin is dict:
        require(isinstance(value, dict), f"{where}: an object is expected")
        return {str(key): _read(get_args(kind)[1], one, where) for key, one in value.items()}
    return kind.from_dict(value)


def _read_plain(kind: type, value: Any, where: str) -> Any:
    require(type(value) is kind, f"{where}: {kind.__name__} is expected, not {value!r:.60}")
    require(kind is not str or "\x00" not in value, f"{where}: holds a NUL")
    return value


def _read_union(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    if value is None and types.NoneType in kinds:
        return None
    choices = [kind for kind in kinds if kind is not types.NoneType]
    if len(choices) == 1:
        return _read(choices[0], value, where)
    named = value.get("kind") if isinstance(value, Mapping) else None
    for choice in choices:
        if named == choice.KIND:
            return choice.from_dict(value)
    raise WireError(f"{where}: kind {named!r:.40} is not known")


def _write(value: Any) -> Any:
    if isinstance(value, Message):
        return value.to_dict()
    if isinstance(value, (tuple, list)):
        return [_write(one) for one in value]
    if isinstance(value, dict):
        return {key: _write(one) for key, one in value.items()}
    return value
