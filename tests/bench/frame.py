"""What a bench is handed: figures with limits and counterparts, and processes of their own for what must start cold."""

import json
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Figure:
    """One measured figure. `beside` is the counterpart that was measured in the same run, with its name."""

    bench: str
    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    beside: tuple[str, float] | None = None

    @property
    def key(self) -> str:
        """Its name among the figures of all benches."""
        return f"{self.bench}: {self.name}"

    @property
    def holds(self) -> bool:
        """Whether it keeps its limits; one without a limit does."""
        return (self.at_most is None or self.value <= self.at_most) and (
            self.at_least is None or self.value >= self.at_least
        )

    @property
    def limit(self) -> str:
        """Its limits as a reader sees them."""
        said = [(" <= ", self.at_most), (" >= ", self.at_least)]
        return "".join(f"{sign}{number(value)}" for sign, value in said if value is not None).strip()

    def to_json(self) -> str:
        """One line, as it goes from the bench's process to the frame's."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> "Figure":
        """The figure of such a line."""
        said = json.loads(line)
        beside = said.pop("beside")
        return cls(**said, beside=(beside[0], beside[1]) if beside else None)


@dataclass(frozen=True)
class Bench:
    """A bench at work."""

    name: str
    tell: Callable[[Figure], None]

    def figure(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
        beside: tuple[str, float] | None = None,
    ) -> None:
        """Report a figure with what it must keep, and what was measured beside it. The name must not change later."""
        self.tell(Figure(self.name, name, value, unit, at_most, at_least, beside))

    def apart(self, call: Callable[..., Answer], *arguments: Any) -> Answer:
        """Call a function of a module, with plain arguments, in a fresh process and return what it returns."""
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            return pool.submit(call, *arguments).result()


def number(value: float) -> str:
    """A figure with three significant digits, and no fewer than its whole ones."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
