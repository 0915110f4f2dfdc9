"""The table of faults names tests that exist: each `path::test` of docs/faults.md is found in its file."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = (ROOT / "docs" / "faults.md").read_text()
NAMED = sorted(set(re.findall(r"`([\w./-]+\.(?:py|ts))::([^`]+)`", TABLE)))


def test_the_table_names_tests() -> None:
    assert len(NAMED) > 50


@pytest.mark.parametrize(("path", "test"), NAMED)
def test_a_test_of_the_table_exists(path: str, test: str) -> None:
    text = (ROOT / path).read_text()

    sign = f"def {test}(" if path.endswith(".py") else f"'{test}'"
    assert sign in text
