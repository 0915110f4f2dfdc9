"""The big faults, each with how it strikes and in a few words what it did."""

from typing import TYPE_CHECKING

from edge_agent.virtual.printer import VirtualPrinter
from tests.faults.sim.ground import PRINTERS

if TYPE_CHECKING:
    from tests.faults.sim.world import World

SKEWS_MS = (0, 0, 0, 40_000, -7_200_000, 7_200_000, 86_400_000, -40 * 86_400_000)
"""How wrong the wall clock of a device may be."""


class Calamities:
    """What befalls a world. Every name in `plan.BIG` is a method here."""

    def __init__(self, world: "World") -> None:
        self._world, self._random = world, world.random

    def strike(self, name: str) -> str:
        """Let a fault happen."""
        said: str = getattr(self, f"_{name}")()
        return said

    def _terminal_reloaded(self) -> str:
        terminal = self._world.any_terminal()
        terminal.reload()
        return terminal.name

    def _terminal_offline(self) -> str:
        terminal, ms = self._world.any_terminal(), self._random.randint(5_000, 1_200_000)
        terminal.is_offline = True
        self._world.time.after(ms, terminal.come_online)
        return f"{terminal.name} for {ms} ms"

    def _terminal_clock_jumps(self) -> str:
        terminal = self._world.any_terminal()
        terminal.ahead_ms = self._random.choice(SKEWS_MS) + self._world.shift_ms
        return f"{terminal.name} by {terminal.ahead_ms} ms"

    def _server_crashes(self) -> str:
        points = self._random.randint(1, 6)
        self._world.backend.deadline.set(points)
        return f"at point {points} from now"

    def _server_down(self) -> str:
        ms = self._random.randint(5_000, 120_000)
        self._world.backend.crash(ms)
        return f"for {ms} ms"

    def _bridge_crashes(self) -> str:
        self._world.backend.crash_bridge(self._random.choice((200, 10_000, 90_000)))
        return ""

    def _broker_wiped(self) -> str:
        self._world.backend.broker.wipe()
        return ""

    def _redis_wiped(self) -> str:
        self._world.backend.redis.wipe()
        return ""

    def _agent_crashes(self) -> str:
        points = self._random.randint(1, 16)
        self._world.site.deadline.set(points)
        return f"at point {points} from now"

    def _agent_rebooted(self) -> str:
        self._world.site.crash(reboots=True)
        return ""

    def _agent_offline(self) -> str:
        ms = self._random.choice((1_000, 8_000, 60_000, 900_000))
        self._world.site.cut_off(ms)
        return f"for {ms} ms"

    def _agent_clock_jumps(self) -> str:
        self._world.site.set_clock(self._random.choice(SKEWS_MS) + self._world.shift_ms)
        return f"by {self._world.site.ahead_ms} ms"

    def _paper_out(self) -> str:
        printer = self._a_printer()
        if self._random.random() < 0.5:
            printer.turn(paper_out=True)
            return f"{printer.device} at once"
        printer.turn(paper_out_after=self._random.randint(1, 900))
        return f"{printer.device} in {printer.knobs.paper_out_after} bytes"

    def _printer_dies(self) -> str:
        printer = self._a_printer()
        printer.turn(die_after=self._random.randint(1, 1_200))
        return f"{printer.device} in {printer.knobs.die_after} bytes"

    def _printer_off(self) -> str:
        printer = self._a_printer()
        printer.turn(off=True)
        return printer.device

    def _restored(self) -> str:
        at = self._random.randrange(len(self._world.backups))
        self._world.go_back(self._world.backups[at])
        return f"to backup {at + 1} of {len(self._world.backups)}, generation {self._world.backend.shop.generation}"

    def _register_taken_over(self) -> str:
        terminal = self._world.any_terminal()
        if terminal.till.shift_id is not None:
            self._world.cashiers[self._world.terminals.index(terminal)].close_shift()
        code = self._random.choice(sorted(self._world.ground.founded.registers))
        register_id = self._world.ground.founded.registers[code]
        done = not terminal.is_offline and self._world.lease(terminal, register_id, take_over=True)
        self._world.hint()
        return f"{terminal.name} {'has' if done else 'could not take'} {code} ({terminal.till.series})"

    def _reaction_fails(self) -> str:
        ms = self._random.randint(5_000, 60_000)
        self._world.backend.reactions_fail_until_ms = self._world.time.now_ms + ms
        return f"for {ms} ms"

    def _a_printer(self) -> VirtualPrinter:
        return self._world.site.counters[self._random.choice(PRINTERS)].printer
