"""People, roles, the rights of roles, sessions, and missed sign-ins."""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Id, Ref, TenantModel, UtcMs


class Person(TenantModel):
    """Someone who works here. Signs in by PIN at a terminal, or by e-mail and password in the back office."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(100))
    search_key: Mapped[str] = mapped_column(sa.String(200))
    sort_key: Mapped[str] = mapped_column(sa.String(200), index=True)
    language: Mapped[str] = mapped_column(sa.String(2), default="az")
    email: Mapped[str | None] = mapped_column(sa.String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    pin_hash: Mapped[str | None] = mapped_column(sa.String(200))
    rev: Mapped[int] = mapped_column(sa.BigInteger)
    archived_at: Mapped[int | None] = mapped_column(UtcMs)


class Role(TenantModel):
    """A named set of rights."""

    __tablename__ = "role"
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    rev: Mapped[int] = mapped_column(sa.BigInteger)


class RoleRight(TenantModel):
    """One right of a role and how far it goes: basis points and minor units, none is without limit."""

    __tablename__ = "role_right"
    __table_args__ = {"sqlite_with_rowid": False}
    role_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("role.id"), primary_key=True, autoincrement=False)
    right: Mapped[str] = mapped_column("right_name", sa.String(40), primary_key=True)
    cap_bp: Mapped[int | None]
    cap_minor: Mapped[int | None] = mapped_column(sa.BigInteger)


class PersonRole(TenantModel):
    """A role of a person, in every branch or in one."""

    __tablename__ = "person_role"
    __table_args__ = {"sqlite_with_rowid": False}
    person_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("person.id"), primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    role_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("role.id"), index=True)
    branch_id: Mapped[int | None] = mapped_column(Ref, sa.ForeignKey("branch.id"))


class PersonSession(TenantModel):
    """A person signed in on one browser. Its id is the hash of the cookie's token, which is kept nowhere else."""

    __tablename__ = "session"
    id: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    person_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("person.id"), index=True)
    terminal_id: Mapped[int | None] = mapped_column(Ref, sa.ForeignKey("terminal.id"), index=True)
    started_at: Mapped[int] = mapped_column(UtcMs)
    expires_at: Mapped[int] = mapped_column(UtcMs, index=True)
    ended_at: Mapped[int | None] = mapped_column(UtcMs)


class SignInMiss(TenantModel):
    """A wrong PIN or password, until a success or a person clears it. `scope`: the terminal or address it came from."""

    __tablename__ = "sign_in_miss"
    __table_args__ = (sa.Index("ix_sign_in_miss_open", "scope", "person_id", "cleared_at"),)
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int | None] = mapped_column(Ref, sa.ForeignKey("person.id"), index=True)
    terminal_id: Mapped[int | None] = mapped_column(Ref, sa.ForeignKey("terminal.id"))
    scope: Mapped[str] = mapped_column(sa.String(120))
    missed_at: Mapped[int] = mapped_column(UtcMs)
    cleared_at: Mapped[int | None] = mapped_column(UtcMs)
