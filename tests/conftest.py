"""What every test may ask for, and the rule that a test which did not run is a failure."""

import pytest
from hypothesis import settings

# The same examples in every run, however busy the machine is; more of them by HYPOTHESIS_PROFILE=default.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")

pytest_plugins = [
    "fixtures.secrecy",
    "fixtures.chromium",
    "fixtures.mosquitto",
    "fixtures.postgresql",
    "fixtures.pgbouncer",
    "fixtures.valkey",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Only what is marked `pooled` runs through PgBouncer, where transactions, locks and sessions matter."""
    items[:] = [item for item in items if not _is_pooled(item) or item.get_closest_marker("pooled")]


def _is_pooled(item: pytest.Item) -> bool:
    call = getattr(item, "callspec", None)
    return call is not None and call.params.get("database") == "pgbouncer"


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
