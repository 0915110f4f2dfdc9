"""A mistake of ours is logged with its cause, and without the row that it is about."""

import pytest
import sqlalchemy as sa

from server.core import logs
from server.core.tenant import Tenant
from server.core.transaction import session, writing
from server.staff.models import Person

HASH = "$argon2id$" + "v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA"


def test_a_databases_error_says_no_parameter_and_no_row(
    in_shop: Tenant, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"id": 1, "name": None, "search_key": "", "sort_key": "", "rev": 1, "pin_hash": HASH}

    with pytest.raises(sa.exc.IntegrityError) as met, writing():
        session().execute(sa.insert(Person.__table__), row)
    logs.configure()
    logs.structlog.get_logger().error("mistake", error=repr(met.value), exc_info=met.value)

    said = capsys.readouterr().out
    assert "IntegrityError" in said and "Traceback" in said
    assert HASH not in said
    assert database == "sqlite" or logs.CUT_OFF in said
