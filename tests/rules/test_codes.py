"""Whatever the server may refuse or flag has words in the four languages: no screen ever shows a bare code."""

import ast
import importlib
import json
from collections.abc import Iterator

import pytest

from server.core.errors import Trouble

FIELD_CODES = {"invalid", "FieldError"}
"""What makes a faulty field's answer; the code is its second argument."""

COMMAND_LINE = ("server.cli.", "server.tenants.backup", "server.tenants.operations")
"""What only the operator's command line says, in English."""


@pytest.fixture(scope="module")
def words(source) -> set[str]:
    file = source.root / "server" / "locales" / "en" / "errors.json"
    return set(json.loads(file.read_text(encoding="utf-8")))


def kinds_of(trouble: type[Trouble]) -> Iterator[type[Trouble]]:
    yield trouble
    for kind in trouble.__subclasses__():
        yield from kinds_of(kind)


def test_every_trouble_has_words(source, words):
    for file, tree in source.python("server"):
        if any("Trouble" in ast.unparse(base) for base in _bases(tree)):
            importlib.import_module(".".join(file.with_suffix("").parts).removesuffix(".__init__"))

    codes = {kind.code for kind in kinds_of(Trouble) if not kind.__module__.startswith(COMMAND_LINE)}

    assert {code for code in codes if f"errors.{code}" not in words} == set()
    assert len(codes) > 20


def test_every_faulty_field_has_words(source, words):
    codes = {
        node.args[1].value
        for _, tree in source.python("server")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _name(node.func) in FIELD_CODES and len(node.args) > 1
        if isinstance(node.args[1], ast.Constant)
    }

    assert {code for code in codes if f"errors.{code}" not in words} == set()
    assert codes


def _bases(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from node.bases


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
