"""The one-use link by which the owner of a new shop begins."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import TenantModel, UtcMs


class SetupToken(TenantModel):
    """A link that was given out. Only its hash is kept; `used_at` says when the shop was furnished by it."""

    __tablename__ = "setup_token"
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    made_at: Mapped[int] = mapped_column(UtcMs)
    expires_at: Mapped[int] = mapped_column(UtcMs)
    used_at: Mapped[int | None] = mapped_column(UtcMs)
