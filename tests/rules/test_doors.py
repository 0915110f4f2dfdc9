"""What stands in one place only: the commit, the broker's library, the printer's and the pins' libraries."""

import ast
from pathlib import Path

TRANSACTION = Path("server/core/transaction.py")
PRINTING = ("escpos", "gpiozero", "lgpio", "serial", "usb", "evdev")


def imports(tree: ast.Module) -> set[str]:
    """The first words of all that a file imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def calls(tree: ast.Module) -> set[str]:
    """The names of the methods that a file calls."""
    nodes = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def test_only_the_transaction_commits(source):
    assert {file for file, tree in source.python("server") if "commit" in calls(tree)} == {TRANSACTION}


def test_only_the_transaction_and_the_pool_roll_back(source):
    """The pool does it for a bare connection that comes back unfinished."""
    rolling_back = {file for file, tree in source.python("server") if "rollback" in calls(tree)}

    assert rolling_back <= {TRANSACTION, Path("server/core/pool.py")}


def test_the_broker_s_library_stands_in_two_files(source):
    with_paho = {file.parts[:2] for file, tree in source.python("server", "edge_agent") if "paho" in imports(tree)}
    count = sum("paho" in imports(tree) for _, tree in source.python("server", "edge_agent"))

    assert with_paho == {("server", "bridge"), ("edge_agent", "transport.py")}
    assert count == 2


def test_printers_and_pins_are_the_agent_s_alone(source):
    assert {file for file, tree in source.python("server") if imports(tree) & set(PRINTING)} == set()


def test_only_one_place_walks_over_all_tenants(source):
    """Whatever else works over many shops asks `due_tenants`: with ten thousand of them a walk never ends."""
    allowed = {"server/core/tenant.py", "server/bridge/dispatch.py"}

    walking = {str(file) for file, tree in source.python("server") if "all_tenants" in names(tree)}

    assert walking <= allowed


def names(tree: ast.Module) -> set[str]:
    """Every name and attribute that a file uses."""
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    return used
