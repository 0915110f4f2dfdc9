"""A new shop's file on SQLite is a copy of a template, and its own from the first byte on."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from server.core import tenant
from server.core.changes import GENERATION_SPAN
from server.core.doors import App
from server.core.pool import sqlite_file
from server.core.transaction import reading
from server.tenants import provisioning, template
from server.tenants.template import STAND_IN
from tests.server.conftest import SQLITE

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")


def test_a_new_file_names_its_shop_and_nobody_else(app: App, tmp_path: Path) -> None:
    shop = make(app, "named")
    file = sqlite_file(app.extensions["aisales_config"], shop.id)

    with contextlib.closing(sqlite3.connect(file)) as raw:
        by_index = "SELECT generation FROM tenant_identity WHERE tenant_id = ?"
        assert raw.execute(by_index, (shop.id.bytes,)).fetchall() == [(1,)]
        assert raw.execute("SELECT tenant_id FROM tenant_identity").fetchall() == [(shop.id.bytes,)]
        assert raw.execute("SELECT seq, kept_from FROM change_sequence").fetchall() == [(GENERATION_SPAN, 0)]
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert raw.execute("PRAGMA journal_mode").fetchall() == [("wal",)]
    assert STAND_IN not in file.read_bytes()


@pytest.mark.parametrize("left", [b"", b"SQLite format 3\0 of an earlier release, which named nobody"])
def test_a_template_that_no_copy_can_be_made_of_is_made_anew(app: App, tmp_path: Path, left: bytes) -> None:
    with app.app_context():
        made = tmp_path / "templates" / "0001.db"
        made.parent.mkdir()
        made.write_bytes(left)

        shop = make(app, f"anew{len(left)}")
        template.write_copy(made, tmp_path / "some" / "folders" / "copy.db", shop.id)

    assert STAND_IN in made.read_bytes()
    assert shop.id.bytes in (tmp_path / "some" / "folders" / "copy.db").read_bytes()
    assert list(made.parent.iterdir()) == [made]


def test_a_template_under_a_shops_name_is_refused(app: App) -> None:
    shop = make(app, "mistaken")
    config = app.extensions["aisales_config"]
    (made,) = (config.data / "templates").glob("*.db")

    sqlite_file(config, shop.id).write_bytes(made.read_bytes())

    with tenant.tenant_scope(app, shop), pytest.raises(tenant.WrongTenant), reading():
        pass


def make(app: App, name: str) -> tenant.Tenant:
    with app.app_context():
        return provisioning.create_database(name, name, placement_id=SQLITE)
