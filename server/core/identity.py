"""Each tenant database names its owner, so that a wrong file or a restored copy is noticed before the first query."""

import uuid

from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Id, TenantModel


class TenantIdentity(TenantModel):
    """The one row that says whose database this is. `generation` rises on restore and move."""

    __tablename__ = "tenant_identity"
    tenant_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    generation: Mapped[int]
