"""What may be asked of a device, how long the wish lives, and what becomes of it when nobody knows how it ended.

A job's class says what may happen to a wish that comes late or twice:
`once` (never by itself a second time), `at_least_once` (rather twice than never, marked),
`latest_wins` (the newest replaces what waits), `never_late` (dropped when its time is over or the agent restarted).
"""

import uuid
from dataclasses import dataclass
from typing import Literal

from edge_agent.wire.message import require

JobClass = Literal["once", "at_least_once", "latest_wins", "never_late"]
Op = Literal["print", "open", "ring", "show", "watch", "zero", "tare", "status"]
PaperKind = Literal["receipt", "receipt_copy", "ticket", "ticket_change", "report", "label", "test"]
DeviceClass = Literal["printer", "drawer", "scale", "scanner", "display", "bell"]


@dataclass(frozen=True, slots=True)
class JobRule:
    """Class and life of a kind of job. `prio` 9 goes first; uncertain: ask a person, repeat by itself, or drop."""

    job_class: JobClass
    ttl_ms: int
    prio: int
    when_uncertain: Literal["ask", "repeat", "drop"]


PAPERS: dict[PaperKind, JobRule] = {
    "receipt": JobRule("once", 600_000, 5, "ask"),
    "receipt_copy": JobRule("once", 120_000, 5, "ask"),
    "ticket": JobRule("at_least_once", 3_600_000, 4, "repeat"),
    "ticket_change": JobRule("at_least_once", 3_600_000, 4, "repeat"),
    "report": JobRule("once", 86_400_000, 1, "ask"),
    "label": JobRule("once", 1_800_000, 1, "ask"),
    "test": JobRule("once", 120_000, 1, "ask"),
}
OPS: dict[Op, JobRule] = {
    "open": JobRule("never_late", 5_000, 9, "drop"),
    "ring": JobRule("never_late", 10_000, 9, "drop"),
    "show": JobRule("latest_wins", 10_000, 5, "drop"),
    "watch": JobRule("latest_wins", 3_000, 5, "drop"),
    "zero": JobRule("never_late", 3_000, 5, "drop"),
    "tare": JobRule("never_late", 3_000, 5, "drop"),
    "status": JobRule("latest_wins", 10_000, 1, "drop"),
}
DEVICE_OPS: dict[DeviceClass, frozenset[Op]] = {
    "printer": frozenset({"print", "status"}),
    "drawer": frozenset({"open"}),
    "scale": frozenset({"watch", "zero", "tare"}),
    "scanner": frozenset(),
    "display": frozenset({"show"}),
    "bell": frozenset({"ring"}),
}
WATCH_LEASE_MS = 15_000
"""A scale streams its weight this long after a `watch`; who still looks asks again."""
MAX_ATTEMPTS = 3
"""Of a paper that repeats by itself."""


def rule_for(op: Op, kind: PaperKind | None = None) -> JobRule:
    """Class, life and priority of a job; a print needs its kind of paper. Raises: WireError."""
    if op == "print":
        require(kind is not None, "a print without a kind of paper")
        assert kind is not None
        return PAPERS[kind]
    return OPS[op]


def job_id(cause_id: uuid.UUID, kind: str, copy: int = 0) -> uuid.UUID:
    """The id of the wish: `uuid5(cause id, "<kind>:<copy>")`, the same in browser, server and agent.

    The cause is the fact that wants it (sale, receipt_copy, drawer_open …); kind is the kind of paper
    (`receipt`, `report` …) or the op of another device (`open`, `ring`).
    """
    return uuid.uuid5(cause_id, f"{kind}:{copy}")
