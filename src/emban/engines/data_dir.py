"""The data directory: one `emban serve` at a time, closed to other users, with the secret key made for it."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

LOCK = "serve.lock"
KEY_FILE = "secret-key"
ADDRESSES = "run/addresses.json"


class DataDirError(Exception):
    """The data directory cannot be used; the text says why and what to do."""


@contextmanager
def exclusive(data_dir: Path) -> Iterator[None]:
    """Hold the data directory (made where missing) for this process. Raises `DataDirError`.

    The kernel releases the lock however the process ends, so that a stale one does not exist.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(data_dir / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DataDirError(f"cannot use {data_dir.resolve()}: {error.strerror}. Choose another --data-dir.") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise DataDirError(
            f"another `emban serve` (process {holder(data_dir) or 'unknown'}) is using {data_dir.resolve()}. "
            "Stop it, or choose another directory with --data-dir."
        ) from None
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield
    finally:
        os.close(descriptor)


def holder(data_dir: Path) -> int | None:
    """Return the process that last took the data directory; it may be gone (see `is_held`)."""
    try:
        return int((data_dir / LOCK).read_text())
    except (OSError, ValueError):
        return None


def is_held(data_dir: Path) -> bool:
    """Tell whether an `emban serve` runs on the data directory."""
    try:
        descriptor = os.open(data_dir / LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def ensure_secret_key(data_dir: Path) -> str:
    """Return the directory's secret key, made at the first start. Raises `DataDirError` if it cannot be kept."""
    path = data_dir / KEY_FILE
    try:
        if path.exists():
            return path.read_text().strip()
        write_private(path, secrets.token_urlsafe(48) + "\n")
        return path.read_text().strip()
    except OSError as error:
        raise DataDirError(f"cannot keep a secret key in {path}: {error.strerror}. Set EMBAN_SECRET_KEY.") from None


def publish_addresses(data_dir: Path, environment: Mapping[str, str]) -> None:
    """Tell other commands on this machine, run by the same user, where the running stores are."""
    write_private(data_dir / ADDRESSES, json.dumps(dict(environment)))


def published_addresses(data_dir: Path) -> dict[str, str]:
    """Return what the `emban serve` that holds the directory has published: nothing before its stores run."""
    try:
        addresses: dict[str, str] = json.loads((data_dir / ADDRESSES).read_text())
    except (OSError, ValueError):
        return {}
    return addresses


def lock_file(engine_data: Path) -> Path:
    """Return the file by which one process at a time has an engine's data."""
    return engine_data.parent / f"{engine_data.name}.lock"


def write_private(path: Path, text: str) -> None:
    """Replace a file at once, readable by its owner alone."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.rename(path)
