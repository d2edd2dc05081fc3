"""Whom the embedded ClickHouse runs as when we are root: a user of its own, with no right that it can do without.

Its uid is in no passwd file, from the range that systemd takes for such users, so it shares nothing with any other
service: not even with the embedded PostgreSQL. The data below `clickhouse/` belongs to it, whoever made them; of
the directory above it may only pass through.
"""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from emban.engines.supervisor import launch

_UIDS = range(61_184, 65_520)


@dataclass(frozen=True, slots=True)
class EngineUser:
    """A uid (and gid of the same number) for the engine, or None for the user that we are."""

    uid: int | None

    def give(self, *paths: Path) -> None:
        """Make files and directories the engine's own, with all that is in them."""
        if self.uid is None:
            return
        for path in paths:
            # The top last: as long as it is ours, the next start begins again.
            for inner in sorted(path.rglob("*"), reverse=True):
                _own(inner, self.uid)
            _own(path, self.uid)

    def let_through(self, *directories: Path) -> None:
        """Let the engine pass through directories of ours, and see nothing of what is in them."""
        if self.uid is None:
            return
        for directory in directories:
            os.chown(directory, -1, self.uid)
            directory.chmod(0o710)

    def identity(self, needed: Iterable[Path]) -> list[str]:
        """Return the launcher's options; a capability is kept only where a needed directory is closed to others."""
        if self.uid is None:
            return ["--identity", launch.PLAIN if os.geteuid() else launch.STRIPPED]
        kept = [] if all(map(_is_open, needed)) else ["--capability", str(launch.CAP_DAC_READ_SEARCH)]
        return ["--identity", launch.USER, "--user", str(self.uid), *kept]


def engine_user(data: Path, trial: Path) -> EngineUser:
    """Return the owner of the data where that is somebody already, else an unused uid; nobody else unless root.

    `trial` is a file of ours to be given away.
    """
    if os.geteuid() != 0:
        return EngineUser(None)
    owner = data.stat().st_uid
    uid = owner or _unused_uid()
    return EngineUser(uid if _may_become(uid, trial) else None)


def _unused_uid() -> int:
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    return next(uid for uid in _UIDS if uid not in taken)


def _may_become(uid: int, path: Path) -> bool:
    """Tell whether this kernel, container and file system let us: a user namespace may know no other uid."""
    try:
        os.chown(path, uid, uid)
    except OSError:
        return False
    trial = [sys.executable, "-IS", launch.__file__, "--parent", str(os.getpid()), "--identity", launch.USER]
    done = subprocess.run([*trial, "--user", str(uid), "--", "/bin/true"], capture_output=True, check=False)
    return done.returncode == 0


def _own(path: Path, uid: int) -> None:
    if path.lstat().st_uid != uid:
        os.chown(path, uid, uid, follow_symlinks=False)


def _is_open(path: Path) -> bool:
    """Tell whether anybody may pass through a directory and all that are above it."""
    directory = path.resolve()
    return all(one.stat().st_mode & stat.S_IXOTH for one in (directory, *directory.parents))
