"""A seccomp filter for the process that runs strangers' SQL: system calls that no database needs are refused.

A list of what is refused, not of what is allowed: the engine's own needs change with each release and processor, and a
forgotten one would end it in the middle of a query. What is on it would let code that took the process over start a
program, look into another process, change what it sees of the machine, or talk to the network.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import socket
import struct
from dataclasses import dataclass

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_LOAD_WORD, _IS_EQUAL, _IS_AT_LEAST, _HAS_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
# Offsets in the kernel's struct seccomp_data; arguments are 64 bits wide, and the lower half comes first.
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
# Numbers from here on are those of x32, a second way to the same calls.
_X32 = 0x40000000
# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
_NAMESPACES = 0x7E020000


@dataclass(frozen=True, slots=True)
class _Machine:
    """A processor's AUDIT_ARCH and its numbers of system calls."""

    architecture: int
    socket: int
    clone: int
    refused: tuple[int, ...]


# open_tree, move_mount, fsopen, fsconfig, fsmount, mount_setattr, pidfd_getfd, io_uring_setup, _enter, _register: the
# same everywhere. io_uring is a way around this filter.
_EVERYWHERE = (428, 429, 430, 431, 432, 442, 438, 425, 426, 427)
_CLONE3 = 435
# execve, execveat, ptrace, process_vm_readv, process_vm_writev, kcmp, mount, umount2, pivot_root, chroot, unshare,
# setns, bpf, perf_event_open, userfaultfd, add_key, request_key, keyctl, init_module, delete_module, finit_module,
# kexec_load, kexec_file_load, open_by_handle_at, connect.
_MACHINES = {
    "x86_64": _Machine(
        architecture=0xC000003E,
        socket=41,
        clone=56,
        refused=(
            *(59, 322, 101, 310, 311, 312, 165, 166, 155, 161, 272, 308, 321, 298, 323, 248, 249, 250),
            *(175, 176, 313, 246, 320, 304, 42),
            *_EVERYWHERE,
        ),
    ),
    "aarch64": _Machine(
        architecture=0xC00000B7,
        socket=198,
        clone=220,
        refused=(
            *(221, 281, 117, 270, 271, 272, 40, 39, 41, 51, 97, 268, 280, 241, 282, 217, 218, 219),
            *(105, 106, 273, 104, 294, 265, 203),
            *_EVERYWHERE,
        ),
    ),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def refuse_system_calls() -> bool:
    """Filter this thread's system calls and those of threads it starts, for good. Needs no_new_privs.

    Returns False where the processor is not known here or the kernel has no seccomp; nothing is filtered then.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    code = _filter(machine)
    program = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0) == 0:
        return True
    failure = ctypes.get_errno()
    if failure in {errno.EINVAL, errno.ENOSYS}:
        return False
    raise OSError(failure, os.strerror(failure))


def _filter(machine: _Machine) -> bytes:
    steps = [
        _step(_LOAD_WORD, _ARCHITECTURE),
        _step(_IS_EQUAL, machine.architecture, otherwise=2),  # To the refusal.
        _step(_LOAD_WORD, _NUMBER),
        _step(_IS_AT_LEAST, _X32, otherwise=1),
        _refuse(errno.EPERM),
    ]
    for number in machine.refused:
        steps += [_step(_IS_EQUAL, number, otherwise=1), _refuse(errno.EPERM)]
    # Its flags are in memory, where a filter cannot look; libraries fall back on clone.
    steps += [_step(_IS_EQUAL, _CLONE3, otherwise=1), _refuse(errno.ENOSYS)]
    steps += [
        _step(_IS_EQUAL, machine.clone, otherwise=4),
        _step(_LOAD_WORD, _FIRST_ARGUMENT),
        _step(_HAS_BITS, _NAMESPACES, otherwise=1),
        _refuse(errno.EPERM),
        _step(_RETURN, _ALLOW),
        _step(_IS_EQUAL, machine.socket, otherwise=3),
        _step(_LOAD_WORD, _FIRST_ARGUMENT),
        _step(_IS_EQUAL, int(socket.AF_UNIX), then=1),
        _refuse(errno.EAFNOSUPPORT),
        _step(_RETURN, _ALLOW),
    ]
    return b"".join(steps)


def _step(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    """Return one instruction; the jumps count the instructions that are left out."""
    return struct.pack("=HBBI", code, then, otherwise, value)


def _refuse(number: int) -> bytes:
    return _step(_RETURN, _ERRNO | number)
