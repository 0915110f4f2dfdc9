"""What every test may ask for, and the rule that a test which did not run is a failure."""

import pytest

pytest_plugins = [
    "fixtures.chromium",
    "fixtures.mosquitto",
    "fixtures.postgresql",
    "fixtures.valkey",
]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test fails the run: what the tests need, `make test` installs."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which tests did not run."""
    for report in terminalreporter.stats.get("skipped", []):
        terminalreporter.write_line(f"NOT RUN, so this run failed: {report.nodeid}", red=True)
