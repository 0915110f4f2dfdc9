"""Events of a shelf as the vectors and the slow model write them, and as `server.stock.replay` takes them."""

import json
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from server.stock.replay import Event, Issued, Received, Returned, Revalued, ValueChanged

CASES = json.loads((Path(__file__).parents[2] / "vectors" / "costing.json").read_text(encoding="utf-8"))


def identifier(name: str) -> uuid.UUID:
    """The id of a name: two of them stand in the order of their names."""
    return uuid.UUID(bytes=name.encode().ljust(16, b"\0"))


def named(amounts: Mapping[uuid.UUID, int]) -> dict[str, int]:
    """Amounts by the names that their ids were made of."""
    return {id.bytes.rstrip(b"\0").decode(): amount for id, amount in amounts.items()}


def product_events(events: Sequence[dict[str, Any]]) -> list[Event]:
    """Events of a case for the product."""
    return [_event(event) for event in events]


def _event(event: dict[str, Any]) -> Event:
    id, at, quantity = identifier(event["id"]), event["at"], event.get("quantity_milli", 0)
    of = identifier(event["of"]) if "of" in event else None
    match event["kind"]:
        case "receipt":
            return Received(id, at, quantity, event["value_minor"])
        case "issue":
            return Issued(id, at, quantity)
        case "return":
            return Returned(id, at, quantity, of, event.get("value_minor"))
        case "change":
            assert of is not None
            return ValueChanged(id, at, of, event["amount_minor"])
        case _:
            return Revalued(id, at, event.get("amount_minor", 0), event.get("method"))
