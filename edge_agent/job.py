"""A job on its way through the agent: a command that was understood, and how far it is."""

import logging
from dataclasses import dataclass
from typing import cast

from edge_agent.devices.base import Task
from edge_agent.wire import Command, JobRule, Message, Op, PrintArgs, WireError, rule_for

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Job:
    """A job in a lane. A job of `seq` 0 is a wish of the moment: neither spooled nor reported."""

    command: Command
    args: Message
    rule: JobRule
    began_boot_ms: int
    ends_boot_ms: int
    attempt: int = 1
    mark: bool = False
    not_before_ms: int = 0
    waits_for: str | None = None

    @property
    def is_recorded(self) -> bool:
        return self.command.seq > 0

    @property
    def task(self) -> Task:
        return Task(self.command.id, cast(Op, self.command.op), self.args, self.attempt, self.mark, self.ends_boot_ms)


class Refused(Exception):
    """A command that will not be done, and why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def understood(command: Command) -> tuple[Message, JobRule]:
    """The arguments and the rule of a command. Raises: Refused."""
    try:
        args = command.parsed_args()
        return args, rule_for(cast(Op, command.op), args.kind if isinstance(args, PrintArgs) else None)
    except WireError as trouble:
        log.warning("job %s: %s", command.id, trouble)
        raise Refused("malformed") from trouble


def told_stage(stage: str) -> str:
    """A stage of the spool as the server knows it."""
    return {"queued": "received", "claimed": "received", "sending": "started", "sent": "started"}.get(stage, stage)
