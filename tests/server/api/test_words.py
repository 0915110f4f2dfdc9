"""Whatever the API may answer as a code has words in the four languages."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from marshmallow import Schema, fields

from server.core.api import CODES
from server.core.doors import App

ROOT = Path(__file__).parents[3]
LANGUAGES = ("az", "en", "ru", "tr")
RAISED = {"ValidationError": 0, "NotAFact": 0, "BadFile": 0, "wrong": 1, "invalid": 1, "FieldError": 1}
"""What takes a code, and as which argument."""

COMMAND_LINE = ("server/cli/", "server/tenants/backup", "server/tenants/operations")
"""What only the operator's command line says, in English."""

NAMED = re.compile(r"[a-z][a-z_]+")


def words(language: str) -> dict[str, str]:
    return dict(json.loads((ROOT / "server" / "locales" / language / "errors.json").read_text("utf-8")))


def spoken(text: str) -> str:
    """`out_of_range|least=0` says `out_of_range`."""
    return text.split("|")[0]


def codes_in(tree: ast.AST) -> Iterator[str]:
    """Codes that a module raises or gives to a field: `error=` and `code=` of a call, and what RAISED says."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = [node.args[RAISED[name]]] if name in RAISED and len(node.args) > RAISED[name] else []
            given += [keyword.value for keyword in node.keywords if keyword.arg in ("error", "code")]
            yield from (text for part in given if (text := _text(part)) and NAMED.fullmatch(text))
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.Assign) and getattr(part.targets[0], "id", "") == "code":
                    yield from filter(None, [_text(part.value)])


def _is_command_line(file: Path) -> bool:
    return str(file.relative_to(ROOT)).startswith(COMMAND_LINE)


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.JoinedStr) and node.values:
        node = node.values[0]
    if isinstance(node, ast.BinOp):
        return _text(node.left)
    return spoken(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_every_code_of_the_source_has_words() -> None:
    files = [file for file in (ROOT / "server").rglob("*.py") if not _is_command_line(file)]
    codes = {(file.name, code) for file in files for code in codes_in(ast.parse(file.read_text("utf-8")))}

    for language in LANGUAGES:
        known = words(language)
        assert {found for found in codes if f"errors.{found[1]}" not in known} == set(), language
    assert len({code for _, code in codes}) > 80


def test_every_message_of_a_field_is_a_code_with_words(app: App) -> None:
    known = words("az")
    kinds = [fields.Field, *(kind for kind in vars(fields).values() if isinstance(kind, type))]
    used = {type(field) for schema in _schemas(Schema) for field in schema().fields.values()}
    messages = {
        spoken(text)
        for kind in kinds
        if kind in used
        for part in kind.__mro__
        for text in getattr(part, "default_error_messages", {}).values()
    }

    assert {text for text in messages if f"errors.{text}" not in known} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_has_words(language: str) -> None:
    known = words(language)

    assert {code for code in (*CODES.values(), "http_error", "mistake") if f"errors.{code}" not in known} == set()


def _schemas(base: type[Schema]) -> Iterator[type[Schema]]:
    for kind in base.__subclasses__():
        if kind.__module__.startswith("server."):
            yield kind
        yield from _schemas(kind)
