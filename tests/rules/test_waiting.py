"""Tests wait for conditions, never for a time, and none is left out."""

import ast
import re

SLEEPS = {"sleep", "wait_for_timeout"}
LEFT_OUT = re.compile(r"\b(describe|it|test)\.(skip|only|todo)\b|\b(setTimeout\(resolve|waitForTimeout)")


def test_no_python_test_sleeps_or_is_skipped(source):
    found = [
        f"{file}:{node.lineno}"
        for file, tree in source.python("tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in SLEEPS | {"skip", "skipif", "xfail", "importorskip"}
    ]

    assert found == []


def test_no_browser_test_sleeps_or_is_skipped(source):
    tests = [file for file in source.files if file.name.endswith((".test.ts", ".spec.ts"))]

    found = [str(file) for file in tests if LEFT_OUT.search(source.text(file))]

    assert found == []
    assert tests
