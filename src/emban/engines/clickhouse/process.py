"""The process of the embedded ClickHouse: `python -m emban.engines.clickhouse.process`, started by `clickhouse.py`.

It runs strangers' SQL, so it has no other business and few means: its orders and passwords come through standard input,
its environment holds no secret, its working directory is empty, and the kernel keeps it to its own data and off the
network (Landlock) and refuses what no database asks for (seccomp, no_new_privs). It says `{"ready": true, …}` or
`{"error": …}` in one line on standard output.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import socket
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from emban.engines.clickhouse.chdb_engine import ChdbEngine, EngineError, load_chdb
from emban.engines.clickhouse.http_app import ClickHouseApp, Limits
from emban.engines.clickhouse.isolation_check import NotIsolatedError, prove_isolation
from emban.engines.clickhouse.sandbox import Confinement, confine_files, confinement_of_this_process, forgo_new_rights
from emban.engines.clickhouse.seccomp import refuse_system_calls
from emban.engines.clickhouse.wire import Account, Ceilings
from emban.engines.data_dir import lock_file
from emban.engines.supervisor.pipes import say
from emban.engines.supervisor.termination import Termination

EXIT_REFUSED = 78  # As in sysexits.h: something in the configuration is wrong, trying again will not help.
SHUTDOWN_SECONDS = 20


def main() -> None:
    """Read the orders from standard input and serve until told to stop."""
    orders: dict[str, Any] = json.loads(sys.stdin.readline())
    termination = Termination()
    # Of all processes on the machine this one is the first to go when memory runs out: it comes back by itself.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")
    try:
        lock = _lock(Path(orders["data"]))
        listener = _listen(orders["listener"])
        confinement = _confine(orders)
        engine = ChdbEngine(load_chdb(), data=Path(orders["data"]), config_file=Path(orders["config_file"]))
        prove_isolation(
            engine,
            database=orders["database"],
            roles=orders["roles"],
            grants=orders["grants"],
            policies=orders["policies"],
        )
    except (NotIsolatedError, EngineError, OSError) as error:
        say({"error": str(error), "kind": type(error).__name__})
        os._exit(EXIT_REFUSED)
    say({"ready": True, "confinement": asdict(confinement)})
    accounts = {item["name"]: Account(**item) for item in orders["accounts"]}
    figures = dict(orders["limits"])
    figures |= {name: Ceilings(**figures[name]) for name in ("ceilings", "adhoc_ceilings")}
    limits = Limits(**figures, adhoc_role=orders["roles"]["reader"])
    asyncio.run(_serve(ClickHouseApp(engine, accounts, limits, orders["start"]), listener, termination))
    engine.close()
    os.close(lock)
    # The engine's own end-of-process work complains about threads that are gone; all data is written by now.
    os._exit(0)


def _lock(data: Path) -> int:
    """Take the data directory for this process; the kernel gives it back however the process ends."""
    descriptor = os.open(lock_file(data), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OSError(f"another process has the ClickHouse data in {data} open") from None
    return descriptor


def _listen(descriptor: int) -> socket.socket:
    """Listen on the socket that the parent has bound."""
    listener = socket.socket(fileno=descriptor)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.listen(1024)
    return listener


def _confine(orders: dict[str, Any]) -> Confinement:
    """Move to the empty working directory and give up all files but code, configuration and the engine's data."""
    work = Path(orders["work"])
    os.chdir(work)
    installed = [Path(name) for name in os.environ.get("PYTHONPATH", "").split(os.pathsep) if name]
    code = [Path(sys.prefix), Path(sys.base_prefix), *installed]
    system = [
        Path(name) for name in ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/usr/share/zoneinfo")
    ]
    kernel = [
        Path(name) for name in ("/proc/self", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/proc/sys", "/sys")
    ]
    small = [Path(name) for name in ("/etc/ld.so.cache", "/etc/localtime", "/dev/urandom", "/dev/random")]
    landlock = confine_files(
        read=[*code, *system, *kernel, *small, work, Path(orders["config_file"]).parent],
        write=[Path(orders["data"]), Path("/dev/null")],
    )
    forgo_new_rights()
    refuse_system_calls()
    return confinement_of_this_process(landlock)


async def _serve(app: ClickHouseApp, listener: socket.socket, termination: Termination) -> None:
    import uvicorn  # noqa: PLC0415  # only once the engine has proved itself; 0.1 s

    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        ws="none",
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    watch = asyncio.create_task(app.watch())
    server = uvicorn.Server(config)
    termination.ends(server)
    await server.serve(sockets=[listener])
    watch.cancel()


if __name__ == "__main__":
    main()
