"""A shop put back to an older backup while its terminals sell: they bring back what is missing, and no number twice."""

from pathlib import Path
from typing import Any

import pytest

from server.cash.models import RegisterLease
from server.cash.operations import registers
from server.checks import invariants
from server.core import clock, tenant
from server.core.doors import App
from server.core.flags import Flag
from server.core.pool import sqlite_file
from server.core.tenant import Seen, Tenant
from server.sales.models import Sale
from server.tenants import backup, going_back, provisioning
from tests.server.terminals import Terminal
from tests.server.worlds import World, make_world


@pytest.fixture
def world(app: App, shop: Tenant) -> World:
    """A shop with goods and registers."""
    return make_world(app, shop)


def test_terminals_send_what_an_older_backup_lacks_and_every_sale_is_there_once(world: World, tmp_path: Path) -> None:
    till = world.till("K1")
    till.open()
    _sell(till, 3)
    _keep(world, tmp_path)
    _sell(till, 4)

    _go_back(world, tmp_path)
    lacking = len(world.rows(Sale))
    again = till.send(till.log)

    assert lacking == 3
    assert verdicts(again) == ["duplicate"] * 4 + ["accepted"] * 4
    assert again["generation"] == 2
    assert sorted(row.counter for row in world.rows(Sale)) == [1, 2, 3, 4, 5, 6, 7]
    assert _violations(world) == []


def test_a_register_that_was_taken_after_the_backup_goes_on_in_its_own_series(world: World, tmp_path: Path) -> None:
    first = world.till("K1")
    first.open()
    _sell(first, 2)
    _keep(world, tmp_path)
    _leave(world, first)
    second = world.till("K1", name="Ehtiyat")
    second.open()
    _sell(second, 2)

    _go_back(world, tmp_path)
    _pair_anew(world, second)
    answer = second.send(second.log)

    assert second.till.series == "K1.2"
    assert set(verdicts(answer)) == {"accepted"}
    leases = {row.series: row.ended_at is None for row in world.rows(RegisterLease)}
    assert leases == {"K1": False, "K1.2": True, "K2.1001": True}
    assert sorted(row.number for row in world.rows(Sale)) == ["K1-000001", "K1-000002", "K1.2-000001", "K1.2-000002"]
    assert _violations(world) == []


def test_a_lease_taken_after_going_back_never_counts_in_a_series_that_may_be_out_there(
    world: World, tmp_path: Path
) -> None:
    first = world.till("K1")
    _keep(world, tmp_path)
    _go_back(world, tmp_path)
    _leave(world, first)

    assert world.till("K1", name="Yeni").till.series == "K1.1001"


def test_a_lease_that_never_was_is_refused_after_going_back_too(world: World, tmp_path: Path) -> None:
    till = world.till("K1")
    till.open()
    till.push()
    _keep(world, tmp_path)
    _go_back(world, tmp_path)
    for series in ("K1.1002", "K1.1", "K1", "K2.2", "K1.02", "K1.-1"):
        till.till.lease_id, till.till.series = till.till.new_id(till.now_ms), series
        till.sell([till.line("Tandır")])

    answer = till.push()

    assert {(row["verdict"], row["error"]["code"]) for row in answer["results"]} == {("rejected", "lease_unknown")}


def test_a_shop_is_never_put_back_to_the_backup_of_another(app: App, world: World, tmp_path: Path) -> None:
    with app.app_context():
        other = provisioning.create_database(f"{world.shop.slug}-other", "Başqa", placement_id=world.shop.placement_id)
        backup.write(other.slug, tmp_path / "other.backup")

        with pytest.raises(going_back.NotItsBackup):
            going_back.go_back(tmp_path / "other.backup", world.shop.slug)

    assert _now(world).state == "active"


def test_going_back_that_was_cut_off_is_ended_by_the_same_command(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = world.till("K1")
    till.open()
    _sell(till, 2)
    _keep(world, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(backup, "put_files", _killed)
        with pytest.raises(KeyboardInterrupt):
            _go_back(world, tmp_path)
    while_moving = till.browser.post("/sync/push", {"batch": "b", "ops": till.log})

    _go_back(world, tmp_path)

    assert (while_moving.status_code, while_moving.headers["Retry-After"] != "") == (503, True)
    assert set(verdicts(till.send(till.log))) == {"duplicate"}
    assert world.rows(Flag) == []


def test_a_process_that_has_the_old_state_in_mind_cannot_write_into_it(world: World, tmp_path: Path) -> None:
    till = world.till("K1")
    till.open()
    till.push()
    _keep(world, tmp_path)
    seen = world.app.extensions["tenants_seen"]
    remembered = dict(seen)
    _go_back(world, tmp_path)
    seen.update({key: Seen(key, clock.monotonic_s() * 1000, hit.tenant) for key, hit in remembered.items()})

    till.sell([till.line("Tandır")])
    refused = till.browser.post("/sync/push", {"batch": "b", "ops": till.outbox})

    assert refused.status_code == 503
    assert till.verdicts() == ["accepted"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")
def test_a_damaged_database_is_put_aside_and_the_backup_takes_its_place(world: World, tmp_path: Path) -> None:
    till = world.till("K1")
    till.open()
    _sell(till, 1)
    _keep(world, tmp_path)
    with world.app.app_context():
        provisioning.engines().forget(world.shop)
        file = sqlite_file(tenant.config(), world.shop.id)
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    file.write_bytes(b"not a database any more" * 500)

    _go_back(world, tmp_path)

    assert len(world.rows(Sale)) == 1
    assert list(file.parent.glob("damaged-*-tenant.db"))


def test_a_backup_with_a_flipped_byte_is_refused_before_anything_is_touched(world: World, tmp_path: Path) -> None:
    _keep(world, tmp_path)
    file = tmp_path / "shop.backup"
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    file.write_bytes(damaged)

    with pytest.raises(backup.NotABackup):
        _go_back(world, tmp_path)

    assert _now(world).state == "active"


def verdicts(answer: dict[str, Any]) -> list[str]:
    """What became of each operation."""
    return [row["verdict"] for row in answer["results"]]


def _sell(till: Terminal, count: int) -> None:
    for _ in range(count):
        till.sell([till.line("Tandır")])
    till.push()


def _keep(world: World, folder: Path) -> None:
    with world.app.app_context():
        backup.write(world.shop.slug, folder / "shop.backup")


def _go_back(world: World, folder: Path) -> None:
    with world.app.app_context():
        going_back.go_back(folder / "shop.backup", world.shop.slug)
    world.shop = _now(world)


def _now(world: World) -> Tenant:
    with world.app.app_context():
        tenant.forget_remembered()
        return tenant.tenant_of_slug(world.shop.slug)


def _pair_anew(world: World, till: Terminal) -> None:
    """The terminal was paired after the backup, so the server does not know it any more."""
    again = world.till("K2", name="Ehtiyat")
    till.browser, till.id = again.browser, again.id


def _leave(world: World, till: Terminal) -> None:
    world.inside(lambda: registers.give_back_leases(till.id), mode="writing")


def _violations(world: World) -> list[Any]:
    with world.app.app_context():
        return invariants.check(world.shop)


def _killed(*_: object) -> None:
    raise KeyboardInterrupt
