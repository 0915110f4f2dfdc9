"""Plays seeds: one, with its trace; a range, in several processes; and one beside itself with other clocks."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from server.checks.books import Violation
from tests.faults.sim import ground
from tests.faults.sim.ground import Ground
from tests.faults.sim.plan import STEPS
from tests.faults.sim.play import Outcome, play

CLASSES_AT_LEAST = 3
SHIFTED_EACH = 20
"""Every twentieth seed is played again with every device's clock set wrong (I30)."""

SHIFT_MS = 97 * 60_000
SHOWN = 16
PART = 25


@dataclass(frozen=True)
class Sum:
    """What a range of seeds came to."""

    seeds: int
    seconds: float
    processor_s: float
    failed: list[Outcome]
    happened: Counter[str]

    def __str__(self) -> str:
        rate = self.seeds / self.seconds if self.seconds else 0.0
        return (
            f"{self.seeds} seeds in {self.seconds:.0f} s, {rate:.1f} a second, "
            f"{1000 * self.processor_s / max(1, self.seeds):.0f} ms of processor time each; {len(self.failed)} failed"
        )


def judge(laid: Ground, seed: int, *, steps: int = STEPS) -> Outcome:
    """Play a seed, and see that enough went wrong in it; some seeds a second time with other clocks."""
    is_shifted = seed % SHIFTED_EACH == 0
    outcome = play(laid, seed, steps=steps, figures=is_shifted)
    if not outcome.violations and len(outcome.happened) < CLASSES_AT_LEAST:
        outcome.violations.append(Violation("plan", f"seed {seed}", f"only {sorted(outcome.happened)} happened"))
    # After a restore a page that began since sends its log without ages: then a device's clock is all there is.
    if is_shifted and not outcome.violations and "restored" not in outcome.happened:
        outcome.violations += _with_other_clocks(laid, outcome, steps)
    return outcome


def _with_other_clocks(laid: Ground, outcome: Outcome, steps: int) -> list[Violation]:
    """I30: the same life with all devices' clocks set wrong alike comes to the same stock, cash and Zs."""
    other = play(laid, outcome.seed, steps=steps, shift_ms=SHIFT_MS, figures=True)
    if other.violations:
        return other.violations
    return [
        Violation("I30", name, f"{_difference(told, other.figures[name])} when clocks are set {SHIFT_MS} ms ahead")
        for name, told in outcome.figures.items()
        if told != other.figures[name]
    ]


def _difference(one: Sequence[object], other: Sequence[object]) -> str:
    return f"{[row for row in one if row not in other][:3]} became {[row for row in other if row not in one][:3]}"


def described(outcome: Outcome) -> str:
    """A seed that failed, as a person wants to read it, with the command that plays it again."""
    lines = [f"seed {outcome.seed} failed after {outcome.steps} steps; faults: {outcome.happened}"]
    lines += [f"  {violation}" for violation in outcome.violations[:6]]
    lines += ["the last steps:", *(f"  {line}" for line in outcome.trace[-SHOWN:])]
    lines += [f"again: python -m tests.faults.sim --seed {outcome.seed}"]
    return "\n".join(lines)


def play_all(seeds: Iterable[int], *, processes: int = 2, steps: int = STEPS) -> Sum:
    """Play many seeds in several processes; prints those that fail."""
    parts = list(_parts(list(seeds), steps))
    begun = time.monotonic()
    failed: list[Outcome] = []
    happened: Counter[str] = Counter()
    count, processor_s = 0, 0.0
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for outcomes, used_s in pool.imap_unordered(_play_part, parts):
            count, processor_s = count + len(outcomes), processor_s + used_s
            for outcome in outcomes:
                happened.update(outcome.happened.keys())
                if outcome.violations:
                    failed.append(outcome)
                    print(described(outcome), flush=True)
    return Sum(count, time.monotonic() - begun, processor_s, failed, happened)


def _parts(seeds: list[int], steps: int) -> Iterator[tuple[list[int], int]]:
    for start in range(0, len(seeds), PART):
        yield seeds[start : start + PART], steps


def _play_part(part: tuple[list[int], int]) -> tuple[list[Outcome], float]:
    seeds, steps = part
    begun = time.process_time()
    with ground.laid() as laid:
        outcomes = [judge(laid, seed, steps=steps) for seed in seeds]
    return outcomes, time.process_time() - begun
