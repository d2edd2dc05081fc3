"""Take rights away from the present process: what a child that runs strangers' SQL must not be able to do.

Everything here is Linux. `confine_files` uses Landlock, which needs no privilege and binds root too: afterwards the
process and all threads it starts can only touch the listed paths, and can open no TCP connection (kernel 6.7 and up).
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# Written by the parent at each start, for whoever asks later.
CONFINEMENT = "run/confinement.json"
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_SYS_CREATE_RULESET, _SYS_ADD_RULE, _SYS_RESTRICT_SELF = 444, 445, 446
_RULE_PATH_BENEATH = 1

# Bits of include/uapi/linux/landlock.h.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_RIGHTS_BY_ABI = {2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_NET_BIND_AND_CONNECT = 0b11
_SCOPE_SOCKETS_AND_SIGNALS = 0b11

# Below ABI 2 (kernel 5.19) a rename from one directory to another is always refused, which MergeTree cannot live with.
_LEAST_ABI, _NET_ABI, _SCOPE_ABI = 2, 4, 6


@dataclass(frozen=True, slots=True)
class Confinement:
    """What holds a process, as the kernel tells it: capabilities as masks, `landlock` a version or 0."""

    uid: int
    capabilities: int
    bounding: int
    no_new_privs: bool
    seccomp: bool
    landlock: int


def confinement_of_this_process(landlock: int) -> Confinement:
    """Return what is in force for this thread; Landlock is the one thing that /proc does not show."""
    lines = (line.partition(":") for line in Path("/proc/self/status").read_text().splitlines())
    status = {name: value.split() for name, _, value in lines}
    return Confinement(
        uid=int(status["Uid"][1]),
        capabilities=int(status["CapEff"][0], 16) | int(status["CapPrm"][0], 16),
        bounding=int(status["CapBnd"][0], 16),
        no_new_privs=status.get("NoNewPrivs") == ["1"],
        seccomp=status.get("Seccomp") == ["2"],
        landlock=landlock,
    )


def read_confinement(data_dir: Path) -> Confinement | None:
    """Return what holds the ClickHouse that was started last over a data directory, None where that is not known."""
    try:
        return Confinement(**json.loads((data_dir / CONFINEMENT).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def forgo_new_rights() -> None:
    """Let no program that this process runs gain a right: no setuid, no capability of a file."""
    _checked(_libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def die_with_parent(parent_pid: int) -> None:
    """Ask the kernel for SIGKILL when the parent dies; exit at once if it already has.

    The signal is tied to the parent's *thread* that started this process, so children must be started from a
    thread that lives as long as its process.
    """
    _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:
        os._exit(0)


def landlock_abi() -> int:
    """Return the kernel's Landlock version, 0 where it has none or is too old to be used here."""
    abi = int(_libc().syscall(_SYS_CREATE_RULESET, None, 0, 1))
    return abi if abi >= _LEAST_ABI else 0


def confine_files(*, read: Iterable[Path], write: Iterable[Path]) -> int:
    """Keep this thread, and those it starts, to the given files and directories.

    Paths that do not exist are left out. Returns the Landlock version in force; 0 says that the kernel offers none and
    nothing was restricted. Raises `OSError` when the kernel refuses a rule that it claims to know.
    """
    abi = landlock_abi()
    if not abi:
        return 0
    handled = max(rights for least, rights in _RIGHTS_BY_ABI.items() if least <= abi)
    attributes = struct.pack(
        "=QQQ",
        handled,
        _NET_BIND_AND_CONNECT if abi >= _NET_ABI else 0,
        _SCOPE_SOCKETS_AND_SIGNALS if abi >= _SCOPE_ABI else 0,
    )
    size = 24 if abi >= _SCOPE_ABI else 16 if abi >= _NET_ABI else 8
    ruleset = _checked(_libc().syscall(_SYS_CREATE_RULESET, attributes, size, 0))
    try:
        for path in read:
            _allow(ruleset, path, handled & (_READ_FILE | _READ_DIR | _EXECUTE))
        for path in write:
            _allow(ruleset, path, handled & ~_EXECUTE)
        _checked(_libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        _checked(_libc().syscall(_SYS_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
    return abi


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not path.is_dir():
            rights &= _FILE_RIGHTS
        rule = struct.pack("=Qi", rights, descriptor)
        _checked(_libc().syscall(_SYS_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0))
    finally:
        os.close(descriptor)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
