"""Which faults a seed has: how often messages suffer, and which big ones happen at which steps."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

STEPS = 40
SILENT = ("http_lost", "http_delayed", "http_doubled", "reply_lost", "mqtt_lost", "mqtt_delayed", "mqtt_doubled")
"""Faults of single messages, each with a rate."""

BIG = (
    "terminal_reloaded", "terminal_offline", "terminal_clock_jumps", "server_crashes", "server_down", "bridge_crashes",
    "broker_wiped", "redis_wiped", "agent_crashes", "agent_rebooted", "agent_offline", "agent_clock_jumps",
    "paper_out", "printer_dies", "printer_off", "restored", "register_taken_over", "reaction_fails",
)  # fmt: skip
"""Faults that happen once, at a step of their own."""

RATES = (0.0, 0.03, 0.1, 0.25)
FEWEST, MOST = 3, 7
SLOW_MS = (50, 400, 2_500, 12_000)


@dataclass
class Plan:
    """The faults of one seed, and a count of those that really happened."""

    random: Random
    rates: dict[str, float]
    at_step: dict[int, list[str]]
    happened: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, random: Random, steps: int) -> "Plan":
        """Draw what shall go wrong: at least three classes of big faults."""
        rates = {name: random.choice(RATES) for name in SILENT}
        chosen = random.sample(BIG, random.randint(FEWEST, MOST))
        if random.random() < 0.3 and "restored" in chosen:
            chosen.append("restored")
        at_step: dict[int, list[str]] = {}
        for name in chosen:
            at_step.setdefault(random.randrange(steps // 5, steps), []).append(name)
        return cls(random, rates, at_step)

    def strikes(self, name: str) -> bool:
        """Whether a fault of messages happens now."""
        if self.random.random() >= self.rates[name]:
            return False
        self.happened[name] += 1
        return True

    def delay_ms(self, name: str) -> int:
        """How long a message is on its way."""
        usual = self.random.randint(1, 40)
        return usual + (self.random.choice(SLOW_MS) if self.strikes(name) else 0)

    def calm(self) -> None:
        """No message suffers any more: the end of a seed, when everything must come to rest."""
        self.rates = dict.fromkeys(self.rates, 0.0)
