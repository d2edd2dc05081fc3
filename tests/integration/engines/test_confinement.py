"""What the kernel lets the ClickHouse child do: as root, as a normal user, with Landlock and without."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import emban
from emban.cli.doctor_machine import check_confinement
from emban.cli.findings import Findings, Health
from emban.engines.clickhouse import child as clickhouse
from emban.engines.clickhouse.child import ClickHouseChild
from emban.engines.clickhouse.engine_user import EngineUser
from emban.engines.supervisor import launch
from emban.engines.supervisor.child import start
from tests.support.engines import Engines, python_for_everybody

ROOT = os.geteuid() == 0
SEARCH = 1 << launch.CAP_DAC_READ_SEARCH


def status_of(pid: int) -> dict[str, list[str]]:
    lines = (line.partition(":") for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {name: value.split() for name, _, value in lines}


def pid_of(child: ClickHouseChild) -> int:
    assert child.process is not None
    return child.process.pid


def ask(child: ClickHouseChild, sql: str) -> str:
    answer = httpx.post(child.url, content=sql, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.text


@contextmanager
def started(data_dir: Path) -> Iterator[ClickHouseChild]:
    child = ClickHouseChild(data_dir, reader_password="reader", memory_mb=1024)
    try:
        start(child)
        yield child
    finally:
        child.close()


def test_every_thread_of_it_has_no_right_to_spare(engines: Engines) -> None:
    for thread in Path(f"/proc/{pid_of(engines.clickhouse)}/task").iterdir():
        status = status_of(int(thread.name))
        assert (status["NoNewPrivs"], status["Seccomp"]) == (["1"], ["2"])
        assert set(status["Uid"]) == set(status["Gid"])
        assert (status["Uid"][0] == "0", status["Groups"]) == (False, [] if ROOT else status["Groups"])
        assert int(status["CapEff"][0], 16) & ~SEARCH == 0
        assert int(status["CapPrm"][0], 16) & ~SEARCH == 0
        assert int(status["CapBnd"][0], 16) & ~SEARCH == 0 or not ROOT


def test_it_shares_its_user_with_no_other_process_and_owns_its_data_alone(engines: Engines) -> None:
    """Also the data directory is closed: the engine may pass through it, and others may not even do that."""
    child = engines.clickhouse
    uid = int(status_of(pid_of(child))["Uid"][0])
    data = child._data
    assert {path.lstat().st_uid for path in (data, *data.iterdir())} == {uid}
    assert data.parent.stat().st_uid == os.geteuid()
    assert data.parent.stat().st_mode & 0o067 == 0
    assert data.stat().st_mode & 0o077 == 0
    postgres = engines.postgres.process
    assert postgres is not None
    assert not ROOT or status_of(postgres.pid)["Uid"][0] != str(uid)


def test_data_of_a_root_that_ran_the_engine_itself_are_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(clickhouse, "engine_user", lambda *_: EngineUser(None))  # As before, or where there is no other.
        with started(tmp_path) as child:
            status = status_of(pid_of(child))
            assert (status["Uid"][0], status["CapEff"][0]) == (str(os.geteuid()), "0" * 16)
            ask(child, "CREATE TABLE emban.kept (a UInt8) ENGINE = MergeTree ORDER BY a")
            ask(child, "INSERT INTO emban.kept SELECT 42")
    for _ in range(2):
        with started(tmp_path) as child:
            assert (status_of(pid_of(child))["Uid"][0] == "0") is False
            assert ask(child, "SELECT a FROM emban.kept") == "42\n"
            ask(child, "OPTIMIZE TABLE emban.kept FINAL")
            child.kill()
            start(child)
            assert ask(child, "SELECT a FROM emban.kept") == "42\n"


ALONE = """
import sys
from pathlib import Path
from emban.engines.supervisor.child import start
from emban.engines.clickhouse.child import ClickHouseChild

child = ClickHouseChild(Path(sys.argv[1]), reader_password="reader", memory_mb=1024)
start(child)
print(Path(f"/proc/{child.process.pid}/status").read_text())
child.close()
"""


def test_where_data_and_code_are_open_no_capability_is_left() -> None:
    """Here an interpreter may lie below a closed directory; so the parent is started with another one."""
    with tempfile.TemporaryDirectory() as open_to_all:
        Path(open_to_all).chmod(0o711)
        code = os.pathsep.join(sorted({str(Path(str(of.__file__)).parents[1]) for of in (emban, httpx)}))
        done = subprocess.run(
            [python_for_everybody(), "-c", ALONE, f"{open_to_all}/data"],
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": code},
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    status = {line.split(":")[0]: line.split()[1:] for line in done.stdout.splitlines() if line}
    assert (status["CapEff"], status["CapPrm"], status["NoNewPrivs"]) == (["0" * 16], ["0" * 16], ["1"])
    assert status["Uid"][0] != "0"
    assert status["CapBnd"] == ["0" * 16] or not ROOT


def test_without_landlock_the_rest_holds_and_the_doctor_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "code"
    code.mkdir()
    (code / "sitecustomize.py").write_text(
        "from emban.engines.clickhouse import sandbox\nsandbox.landlock_abi = lambda: 0\n"
    )
    tmp_path.chmod(0o711)
    ordinary = clickhouse._environment

    def without(home: Path) -> dict[str, str]:
        made = ordinary(home)
        return {**made, "PYTHONPATH": f"{made['PYTHONPATH']}{os.pathsep}{code}"}

    monkeypatch.setattr(clickhouse, "_environment", without)
    with started(tmp_path / "data") as child:
        assert child.landlock == 0
        status = status_of(pid_of(child))
        assert (status["NoNewPrivs"], status["Seccomp"], status["Uid"][0] == "0") == (["1"], ["2"], False)
        assert ask(child, "SELECT 6 * 7") == "42\n"
        findings = Findings()
        check_confinement(tmp_path / "data", findings)
    warned = [item.text for item in findings.items if item.health is Health.WARNING]
    assert any("not held by Landlock; in force: seccomp, no_new_privs" in text for text in warned)


FILTERED = """
import ctypes, os, socket, threading
from emban.engines.clickhouse.sandbox import forgo_new_rights
from emban.engines.clickhouse.seccomp import refuse_system_calls

NEW_USER = 0x10000000
forgo_new_rights()
assert refuse_system_calls()
libc = ctypes.CDLL(None, use_errno=True)

def refused(call, *arguments):
    try:
        call(*arguments)
    except OSError as error:
        return error.errno
    return 0

def failed(*arguments):
    ctypes.set_errno(0)
    return libc.syscall(*arguments) == -1 and ctypes.get_errno()

def check():
    print(refused(os.execv, "/bin/true", ["true"]), refused(socket.socket, socket.AF_INET))
    print(refused(socket.socket, socket.AF_NETLINK, socket.SOCK_RAW), refused(socket.socket, socket.AF_INET6))
    print(failed(CLONE3, 0, 0), failed(UNSHARE, NEW_USER), failed(CLONE, NEW_USER, 0, 0, 0, 0), failed(IO_URING, 1, 0))

check()
thread = threading.Thread(target=check)
thread.start()
thread.join()
left, right = socket.socketpair()
left.send(b"still")
child = os.fork()
if not child:
    os._exit(7)
print(right.recv(5).decode(), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
NUMBERS = {"x86_64": (435, 272, 56, 425), "aarch64": (435, 97, 220, 425)}


def test_what_the_filter_refuses_and_what_it_lets_through() -> None:
    program = FILTERED
    for name, number in zip(("CLONE3", "UNSHARE", "CLONE", "IO_URING"), NUMBERS[os.uname().machine], strict=True):
        program = program.replace(name, str(number))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    check = ["1 97", "97 97", "38 1 1 1"]
    assert done.stdout.splitlines() == [*check, *check, "still 7"]


def test_every_child_of_the_launcher_forgoes_new_rights() -> None:
    """And root that can be nobody else is root by number alone."""
    identity = launch.STRIPPED if ROOT else launch.PLAIN
    command = [sys.executable, "-IS", launch.__file__, "--parent", str(os.getpid()), "--identity", identity, "--"]
    shown = subprocess.run([*command, "/bin/cat", "/proc/self/status"], capture_output=True, text=True, check=True)
    status = {line.split(":")[0]: line.split()[1:] for line in shown.stdout.splitlines()}
    assert status["NoNewPrivs"] == ["1"]
    assert (status["CapEff"], status["CapPrm"]) == (["0" * 16], ["0" * 16])
    assert status["CapBnd"] == ["0" * 16] or not ROOT


@pytest.mark.parametrize(
    ("told", "warnings"),
    [
        ({}, []),
        ({"uid": 0}, ["as root"]),
        ({"capabilities": SEARCH}, ["closed to other users"]),
        ({"no_new_privs": False}, ["no_new_privs"]),
        ({"seccomp": False}, ["seccomp"]),
        ({"landlock": 0}, ["Landlock"]),
    ],
)
def test_the_doctor_tells_what_is_in_force(tmp_path: Path, told: dict[str, int], warnings: list[str]) -> None:
    sound = {"uid": 61_184, "capabilities": 0, "bounding": 0, "no_new_privs": True, "seccomp": True, "landlock": 7}
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "confinement.json").write_text(json.dumps({**sound, **told}))
    findings = Findings()
    check_confinement(tmp_path, findings)
    warned = [item.text for item in findings.items if item.health is Health.WARNING]
    assert len(warned) == len(warnings)
    assert all(wanted in text for wanted, text in zip(warnings, warned, strict=True))
