"""What the planners of a week share: the week while it is being made, and a register's turn on one day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random

from server.seeds.market.baskets import Shop
from server.seeds.market.plans import Basket
from server.seeds.market.world import Market


@dataclass(slots=True)
class Plan:
    """The week so far: what was sold, and the keys of the baskets of which something came back."""

    market: Market
    shop: Shop
    chance: Random
    prices: Mapping[str, int]
    sold: list[Basket] = field(default_factory=list)
    returned: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Watch:
    """A register's turn on one day: who stands there, from when to when. `hours` are local, from and until."""

    day: date
    register: str
    cashier: str
    opened_at: int
    last_at: int
    hours: tuple[int, int]
