"""What the doctor says of a machine: each fault with what to do about it."""

from __future__ import annotations

import shutil
import time
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest

from emban.cli import doctor_machine, doctor_stores
from emban.cli.findings import Finding, Findings, Health
from emban.settings import Settings, load_settings

GIB = 1 << 30
Usage = namedtuple("Usage", ["total", "used", "free"])


def settings(directory: Path, **more: Any) -> Settings:
    return load_settings(data_dir=directory, **more)


def only(findings: Findings, subject: str) -> Finding:
    (found,) = [item for item in findings.items if item.subject == subject]
    return found


@pytest.mark.parametrize(
    ("free", "health"), [(GIB // 2, Health.FAILED), (3 * GIB, Health.WARNING), (50 * GIB, Health.OK)]
)
def test_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, health: Health) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100 * GIB, 100 * GIB - free, free))
    findings = Findings()
    doctor_machine.check_data_dir(settings(tmp_path), findings)
    found = only(findings, "Disk")
    assert (found.health, f"{free / GIB:.1f} GiB free" in found.text) == (health, True)
    assert bool(found.remedy) == (health is not Health.OK)


def test_memory_that_is_not_there(tmp_path: Path) -> None:
    findings = Findings()
    doctor_machine.check_machine(settings(tmp_path, clickhouse_memory_mb=1_000_000), findings)
    found = only(findings, "Memory")
    assert found.health is Health.WARNING
    assert "EMBAN_CLICKHOUSE_MEMORY_MB" in found.remedy


def test_kernel_without_landlock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_machine, "landlock_abi", lambda: 0)
    findings = Findings()
    doctor_machine.check_machine(settings(tmp_path), findings)
    assert only(findings, "Confinement").health is Health.WARNING


def test_directory_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 54321)
    findings = Findings()
    doctor_machine.check_data_dir(settings(tmp_path), findings)
    found = only(findings, "Data directory")
    assert found.health is Health.FAILED
    assert "chown -R 54321" in found.remedy


@pytest.mark.parametrize(("ahead", "health"), [(0.0, Health.OK), (60.0, Health.FAILED), (-60.0, Health.FAILED)])
def test_clocks_that_disagree(ahead: float, health: Health) -> None:
    def execute(_: str) -> Any:
        return SimpleNamespace(fetchone=lambda: (time.time() + ahead,))

    findings = Findings()
    connection = cast("psycopg.Connection[Any]", SimpleNamespace(execute=execute))
    doctor_stores._check_clock(connection, findings)
    found = only(findings, "Clock")
    assert found.health is health
    assert ("NTP" in found.remedy) == (health is Health.FAILED)
