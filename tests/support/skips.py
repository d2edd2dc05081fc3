"""A skip is a hole: the run fails for each one that is not on this list.

A reason for a skip may be the machine, never a file or a program that the repository or `make test` could bring. The
functions by the names of pytest's hooks are imported by tests/conftest.py.
"""

from __future__ import annotations

import pytest

ALLOWED = {
    "only root needs somebody else to run as": "the other way round is tested where we are not root",
    "we are a normal user already": "the same, seen from the other side",
    "no interpreter of this version lies where user nobody may go": "a home that is closed to others",
    "this kernel has no Landlock": "older than Linux 5.13; `emban doctor` says so",
    "this kernel's Landlock does not know TCP": "older than Linux 6.7; `emban doctor` says so",
}
_unexpected: list[str] = []


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return the reason of a skipped report."""
    what = report.longrepr
    text = str(what[2]) if isinstance(what, tuple) else str(what)
    return text.removeprefix("Skipped: ")


def unexpected(report: pytest.TestReport | pytest.CollectReport) -> str | None:
    """Return what to say of a report: something where it is a skip that nobody allowed."""
    if not report.skipped or hasattr(report, "wasxfail") or (reason := reason_of(report)) in ALLOWED:
        return None
    return f"{report.nodeid}: {reason}"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if said := unexpected(report):
        _unexpected.append(said)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if said := unexpected(report):
        _unexpected.append(said)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _unexpected and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _unexpected:
        terminalreporter.section("skipped, and not allowed to be (tests/support/skips.py)", red=True)
        for line in _unexpected:
            terminalreporter.line(line)
