"""Terminals and how they are paired, agents and their broker credentials, devices, device jobs and device events."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Ref, TenantModel, UtcMs
from server.core.outbox import OutboxColumns


class Terminal(TenantModel):
    """A browser that sells. The same public key is the same terminal; `revoked_at` stands while it may not act.

    `last_seq` is the highest sequence number among the operations that it pushed.
    """

    __tablename__ = "terminal"
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    branch_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("branch.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    public_key: Mapped[str] = mapped_column(sa.String(400), unique=True)
    token_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32), unique=True)
    paired_at: Mapped[int] = mapped_column(UtcMs)
    paired_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    revoked_at: Mapped[int | None] = mapped_column(UtcMs)
    last_seq: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    rev: Mapped[int] = mapped_column(sa.BigInteger)


class TerminalRevocation(TenantModel):
    """A time in which a terminal was not to sell: what it rang in there is not booked by itself."""

    __tablename__ = "terminal_revocation"
    __table_args__ = {"sqlite_with_rowid": False}
    terminal_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("terminal.id"), primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revoked_at: Mapped[int] = mapped_column(UtcMs)
    revoked_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    paired_again_at: Mapped[int | None] = mapped_column(UtcMs)


class Agent(TenantModel):
    """An edge agent. `key` names it in topics and at the broker; `session`, `boot_id` are those of its last presence.

    `last_seq` is the highest number given to one of its jobs, by the bridge alone.
    """

    __tablename__ = "agent"
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(sa.String(12), unique=True)
    branch_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("branch.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    model: Mapped[str] = mapped_column(sa.String(100), default="")
    sw: Mapped[str] = mapped_column(sa.String(40), default="")
    boot_id: Mapped[str | None] = mapped_column(sa.String(40))
    session: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    is_online: Mapped[bool] = mapped_column(default=False)
    seen_at: Mapped[int | None] = mapped_column(UtcMs)
    last_seq: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    enrolled_at: Mapped[int] = mapped_column(UtcMs)
    disabled_at: Mapped[int | None] = mapped_column(UtcMs)
    rev: Mapped[int] = mapped_column(sa.BigInteger)


class PairingCode(TenantModel):
    """A secret that lets one terminal or agent in, once. Only its hash is kept; every wrong guess costs it a try."""

    __tablename__ = "pairing_code"
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    branch_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("branch.id"))
    made_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    created_at: Mapped[int] = mapped_column(UtcMs)
    expires_at: Mapped[int] = mapped_column(UtcMs, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[int | None] = mapped_column(UtcMs)
    agent_id: Mapped[int | None] = mapped_column(Ref, sa.ForeignKey("agent.id"))


class BrokerCredential(TenantModel):
    """What the broker should know of an agent (`wanted`), and what the bridge has made of it (`made`).

    The password itself stands nowhere: it is derived from the server's secret, the agent's key and `password_no`.
    """

    __tablename__ = "broker_credential"
    __table_args__ = (sa.Index("ix_broker_credential_due", "due_at"),)
    agent_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("agent.id"), primary_key=True, autoincrement=False)
    password_no: Mapped[int] = mapped_column(default=1)
    wanted: Mapped[str] = mapped_column(sa.String(8))
    made: Mapped[str | None] = mapped_column(sa.String(8))
    due_at: Mapped[int | None] = mapped_column(UtcMs)
    tries: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str | None] = mapped_column(sa.String(300))


class Device(TenantModel):
    """A device on an agent, as the agent announced it, and how it last said that it is."""

    __tablename__ = "device"
    __table_args__ = (sa.UniqueConstraint("agent_id", "name"),)
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    agent_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("agent.id"))
    name: Mapped[str] = mapped_column(sa.String(36))
    device_class: Mapped[str] = mapped_column("class", sa.String(10))
    driver: Mapped[str] = mapped_column(sa.String(60), default="")
    profile: Mapped[str | None] = mapped_column(sa.String(60))
    ops: Mapped[list[str]] = mapped_column(sa.JSON)
    state: Mapped[str] = mapped_column(sa.String(8), default="offline")
    trouble: Mapped[str | None] = mapped_column(sa.String(40))
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    state_session: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    state_at: Mapped[int | None] = mapped_column(UtcMs)
    rev: Mapped[int] = mapped_column(sa.BigInteger)


class TerminalDevice(TenantModel):
    """Which device serves a terminal in which role: this routes a scan to a terminal and a receipt to a printer."""

    __tablename__ = "terminal_device"
    __table_args__ = {"sqlite_with_rowid": False}
    terminal_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("terminal.id"), primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    device_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("device.id"), index=True)


class DeviceJob(OutboxColumns, TenantModel):
    """One wish to one device; its id is derived from its cause, so the same wish is the same row.

    `stage` is `queued` until the agent reports; `reported_n` and `attempt` order the reports (`wire.Standing`).
    `due_at` is when the bridge sends it next. `settled_*` and `came_out`: a person said how an unclear print ended.
    """

    __tablename__ = "device_job"
    __table_args__ = (
        sa.Index(
            "ix_device_job_due", "due_at", sqlite_where=sa.text("is_open = 1"), postgresql_where=sa.text("is_open")
        ),
        sa.Index("ix_device_job_agent_open", "agent_id", "is_open", "seq"),
        sa.Index("ix_device_job_stage", "stage", "created_at"),
        sa.Index("ix_device_job_cause", "cause_kind", "cause_id"),
        sa.Index("ix_device_job_created_at", "created_at"),
    )
    agent_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("agent.id"))
    device_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("device.id"))
    terminal_id: Mapped[int | None] = mapped_column(Ref, sa.ForeignKey("terminal.id"))
    op: Mapped[str] = mapped_column(sa.String(8))
    job_class: Mapped[str] = mapped_column("class", sa.String(16))
    prio: Mapped[int]
    args: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    digest: Mapped[str] = mapped_column(sa.String(64))
    copy: Mapped[int] = mapped_column(default=0)
    seq: Mapped[int | None] = mapped_column(sa.BigInteger)
    stage: Mapped[str] = mapped_column(sa.String(12), default="queued")
    attempt: Mapped[int] = mapped_column(default=0)
    reported_n: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    reason: Mapped[str | None] = mapped_column(sa.String(60))
    is_confirmed: Mapped[bool | None]
    is_open: Mapped[bool] = mapped_column(default=True)
    sends: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[int | None] = mapped_column(UtcMs)
    settled_at: Mapped[int | None] = mapped_column(UtcMs)
    settled_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    came_out: Mapped[bool | None]


class DeviceEvent(TenantModel):
    """Something that happened at a device; (agent, boot, n) is its identity, so a second copy is known."""

    __tablename__ = "device_event"
    __table_args__ = (sa.Index("ix_device_event_received_at", "received_at"), {"sqlite_with_rowid": False})
    agent_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("agent.id"), primary_key=True, autoincrement=False)
    boot_id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    n: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(sa.String(40))
    device_id: Mapped[int | None] = mapped_column(Ref, sa.ForeignKey("device.id"))
    kind: Mapped[str] = mapped_column(sa.String(20))
    body: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    happened_at: Mapped[int] = mapped_column(UtcMs)
    received_at: Mapped[int] = mapped_column(UtcMs)
