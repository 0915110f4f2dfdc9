"""A shop in one file and back: nothing missing, nothing mistaken for the shop that it was copied from."""

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from server.cash.models import Tender
from server.checks import invariants
from server.core import changes, flags, tenant
from server.core.doors import App
from server.core.flags import Flag
from server.core.pool import sqlite_file
from server.core.tenant import Tenant
from server.core.transaction import reading, writing
from server.sales.models import Sale
from server.stock.models import Balance
from server.tenants import backup, provisioning
from tests.server.worlds import make_world

pytestmark = pytest.mark.pooled


def subjects(app: App, one: Tenant) -> list[str]:
    """What is flagged in a shop."""
    with tenant.tenant_scope(app, one), reading() as session:
        return list(session.scalars(sa.select(Flag.subject_id).order_by(Flag.subject_id)))


def flag(app: App, one: Tenant, subject: str) -> None:
    """Flag something in a shop."""
    with tenant.tenant_scope(app, one), writing():
        flags.raise_flag("price_differs", "sale", subject)


def test_a_restored_shop_holds_what_was_there_and_goes_its_own_way(app: App, shop: Tenant, tmp_path: Path) -> None:
    flag(app, shop, "before")
    files = sqlite_file(app.extensions["aisales_config"], shop.id).parent / "files"
    files.mkdir(parents=True, exist_ok=True)
    (files / "picture.png").write_bytes(b"png")

    with app.app_context():
        backup.write(shop.slug, tmp_path / "shop.backup")
        copy = backup.restore(tmp_path / "shop.backup", f"{shop.slug}-copy")
    flag(app, shop, "original only")
    flag(app, copy, "copy only")

    assert subjects(app, shop) == ["before", "original only"]
    assert subjects(app, copy) == ["before", "copy only"]
    kept = sqlite_file(app.extensions["aisales_config"], copy.id).parent / "files" / "picture.png"
    assert kept.read_bytes() == b"png"


def test_a_restored_shop_is_a_new_generation_whose_numbers_mean_nothing_twice(
    app: App, shop: Tenant, tmp_path: Path
) -> None:
    with tenant.tenant_scope(app, shop), writing():
        last = changes.record("catalogue", "item", 1)

    with app.app_context():
        backup.write(shop.slug, tmp_path / "shop.backup")
        copy = backup.restore(tmp_path / "shop.backup", f"{shop.slug}-new")

    assert copy.generation == shop.generation + 1
    with tenant.tenant_scope(app, copy), writing():
        assert changes.take() > copy.generation * changes.GENERATION_SPAN > last
    with tenant.tenant_scope(app, copy), reading(), pytest.raises(changes.CursorTooOld):
        changes.since(last, ["catalogue"], branch_id=None, limit=1)


def test_a_backup_may_be_written_while_the_shop_sells(app: App, shop: Tenant, tmp_path: Path) -> None:
    stopping = threading.Event()
    booked: list[int] = []

    def sell() -> None:
        while not stopping.is_set():
            flag(app, shop, f"{len(booked):05d}")
            booked.append(1)

    seller = threading.Thread(target=sell)
    seller.start()
    with app.app_context():
        for number in range(3):
            backup.write(shop.slug, tmp_path / f"{number}.backup")
    stopping.set()
    seller.join()
    with app.app_context():
        copy = backup.restore(tmp_path / "2.backup", f"{shop.slug}-live")

    held = subjects(app, copy)
    assert held == [f"{number:05d}" for number in range(len(held))]
    assert 0 < len(held) <= len(booked)


def test_a_shop_that_sells_meanwhile_is_restored_with_clean_books_and_equal_sums(
    app: App, shop: Tenant, tmp_path: Path
) -> None:
    world = make_world(app, shop)
    till = world.till("K1")
    till.open()
    for _ in range(5):
        till.sell([till.line("Tandır", 2_000), till.line("Kola")])
    till.push()
    stopping = threading.Event()

    def go_on_selling() -> None:
        while not stopping.is_set():
            till.sell([till.line("Tandır")], [till.card()])
            till.push()

    seller = threading.Thread(target=go_on_selling)
    seller.start()
    try:
        with app.app_context():
            backup.write(shop.slug, tmp_path / "live.backup")
    finally:
        stopping.set()
        seller.join()
    with app.app_context():
        backup.write(shop.slug, tmp_path / "rest.backup")
        live = backup.restore(tmp_path / "live.backup", f"{shop.slug}-a")
        rest = backup.restore(tmp_path / "rest.backup", f"{shop.slug}-b")

        assert invariants.check(live) == invariants.check(rest) == []
    assert sums(app, rest) == sums(app, shop)
    assert 5 <= sums(app, live)[0] <= sums(app, shop)[0]


def sums(app: App, one: Tenant) -> tuple[int, ...]:
    """Count and total of sales, stock in quantity and value, cash tendered."""
    columns = (Sale.total_minor, Balance.quantity_milli, Balance.value_minor, Tender.amount_minor)
    with tenant.tenant_scope(app, one), reading() as session:
        count = session.scalar(sa.select(sa.func.count()).select_from(Sale))
        found = [session.scalar(sa.select(sa.func.sum(column))) for column in columns]
    return tuple(int(value or 0) for value in (count, *found))


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x28\xb5\x2f\xfd\x00"])
def test_what_is_no_backup_is_refused_and_makes_no_shop(app: App, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.backup"
    file.write_bytes(content)

    with app.app_context():
        with pytest.raises(backup.NotABackup):
            backup.restore(file, "never-made")
        with pytest.raises(tenant.UnknownTenant):
            tenant.tenant_of_slug("never-made")


def test_a_taken_name_is_refused_before_anything_is_written(app: App, shop: Tenant, tmp_path: Path) -> None:
    flag(app, shop, "kept")
    with app.app_context():
        backup.write(shop.slug, tmp_path / "shop.backup")
        with pytest.raises(provisioning.SlugTaken):
            backup.restore(tmp_path / "shop.backup", shop.slug)

    assert subjects(app, shop) == ["kept"]
