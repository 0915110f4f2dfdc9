"""A seed from its beginning to its end: what it is made of, how it ends, and what counts as a mistake of ours."""

import contextlib
import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from unittest import mock

import structlog

from server.checks.books import Violation
from server.core import ids
from tests.faults.sim.backend import PLANNED, Backend
from tests.faults.sim.broker import VirtualBroker
from tests.faults.sim.checker import History
from tests.faults.sim.ground import BEGINS_MS, Ground
from tests.faults.sim.plan import STEPS, Plan
from tests.faults.sim.virtual_time import VirtualTime
from tests.faults.sim.world import World

ORDER_COMES_LATER = "OrderLineUnknown"
"""A sale may arrive before the order that it pays; that reaction is tried again."""

REPLAYED_EACH = 4
"""Every fourth seed is told to the server twice more at its end."""


CLOSED = "closed database"
"""Server and bridge share the connections of this process, so a crash of one closes them under the other."""


@dataclass
class Outcome:
    """How a seed ended: its violations with the trace before them, and the figures that another run may compare."""

    seed: int
    steps: int
    violations: list[Violation]
    trace: list[str]
    happened: dict[str, int]
    figures: dict[str, Any] = field(default_factory=dict)


@contextlib.contextmanager
def mistakes(history: History) -> Iterator[None]:
    """Errors that server and agent log are mistakes of ours, whatever else became of them."""

    def note(_logger: Any, _method: str, event: Any) -> Any:
        is_reaction = event["event"] in ("reaction_failed", "reaction_failed_again")
        if CLOSED in str(event.get("error")):
            raise structlog.DropEvent
        if is_reaction and any(reason in event["error"] for reason in (ORDER_COMES_LATER, PLANNED)):
            raise structlog.DropEvent
        history.blame("logged", str(event.pop("event")), str({k: v for k, v in event.items() if k != "exc_info"})[:400])
        raise structlog.DropEvent

    class Note(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            history.blame("logged", record.name, f"{record.getMessage()} {record.exc_info and record.exc_info[1]!r}")

    handler = Note(logging.ERROR)
    logger = logging.getLogger("edge_agent")
    structlog.configure(processors=[note], wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def play(ground: Ground, seed: int, *, steps: int = STEPS, shift_ms: int = 0, figures: bool = False) -> Outcome:
    """Live through a seed; ends at the first step that violates anything."""
    random = Random(seed)
    plan = Plan.of(random, steps)
    time = VirtualTime(BEGINS_MS)
    with ground.shop(seed) as shop, ids.repeatable(seed), contextlib.ExitStack() as stack:
        folder = ground.file_of(shop).parent
        backend = Backend(ground, shop, time, VirtualBroker(time, plan), folder)
        random_ids = Random(seed + 1)
        uuid4 = lambda: uuid.UUID(int=random_ids.getrandbits(128), version=4)  # noqa: E731
        stack.enter_context(mock.patch.object(uuid, "uuid4", uuid4))
        stack.enter_context(backend.running())
        world = World(ground, backend, plan, random, folder, shift_ms)
        stack.callback(world.close)
        stack.enter_context(world.site.mortal())
        stack.enter_context(mistakes(world.history))
        world.open()
        number, violations = 0, world.check()
        while number < steps and not violations:
            number += 1
            world.step(number)
            violations = world.check()
        if not violations and number == steps:
            world.rest()
            violations = world.check() or [*world.unrest(), *world.checker.in_full(time.now_ms)]
            if not violations and seed % REPLAYED_EACH == 0:
                violations = world.replay()
        outcome = Outcome(seed, number, violations, list(world.trace), dict(plan.happened))
        if figures and not violations:
            outcome.figures = world.figures()
        return outcome
