"""What `emban serve` promises about dying: of its parts, of itself, of all at once."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import psutil
import pytest

from tests.support.engines import running_engines
from tests.support.serve import Serve, run_emban, serving
from tests.support.waiting import PATIENCE_S, until

# The promise is 2 s on an idle machine, which `python -m bench engines` measures; a test shares its machine.
RESTART_S = PATIENCE_S


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    with serving(tmp_path_factory.mktemp("serve") / "data", arguments=["--workers", "2"]) as running:
        yield running
        assert running.stop() == 0


@pytest.mark.parametrize(("kind", "store"), [("postgres", "postgresql"), ("clickhouse", "clickhouse")])
def test_dead_engine_comes_back_while_requests_get_503(serve: Serve, kind: str, store: str) -> None:
    victim = serve.one(kind)
    victim.kill()
    died = time.monotonic()
    seen: list[httpx.Response] = []
    while True:
        answer = httpx.get(f"{serve.address}/readyz", timeout=10)
        if answer.status_code == 200 and seen:
            break
        if answer.status_code != 200:
            seen.append(answer)
        assert time.monotonic() - died < RESTART_S
    for answer in seen:
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.json()["stores"][store] != "ok"
    assert serve.one(kind).pid != victim.pid


def test_dead_fork_is_replaced(serve: Serve) -> None:
    for role, count in (("api", 2), ("worker", 1)):
        assert len(serve.forks(role)) == count
        dead = serve.one(role)
        dead.kill()
        until(partial(_is_replaced, serve, role, dead.pid))
        serve.wait_ready(RESTART_S)


def _is_replaced(serve: Serve, role: str, pid: int) -> bool:
    return all(fork.pid != pid for fork in serve.forks(role)) and bool(serve.forks(role))


def test_dead_template_comes_back(serve: Serve) -> None:
    forks = serve.one("template").children()
    serve.one("template").kill()
    serve.wait_ready(RESTART_S)
    assert not any(fork.is_running() for fork in forks)


def test_second_serve_is_refused_by_name_of_the_first(serve: Serve) -> None:
    second = run_emban("serve", "--port", "0", "--data-dir", str(serve.data_dir))
    assert second.returncode == 1
    assert f"process {serve.process.pid}" in second.stderr
    assert str(serve.data_dir) in second.stderr
    assert len(second.stderr.splitlines()) == 1
    assert serve.status("/readyz") == 200


def test_migrate_finds_the_stores_of_a_running_serve(serve: Serve) -> None:
    done = run_emban("migrate", environment={"EMBAN_DATA_DIR": str(serve.data_dir)})
    assert (done.returncode, done.stdout) == (0, "PostgreSQL is up to date.\nClickHouse is up to date.\n")


def test_doctor_is_content_with_a_running_serve(serve: Serve) -> None:
    done = run_emban("doctor", "--data-dir", str(serve.data_dir))
    assert done.returncode == 0, done.stdout
    assert f"process {serve.process.pid}" in done.stdout


def test_children_end_with_a_killed_supervisor(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as serve:
        family = serve.descendants()
        serve.process.kill()
        serve.process.wait()
        _, alive = psutil.wait_procs(family, timeout=PATIENCE_S)
        assert alive == []
        serve.restart()
        serve.wait_ready()
        assert serve.stop() == 0


@pytest.mark.parametrize("delay", [0.05, 0.3, 0.6, 1.0])
def test_killed_during_the_first_start(tmp_path: Path, delay: float) -> None:
    """initdb, first migrations and all: whatever is half done is finished or done again."""
    serve = Serve(tmp_path / "data")
    try:
        time.sleep(delay)
        serve.kill_all()
        serve.restart()
        serve.wait_ready()
        assert serve.stop() == 0
    finally:
        if serve.process.poll() is None:
            serve.kill_all()


def test_term_lets_running_requests_finish_and_leaves_nothing(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as serve:
        family = serve.descendants()
        statuses: list[int] = []
        stop = threading.Event()

        def ask() -> None:
            with httpx.Client(timeout=30) as client:
                while not stop.is_set():
                    try:
                        statuses.append(client.get(f"{serve.address}/readyz").status_code)
                    except httpx.TransportError:
                        return  # The server closed an idle connection, or listens no more.

        askers = [threading.Thread(target=ask) for _ in range(4)]
        for asker in askers:
            asker.start()
        until(lambda: len(statuses) >= 4 * len(askers))
        assert serve.stop() == 0
        stop.set()
        for asker in askers:
            asker.join()
        assert statuses
        assert set(statuses) == {200}
        assert [process for process in family if process.is_running()] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_while_it_starts(tmp_path: Path, number: signal.Signals) -> None:
    serve = Serve(tmp_path / "data")
    until(serve.descendants)
    family = serve.descendants()
    serve.process.send_signal(number)
    assert serve.process.wait(60) == 0
    assert [process for process in family if process.is_running()] == []


def test_external_stores_take_the_place_of_the_children(tmp_path: Path) -> None:
    with running_engines(tmp_path / "stores") as engines:
        addresses = {
            "EMBAN_DATABASE_URL": engines.database_owner_url,
            "EMBAN_CLICKHOUSE_URL": engines.clickhouse_url,
            "EMBAN_SECRET_KEY": engines.secret_key,
        }
        with serving(tmp_path / "unused", environment=addresses) as serve:
            assert [child.pid for child in psutil.Process(serve.process.pid).children()] == [serve.one("template").pid]
            assert not (tmp_path / "unused").exists()
            assert serve.stop() == 0
        done = run_emban("doctor", environment=addresses)
        assert done.returncode == 0, done.stdout


def test_external_stores_without_a_secret_key_are_refused(tmp_path: Path) -> None:
    addresses = {"EMBAN_DATABASE_URL": "postgresql://a:b@127.0.0.1:1/x", "EMBAN_CLICKHOUSE_URL": "http://127.0.0.1:1"}
    refused = run_emban("serve", "--port", "0", environment=addresses)
    assert refused.returncode == 1
    assert "EMBAN_SECRET_KEY" in refused.stderr


def test_port_in_use_is_a_sentence(serve: Serve, tmp_path: Path) -> None:
    refused = run_emban("serve", "--port", str(serve.port), "--data-dir", str(tmp_path / "data"))
    assert refused.returncode == 1
    assert f"127.0.0.1:{serve.port}" in refused.stderr
