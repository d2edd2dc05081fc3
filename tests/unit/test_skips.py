"""A test that is skipped for a reason that nobody allowed fails the run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.skips import ALLOWED

ROOT = Path(__file__).parents[2]
TESTS = """
import pytest

def test_passes():
    assert 1

@pytest.mark.skipif(True, reason={reason!r})
def test_skips():
    assert 0
"""


@pytest.mark.parametrize(
    ("reason", "workers", "code"), [(next(iter(ALLOWED)), (), 0), ("a file is missing", ("-n", "1"), 1)]
)
def test_a_skip_needs_a_reason_on_the_list(tmp_path: Path, reason: str, workers: tuple[str, ...], code: int) -> None:
    (tmp_path / "conftest.py").write_text("from tests.support.skips import *\n")
    (tmp_path / "test_it.py").write_text(TESTS.format(reason=reason))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        f"--rootdir={tmp_path}",
        *workers,
        str(tmp_path),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert (f"test_skips: {reason}" in done.stdout) == bool(code)
