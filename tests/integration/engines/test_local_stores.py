"""Commands beside `emban serve` find the stores, and the doctor tells what is the matter with them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from typer.testing import CliRunner

from emban.cli.doctor import examine
from emban.cli.doctor_stores import check_clickhouse, check_postgres
from emban.cli.findings import Finding, Findings, Health
from emban.cli.main import build
from emban.db.migrate import alembic_config
from emban.db.migrate import migrate as migrate_database
from emban.db.urls import app_role, owner_url
from emban.engines.data_dir import DataDirError, exclusive, is_held
from emban.engines.local_stores import stores
from emban.settings import Settings, load_settings
from emban.store.migrate import migrate as migrate_store
from tests.support.engines import Engines


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"EMBAN_{name.upper()}", raising=False)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated data directory on which nothing runs."""
    directory = tmp_path_factory.mktemp("filled")
    with stores(load_settings(data_dir=directory)) as ready:
        migrate_database(ready)
        migrate_store(ready)
    return directory


def ready_url(settings: Settings) -> str:
    assert settings.clickhouse_url is not None
    return settings.clickhouse_url.get_secret_value()


def failures(findings: list[Finding]) -> dict[str, str]:
    return {item.subject: item.text for item in findings if item.health is Health.FAILED}


def test_stores_are_started_for_as_long_as_needed(filled: Path) -> None:
    with stores(load_settings(data_dir=filled)) as ready:
        assert is_held(filled)
        url = urlsplit(ready_url(ready))
        assert httpx.get(f"http://{url.hostname}:{url.port}/ping").status_code == 200
        assert len(ready.secret) >= 32
    assert not is_held(filled)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{url.hostname}:{url.port}/ping")


def test_configured_stores_are_left_alone(tmp_path: Path, engines: Engines) -> None:
    settings = load_settings(
        data_dir=tmp_path / "unused",
        database_url=engines.database_owner_url,
        clickhouse_url=engines.clickhouse_url,
        secret_key=engines.secret_key,
    )
    with stores(settings) as ready:
        assert ready is settings
    assert not (tmp_path / "unused").exists()


def test_serve_that_only_just_starts_is_waited_for(tmp_path: Path) -> None:
    with (
        exclusive(tmp_path),
        pytest.raises(DataDirError, match="only just starting"),
        stores(load_settings(data_dir=tmp_path)),
    ):
        pass


def test_doctor_is_content_with_what_is_well(filled: Path) -> None:
    findings = examine(filled)
    assert failures(findings.items) == {}
    assert {"PostgreSQL", "ClickHouse", "Application role", "Row security", "Readers", "Clock", "Disk"} <= {
        item.subject for item in findings.items
    }


def test_doctor_makes_nothing_where_nothing_is(tmp_path: Path) -> None:
    findings = examine(tmp_path / "new")
    assert failures(findings.items) == {}
    assert not (tmp_path / "new").exists()


def test_doctor_prints_for_people_and_for_programs(filled: Path) -> None:
    arguments = ["doctor", "--data-dir", str(filled)]
    text = CliRunner().invoke(build(arguments), arguments)
    assert text.exit_code == 0
    assert "0 failed" in text.output
    as_json = CliRunner().invoke(build(arguments), [*arguments, "--json"])
    assert {item["health"] for item in json.loads(as_json.output)} <= {"ok", "warning"}


def test_doctor_sees_what_somebody_did_to_postgresql(filled: Path) -> None:
    with stores(load_settings(data_dir=filled)) as ready:
        owner = owner_url(ready)
        role = app_role(owner)
        address = owner.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("ALTER TABLE dashboards NO FORCE ROW LEVEL SECURITY")
            connection.execute(f"ALTER ROLE {role} CREATEROLE")
            connection.execute("UPDATE alembic_version SET version_num = '0001'")
        try:
            found = failures(examine_running(ready))
        finally:
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute("ALTER TABLE dashboards FORCE ROW LEVEL SECURITY")
                connection.execute(f"ALTER ROLE {role} NOCREATEROLE")
                connection.execute("UPDATE alembic_version SET version_num = %s", [head(ready)])
    assert "dashboards" in found["Row security"]
    assert "CREATEROLE" in found["Application role"]
    assert "0001" in found["PostgreSQL schema"]


def test_doctor_names_the_store_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBAN_DATABASE_URL", "postgresql://emban:hunter2@127.0.0.1:1/emban")
    monkeypatch.setenv("EMBAN_CLICKHOUSE_URL", "http://emban:hunter2@127.0.0.1:1/emban")
    monkeypatch.setenv("EMBAN_SECRET_KEY", "0123456789-abcdefghijklmnopqrstuvwxyz")
    findings = examine()
    assert {"PostgreSQL", "Application role", "ClickHouse", "Readers"} <= set(failures(findings.items))
    assert all(item.remedy for item in findings.failed)
    assert "hunter2" not in str(findings.items)


def test_doctor_minds_permissions(filled: Path) -> None:
    key = filled / "secret-key"
    key.chmod(0o644)
    filled.chmod(0o755)
    try:
        findings = examine(filled)
    finally:
        key.chmod(0o600)
        filled.chmod(0o700)
    assert "can be read by other users" in failures(findings.items)["Secret key"]
    assert any(item.subject == "Data directory" and item.health is Health.WARNING for item in findings.items)


def examine_running(ready: Settings) -> list[Finding]:
    """Run the checks of the stores on stores that run already."""
    findings = Findings()
    check_postgres(ready, findings)
    check_clickhouse(ready, findings)
    return findings.items


def head(ready: Settings) -> str:
    engine = create_engine(owner_url(ready))
    with engine.connect() as connection:
        found = ScriptDirectory.from_config(alembic_config(connection)).get_current_head()
    engine.dispose()
    assert found is not None
    return found
