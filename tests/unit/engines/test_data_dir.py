from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from emban.engines.data_dir import (
    ADDRESSES,
    KEY_FILE,
    DataDirError,
    ensure_secret_key,
    exclusive,
    holder,
    is_held,
    publish_addresses,
    published_addresses,
    write_private,
)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_directory_is_made_private_and_held_while_in_use(tmp_path: Path) -> None:
    directory = tmp_path / "a" / "data"
    with exclusive(directory):
        assert mode(directory) == 0o700
        assert is_held(directory)
        assert holder(directory) == os.getpid()
        with pytest.raises(DataDirError, match=f"process {os.getpid()}.*{directory}"), exclusive(directory):
            pass
        assert is_held(directory)
    assert not is_held(directory)
    with exclusive(directory):
        pass


def test_lock_file_left_by_the_dead_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "serve.lock").write_text("1")
    assert not is_held(tmp_path)
    with exclusive(tmp_path):
        assert holder(tmp_path) == os.getpid()


def test_directory_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataDirError, match="Choose another --data-dir"), exclusive(tmp_path / "file" / "data"):
        pass


def test_secret_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    key = ensure_secret_key(tmp_path)
    assert len(key) >= 32
    assert ensure_secret_key(tmp_path) == key
    assert mode(tmp_path / KEY_FILE) == 0o600


def test_addresses_are_private_and_absent_until_published(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    assert published_addresses(tmp_path) == {}
    publish_addresses(tmp_path, {"EMBAN_DATABASE_URL": "postgresql://x"})
    assert published_addresses(tmp_path) == {"EMBAN_DATABASE_URL": "postgresql://x"}
    assert mode(tmp_path / ADDRESSES) == 0o600


def test_private_file_replaces_an_open_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert (path.read_text(), mode(path)) == ("new", 0o600)
