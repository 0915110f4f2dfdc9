"""`aisales tenant migrate`, and a start of the product, when a shop's database cannot be brought along."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from server.app import create_app
from server.cli import main, place, tenant, up
from server.cli.supervisor import Supervisor
from server.core.config import Config
from server.core.pool import open_raw
from server.core.tenant import TenantRow
from server.core.transaction import control_writing
from server.tenants import provisioning


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a shop that is at an older revision, and another whose database says what no revision is."""
    config = Config(data=tmp_path, control_url=f"sqlite:///{tmp_path}/control.db")
    app = create_app(config)
    with app.app_context():
        provisioning.prepare_control()
        provisioning.create_database("sound", "Sound")
        broken = provisioning.create_database("broken", "Broken")
        with control_writing() as control:
            control.execute(sa.update(TenantRow).values(schema_revision="0000"))
        with contextlib.closing(open_raw(config, broken)) as raw:
            raw.execute("UPDATE alembic_version SET version_num = 'nowhere'")
    monkeypatch.setenv("AISALES_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def supervisor(data: Path) -> Iterator[Supervisor]:
    """A supervisor of commands on those data."""
    (data / "logs").mkdir()
    with Supervisor(dict(os.environ), data / "logs", lambda _: None) as made:
        yield made


def test_a_migration_that_failed_in_some_shops_names_them_and_has_an_exit_code_of_its_own(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tenant", "migrate"]) == tenant.SOME_KEPT_THEIRS

    said = capsys.readouterr().out
    assert said.startswith("broken: ")
    assert "1 of 2 shops kept their old schema" in said
    assert main(["tenant", "list"]) == 0
    assert "migration failed" in capsys.readouterr().out


def test_the_product_starts_for_the_other_shops_and_tries_again_at_its_next_start(
    data: Path, supervisor: Supervisor, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = place.Place(data)
    folder.demo_file.write_text("{}")

    up._bring_data_up(supervisor, folder)

    assert "broken: " in capsys.readouterr().out
    assert not folder.schema_file.exists()
    assert up.SOME_KEPT_THEIRS == tenant.SOME_KEPT_THEIRS
