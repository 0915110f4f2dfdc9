"""`make audit` tells three things apart: none is known, one is known, nobody was asked. Canned answers, no network."""

import json
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "audit"
FLASK = {"name": "flask", "version": "3.1.2", "vulns": []}
HOLED = {"name": "jinja2", "version": "2.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"], "description": ""}]}
UNKNOWN = {"name": "ours", "skip_reason": "Dependency not found on PyPI and could not be audited: ours (1)"}


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    """The command as a module."""
    loader = SourceFileLoader("audit", str(SCRIPT))
    spec = spec_from_loader("audit", loader)
    assert spec is not None
    module = module_from_spec(spec)
    sys.modules["audit"] = module
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("packages", "code", "words"),
    [
        ([FLASK], 0, "1 of 1 packages looked up, none known"),
        ([FLASK, HOLED], 1, "jinja2 2.0: PYSEC-1, mended in 2.1"),
        ([FLASK, UNKNOWN], 2, "1 of 2 packages looked up; NOT LOOKED UP: ours"),
        ([HOLED, UNKNOWN], 1, "PYSEC-1"),
        ([UNKNOWN, UNKNOWN], 2, "0 of 2 packages looked up: NOT LOOKED UP"),
        ([], 2, "NOT LOOKED UP"),
    ],
)
def test_what_pip_audit_says_is_taken_at_its_word_but_for_what_it_skipped(
    audit: ModuleType, packages: list[dict[str, Any]], code: int, words: str
) -> None:
    verdict = audit.judge_python("requirements.txt", json.dumps({"dependencies": packages, "fixes": []}), "")

    assert verdict.code == code
    assert words in "\n".join(verdict.lines)


def test_a_database_that_cannot_be_reached_is_no_clean_bill(audit: ModuleType) -> None:
    python = audit.judge_python("requirements.txt", "", "Traceback\nConnectionError: Failed to resolve the host\n")
    node = audit.judge_node('{"message": "405"}', "npm warn audit 405 Method Not Allowed\nnpm error audit endpoint\n")

    assert (python.code, node.code) == (2, 2)
    assert "NOT LOOKED UP. ConnectionError: Failed to resolve" in python.lines[0]
    assert "NOT LOOKED UP. npm warn audit 405" in node.lines[0]


@pytest.mark.parametrize(("total", "code"), [(0, 0), (2, 1)])
def test_what_npm_audit_says_is_taken_at_its_word(audit: ModuleType, total: int, code: int) -> None:
    answer = {
        "vulnerabilities": {"vite": {"severity": "high"}} if total else {},
        "metadata": {"vulnerabilities": {"total": total}, "dependencies": {"total": 300}},
    }

    verdict = audit.judge_node(json.dumps(answer), "")

    assert verdict.code == code
    assert "300 packages looked up" in verdict.lines[0]


def test_every_lock_of_python_packages_is_looked_up(audit: ModuleType) -> None:
    locks = {path.name for path in SCRIPT.parents[1].glob("requirements*.txt")}

    assert locks - set(audit.LOCKS) == {"requirements-audit.txt"}
