"""`emban doctor`: the machine, the data directory, the network port."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import sys
from pathlib import Path

from emban.cli.findings import Findings
from emban.engines.clickhouse.sandbox import landlock_abi, read_confinement
from emban.engines.data_dir import KEY_FILE, holder, is_held
from emban.settings import Settings

_LEAST_FREE_BYTES = 1 << 30
_COMFORTABLE_FREE_BYTES = 5 << 30


def check_machine(settings: Settings, findings: Findings) -> None:
    """Look at memory, and at what the kernel offers to confine the ClickHouse child."""
    findings.ok("Python", sys.version.split()[0])
    if settings.clickhouse_url is None:
        _check_memory(settings, findings)
        _check_landlock(findings)


def check_data_dir(settings: Settings, findings: Findings) -> None:
    """Look at owner, permissions, lock, secret key and free space of the data directory."""
    path = settings.data_dir.resolve()
    if not path.exists():
        findings.ok("Data directory", f"{path} does not exist yet; `emban serve` makes it")
        _check_space(_existing_parent(path), findings)
        return
    status = path.stat()
    if status.st_uid != os.geteuid():
        findings.fail(
            "Data directory",
            f"{path} belongs to user {status.st_uid}, this is user {os.geteuid()}",
            f"Run as its owner, or: chown -R {os.geteuid()} {path}",
        )
    elif stat.S_IMODE(status.st_mode) & 0o067:  # Its group is the engine's, which passes through.
        findings.warn(
            "Data directory",
            f"{path} is open to other users (mode {stat.S_IMODE(status.st_mode):o})",
            f"chmod 700 {path}",
        )
    elif not os.access(path, os.W_OK | os.X_OK):
        findings.fail("Data directory", f"{path} cannot be written to", f"chmod 700 {path}, or another --data-dir")
    else:
        findings.ok("Data directory", f"{path}, private and writable")
    if is_held(path):
        findings.ok("Lock", f"`emban serve` runs on it (process {holder(path)})")
    else:
        findings.ok("Lock", "free: no `emban serve` runs on it")
    _check_secret(settings, path, findings)
    _check_space(path, findings)


def check_confinement(data_dir: Path, findings: Findings) -> None:
    """Tell what the kernel holds the embedded ClickHouse to, as it found when it was started last."""
    found = read_confinement(data_dir)
    if found is None:
        return
    move = "Move data and installation below directories that anybody may pass through, /var/lib and /opt, say."
    other = "Start Emban as a user of its own (deploy/emban.service), or where root may become another user."
    old = "Use a newer kernel, or a ClickHouse server of its own (EMBAN_CLICKHOUSE_URL)."
    if found.uid == 0:
        findings.warn("Engine user", "the ClickHouse process runs as root, without its capabilities", other)
    elif found.capabilities:
        text = f"the ClickHouse process (user {found.uid}) may read any file"
        findings.warn("Engine user", f"{text}: directories above its own are closed to other users", move)
    else:
        findings.ok("Engine user", f"the ClickHouse process is user {found.uid}, without a capability")
    held = {"Landlock": bool(found.landlock), "seccomp": found.seccomp, "no_new_privs": found.no_new_privs}
    in_force = ", ".join(name for name, is_held in held.items() if is_held) or "nothing"
    missing = [name for name, is_held in held.items() if not is_held]
    if missing:
        text = f"the ClickHouse process is not held by {' and '.join(missing)}; in force: {in_force}"
        findings.warn("Engine process", text, old)
    else:
        findings.ok("Engine process", f"held by {in_force}")


def check_port(settings: Settings, findings: Findings) -> None:
    """Tell whether the port of `emban serve` is free, or taken by our own."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            if is_held(settings.data_dir):
                findings.ok("Port", f"{settings.host}:{settings.port} is in use, as `emban serve` runs")
            else:
                text = f"cannot listen on {settings.host}:{settings.port}: {error.strerror}"
                findings.warn("Port", text, "Choose another with --port or EMBAN_PORT, or stop what uses it.")
        else:
            findings.ok("Port", f"{settings.host}:{settings.port} is free")


def _check_memory(settings: Settings, findings: Findings) -> None:
    total_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    if settings.clickhouse_memory_mb > total_mb * 3 // 4:
        findings.warn(
            "Memory",
            f"the embedded ClickHouse may use {settings.clickhouse_memory_mb} MiB of this machine's {total_mb} MiB",
            f"Set EMBAN_CLICKHOUSE_MEMORY_MB to {total_mb // 2} or less.",
        )
    else:
        findings.ok("Memory", f"{total_mb} MiB, of which ClickHouse may use {settings.clickhouse_memory_mb}")


def _check_landlock(findings: Findings) -> None:
    abi = landlock_abi()
    if abi:
        findings.ok("Confinement", f"the kernel keeps the ClickHouse process to its own files (Landlock {abi})")
    else:
        findings.warn(
            "Confinement",
            "this kernel cannot keep the ClickHouse process to its own files (no Landlock)",
            "Use Linux 5.19 or newer with Landlock enabled, or a ClickHouse server of its own (EMBAN_CLICKHOUSE_URL).",
        )


def _check_secret(settings: Settings, path: Path, findings: Findings) -> None:
    key = path / KEY_FILE
    if settings.secret_key is not None:
        findings.ok("Secret key", "set by EMBAN_SECRET_KEY")
    elif not key.exists():
        findings.ok("Secret key", "not made yet; the first `emban serve` makes one")
    elif stat.S_IMODE(key.stat().st_mode) & 0o077:
        findings.fail("Secret key", f"{key} can be read by other users", f"chmod 600 {key}")
    else:
        findings.ok("Secret key", f"in {key}; back it up with the data")


def _check_space(path: Path, findings: Findings) -> None:
    free = shutil.disk_usage(path).free
    text = f"{free / (1 << 30):.1f} GiB free at {path}"
    if free < _LEAST_FREE_BYTES:
        findings.fail("Disk", text, "Free some space or move the data directory: both stores stop when it is full.")
    elif free < _COMFORTABLE_FREE_BYTES:
        findings.warn("Disk", text, "Plan for more space; an event takes about 70 bytes.")
    else:
        findings.ok("Disk", text)


def _existing_parent(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path
