"""Down: the command envelope and the arguments of each op."""

import re
from dataclasses import dataclass, field
from typing import Any, Self, cast

from edge_agent.wire.blocks import Document
from edge_agent.wire.clock import utc_ms, utc_text
from edge_agent.wire.jobs import WATCH_LEASE_MS, Op, PaperKind, rule_for
from edge_agent.wire.message import Message, WireError, digest, require
from edge_agent.wire.topics import check_name

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
MAX_TTL_MS = 7 * 86_400_000
DISPLAY_LINES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintArgs(Message):
    """A paper. `copy` 0 is the original, n the nth wanted repeat; the word COPY and its time stand in the blocks."""

    kind: PaperKind
    doc: Document
    copy: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenArgs(Message):
    """A pulse for a drawer. `reason` is for the agent's log only."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RingArgs(Message):
    """A bell. `pattern` names one of the device's patterns: `new`, `late`."""

    pattern: str = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowArgs(Message):
    """Lines of a customer display, top to bottom; none clears it. The agent cuts them to the display's width."""

    lines: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(len(self.lines) <= DISPLAY_LINES, f"{len(self.lines)} lines, {DISPLAY_LINES} at most")
        require(all(len(line) <= 80 for line in self.lines), "a display line takes 80 characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchArgs(Message):
    """Stream the weight for so long; sent again by who still looks."""

    lease_ms: int = WATCH_LEASE_MS

    def __post_init__(self) -> None:
        require(0 < self.lease_ms <= 60_000, f"a lease of {self.lease_ms} ms")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoArgs(Message):
    """Of zero, tare and status."""


ARGS: dict[Op, type[Message]] = {
    "print": PrintArgs,
    "open": OpenArgs,
    "ring": RingArgs,
    "show": ShowArgs,
    "watch": WatchArgs,
    "zero": NoArgs,
    "tare": NoArgs,
    "status": NoArgs,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin(Message):
    """Who wished it, for the log: never used to decide."""

    terminal: str | None = None
    person: str | None = None
    path: str = "cloud"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Message):
    """One wish to one device. The same id and digest again changes nothing; the same id with another digest is refused.

    Units: `ttl_ms` is what is left of its life when it is published; `seq` is given by the bridge at first dispatch.
    `seq` 0 is a wish of the moment (show, watch): the agent neither keeps nor reports it. `expires_at` is the end of
    its life by the server's clock, which the agent has measured (`SyncDown.sent_at`): whatever held it up counts.
    """

    id: str
    op: str
    device: str
    job_class: str = field(metadata={"key": "class"})
    seq: int
    prio: int
    created_at: str
    ttl_ms: int
    args: dict[str, Any]
    digest: str
    after: str | None = None
    expires_at: str | None = None
    origin: Origin = field(default_factory=Origin)

    def __post_init__(self) -> None:
        require(bool(UUID.match(self.id)), f"{self.id!r:.60} is no job id")
        require(self.after is None or bool(UUID.match(self.after)), "`after` is no job id")
        require(0 <= self.prio <= 9, f"priority {self.prio}")
        require(0 < self.ttl_ms <= MAX_TTL_MS, f"a life of {self.ttl_ms} ms")
        require(self.seq >= 0, f"seq {self.seq}")
        check_name(self.device)
        utc_ms(self.created_at)
        utc_ms(self.expires_at or self.created_at)

    @property
    def has_right_digest(self) -> bool:
        return self.digest == digest(self.args)

    def parsed_args(self) -> Message:
        """The arguments as the op's own class. Raises: WireError for an op or arguments that are not known."""
        kind = ARGS.get(cast(Op, self.op))
        if kind is None:
            raise WireError(f"op {self.op!r:.40} is not known")
        return kind.from_dict(self.args)

    @classmethod
    def of(
        cls, job: str, op: Op, device: str, args: Message, *, seq: int, created_at_ms: int, ttl_ms: int | None = None
    ) -> Self:
        """A command with class, priority and life by the table of jobs; `ttl_ms` where part of its life is over."""
        rule = rule_for(op, args.kind if isinstance(args, PrintArgs) else None)
        plain = args.to_dict()
        return cls(
            id=job,
            op=op,
            device=device,
            job_class=rule.job_class,
            seq=seq,
            prio=rule.prio,
            created_at=utc_text(created_at_ms),
            ttl_ms=rule.ttl_ms if ttl_ms is None else ttl_ms,
            args=plain,
            digest=digest(plain),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(Message):
    """The configuration that the server wishes, retained. `doc` holds no secret."""

    rev: int
    sha256: str
    doc: dict[str, Any]

    def __post_init__(self) -> None:
        require(self.sha256 == digest(self.doc), "the configuration does not match its digest")
