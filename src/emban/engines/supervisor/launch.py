"""Become somebody whom PostgreSQL accepts, then become the given program: `python -IS launch.py … -- program args`.

PostgreSQL refuses to run as root. Run as root, this tries in turn:

1. a user namespace in which the same root is called `nobody`: the program owns what root owns, so that a data
   directory or a virtual environment below /root works, and has no capability left;
2. the user `postgres` or `nobody` for real, with the one capability (CAP_DAC_OVERRIDE) that lets it reach its files
   below directories closed to it. This is what containers allow that forbid namespaces.

ClickHouse runs as a user of its own (`engine_user.py`), and where the machine knows no other than root, as root without
capabilities. No program that is started here can gain a right (no_new_privs).

It stands alone, on the standard library: it is run by path, as a process of its own.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import pwd
import signal
import struct
import sys
from pathlib import Path

_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG, _PR_SET_SECUREBITS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
_PR_CAPBSET_READ, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 23, 24, 38
_SECBIT_NOROOT, _SECBIT_NOROOT_LOCKED, _SECBIT_NO_SETUID_FIXUP = 1 << 0, 1 << 1, 1 << 2
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
_CAPABILITY_VERSION_3 = 0x20080522

NAMESPACE, USER, STRIPPED, PLAIN = "namespace", "user", "stripped", "plain"


def main() -> None:
    """Change identity as `--identity` says, tie this process to its parent, and run the program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True, help="process id of the parent; end if it is gone")
    parser.add_argument("--death-signal", type=int, default=int(signal.SIGKILL), help="sent when the parent dies")
    parser.add_argument("--identity", choices=(NAMESPACE, USER, STRIPPED, PLAIN), required=True)
    parser.add_argument("--user", type=int, default=-1, help="user id for --identity user")
    parser.add_argument("--capability", type=int, help="the one that --identity user keeps; none without")
    parser.add_argument("program", nargs="+")
    options = parser.parse_args()
    try:
        if options.identity == NAMESPACE:
            enter_namespace()
        elif options.identity == USER:
            become(options.user, options.capability)
        elif options.identity == STRIPPED:
            strip()
    except OSError as error:
        sys.exit(f"cannot leave root: {error}")
    # Nothing that is run from here on can gain a right: not by a setuid program, not by a file's capabilities.
    _libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # After the change of identity, which would clear it.
    _libc().prctl(_PR_SET_PDEATHSIG, options.death_signal, 0, 0, 0)
    if os.getppid() != options.parent:
        sys.exit("the parent is gone")
    os.execv(options.program[0], options.program)


def enter_namespace() -> None:
    """Enter a user namespace in which root is `nobody`. Raises `OSError` where that is forbidden."""
    user, group = os.geteuid(), os.getegid()
    nobody = pwd.getpwnam("nobody")
    if _libc().unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are not allowed here")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/gid_map").write_text(f"{nobody.pw_gid} {group} 1")
    Path("/proc/self/uid_map").write_text(f"{nobody.pw_uid} {user} 1")


def become(user: int, capability: int | None = None) -> None:
    """Become another user for good, keeping at most one capability. Raises `OSError`."""
    libc = _libc()
    try:
        group = pwd.getpwuid(user).pw_gid
    except KeyError:
        group = user
    _bound(capability)
    os.setgroups([])
    os.setresgid(group, group, group)
    if capability is None:
        os.setresuid(user, user, user)
        return
    # Keeps the capability over the change of user, and lets access(2), by which PostgreSQL finds itself, honour it.
    if libc.prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "capabilities cannot be kept")
    os.setresuid(user, user, user)
    _keep(1 << capability)
    if libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the capability cannot be passed on")


def strip() -> None:
    """Stay root by number and give up every capability for good. Raises `OSError`."""
    if _libc().prctl(_PR_SET_SECUREBITS, _SECBIT_NOROOT | _SECBIT_NOROOT_LOCKED, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "root's capabilities cannot be given up")
    _bound(None)
    _keep(0)


def _bound(kept: int | None) -> None:
    """Drop every other capability from the bounding set: no program can get one back."""
    libc = _libc()
    number = 0
    while libc.prctl(_PR_CAPBSET_READ, number, 0, 0, 0) >= 0:
        if number != kept and libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "the bounding set cannot be cut")
        number += 1


def _keep(capabilities: int) -> None:
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    # Effective, permitted, inheritable; the second three are the upper 32 capabilities.
    if _libc().capset(header, struct.pack("=6I", capabilities, capabilities, capabilities, 0, 0, 0)) != 0:
        raise OSError(ctypes.get_errno(), "the capabilities are not to be had")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


if __name__ == "__main__":
    main()
