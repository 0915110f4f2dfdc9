"""The list of crash points is whole: whatever the product commits, publishes, spools or writes to a device has a name.

The first test reads the sources. Where it fails, a new place has appeared: give it a point in
`inside/crash_points.py`, or say below why no running process loses anything by dying there.
"""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.waiting import wait_for
from tests.faults.crashing.importing import bring_in, is_done
from tests.faults.crashing.inside.crash_points import POINTS
from tests.faults.crashing.product import Product
from tests.faults.crashing.shop import SETTLE_S
from tests.faults.crashing.walk import settle

ROOT = Path(__file__).parents[3]
VERBS = {
    "commit", "begin", "publish", "ack", "enqueue", "zadd", "zrem", "sendall", "write_bytes", "write_text", "rename",
    "copyfile", "copytree", "rmtree", "fsync",
}  # fmt: skip
STATEMENTS = ("COMMIT", "BEGIN IMMEDIATE")
DOORS = {
    "live.publish", "jobs.enqueue", "running.enqueue", "link.publish", "self._link.publish", "self.link.publish",
    "self._transport.publish", "self.publish", "self._desk.begin", "setup.begin",
}  # fmt: skip
"""Calls that lead through a point which stands further in, or that only have such a name."""

HELD = {
    "server/core/transaction.py:_transaction": "commit",
    "server/core/transaction.py:control_writing": "commit",
    "server/core/transaction.py:control_noting": "commit",
    "server/core/outbox.py:hint": "hint",
    "server/core/outbox.py:due_tenants": "due",
    "server/core/live.py:publish": "live",
    "server/core/jobs.py:enqueue": "enqueue",
    "server/bridge/link.py:publish": "publish",
    "server/bridge/link.py:done": "taken",
    "edge_agent/spool.py:_writing": "spool",
    "edge_agent/transport.py:publish": "report",
    "edge_agent/drivers/files.py:_write_some": "device",
}
"""Who does such a thing, and the point that stands around it."""

APART = {
    "server/tenants/": "making, moving and migrating databases: begun again by hand, under test there",
    "server/cli/": "commands and the supervisor",
    "server/core/transaction.py:savepoint": "a part of a transaction, whose own commit has a point",
    "server/devices/live.py:_send": "a wish of the moment, for a display or a scale: neither kept nor repeated",
    "server/sync/snapshot.py": "made again from the catalogue",
    "edge_agent/virtual/": "no device, its twin",
    "edge_agent/spool.py:_fill_ballast": "laid again at the next start",
    "edge_agent/transport.py:publish_last": "the goodbye of an agent that ends",
    "edge_agent/enrol.py:_keep": "written beside and renamed; the same token gives the same identity",
}
"""Who is no part of a sale's way, and why it may die."""


def test_whatever_commits_publishes_spools_or_writes_has_a_crash_point() -> None:
    found = {name for name in _acting() if not name.startswith(tuple(APART))}

    assert found == set(HELD)
    assert {point.name.partition("-")[0] for point in POINTS} >= set(HELD.values())


def test_what_stands_apart_is_still_there() -> None:
    assert [start for start in APART if not any(name.startswith(start) for name in _acting())] == []


@pytest.mark.xdist_group("crashing-server")
def test_every_crash_point_is_passed_by_a_sale_or_an_import(product: Product) -> None:
    shop = product.shops["kiosk"]

    rung = shop.ring()
    settle(shop, rung)
    import_id = bring_in(shop, "Keçid")
    wait_for(lambda: is_done(shop, import_id), timeout_s=SETTLE_S, what="the import")

    names = {"web": "web", "bridge": "bridge", "worker": "worker", "agent": shop.agent}
    passed = {(kind, label) for kind, name in names.items() for label in product.reached(name)}
    for point in POINTS:
        for process in point.processes:
            labels = {label for kind, label in passed if kind == process and label.startswith(point.name)}
            assert any(label.endswith(".after") for label in labels), f"{process} never passed {point.name}"


@functools.cache
def _acting() -> frozenset[str]:
    return frozenset(_found())


def _found() -> Iterator[str]:
    """Every function of the product that commits, publishes, spools or writes: `file:function`."""
    for file in sorted([*ROOT.glob("server/**/*.py"), *ROOT.glob("edge_agent/**/*.py")]):
        name = str(file.relative_to(ROOT))
        if name.startswith(("server/web/app", "server/migrations")):
            continue
        for function in ast.walk(ast.parse(file.read_text())):
            if isinstance(function, ast.FunctionDef) and any(map(_acts, _own(function))):
                yield f"{name}:{function.name}"


def _own(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """What stands in a function, without the functions in it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef):
            waiting += ast.iter_child_nodes(node)


def _acts(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    called = ast.unparse(node.func)
    said = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    is_statement = any(text.startswith(STATEMENTS) for text in said)
    return is_statement or called == "os.write" or (node.func.attr in VERBS and called not in DOORS)
