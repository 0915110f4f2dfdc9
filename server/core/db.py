"""Declarative bases, column types, and the session that never guesses whose database it talks to.

Two metadatas: `ControlModel` (tenants, placements, operators) and `TenantModel` (everything of a business). A
statement that names tables of both, or none, is refused.
"""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql import visitors

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Id(sa.types.TypeDecorator[uuid.UUID]):
    """The id of a fact, a UUIDv7: 16 bytes in SQLite, `uuid` in PostgreSQL."""

    impl = sa.LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        kind: Any = sa.Uuid() if dialect.name == "postgresql" else sa.LargeBinary(16)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return value.bytes

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> uuid.UUID | None:
        if value is None or isinstance(value, uuid.UUID):
            return value
        return uuid.UUID(bytes=bytes(value))


class UtcMs(sa.types.TypeDecorator[int]):
    """An instant: integer milliseconds UTC. Anything that is not an integer is refused, so no naive time slips in."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        if value is not None and type(value) is not int:
            raise TypeError(f"an instant is an int of milliseconds UTC, not {type(value).__name__}")
        return value


Ref = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""The id of a reference row: an integer out of the tenant's change sequence (`core/changes.py`)."""

Money = sa.BigInteger
Quantity = sa.BigInteger
Day = sa.String(10)
"""A business day as ISO text, `2026-11-24`."""


class ControlModel(DeclarativeBase):
    """Base of the control database's tables."""

    metadata = sa.MetaData(naming_convention=NAMES, info={"floor": "control"})


class TenantModel(DeclarativeBase):
    """Base of every tenant database's tables."""

    metadata = sa.MetaData(naming_convention=NAMES, info={"floor": "tenant"})

    if TYPE_CHECKING:
        # SQLAlchemy allows any selectable here; ours are tables, so `sa.insert(Sale.__table__)` has a type.
        __table__: ClassVar[sa.Table]


class WrongTenant(RuntimeError):
    """A statement, a session or a file belongs to another tenant than the one in force: a mistake of ours."""


Mode = Literal["reading", "writing"]


class RoutingSession(FlaskSession):
    """Finds the engine by the tables of a statement; a session serves one tenant for all its life."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kw: Any) -> Any:
        if bind is not None:
            return bind
        floors = _floors_of(mapper, clause)
        if len(floors) != 1:
            raise WrongTenant(f"a statement belongs to one database, this one to {sorted(floors) or 'none'}")
        if floors.pop() == "control":
            return self._db.engine
        return self.info["engine_of_tenant"](self)


def _floors_of(mapper: Any, clause: Any) -> set[str]:
    if mapper is not None:
        return {sa.inspect(mapper).local_table.metadata.info["floor"]}
    if clause is None:
        return set()
    return {part.metadata.info["floor"] for part in visitors.iterate(clause) if isinstance(part, sa.Table)}


db = SQLAlchemy(session_options={"class_": RoutingSession, "expire_on_commit": False})
