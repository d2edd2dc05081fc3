"""The wheel: all that a user needs who never sees this repository, Node least of all."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Build a wheel as a release does; returns the names of its files."""
    assert (ROOT / "src/emban/app/static/embed/index.html").is_file(), "the pages are not built: run `make web`"
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("emban-*.whl")
    with zipfile.ZipFile(wheel) as opened:
        return opened.namelist()


@pytest.mark.parametrize("page", ["embed", "console", "demo"])
def test_has_the_built_pages(names: list[str], page: str) -> None:
    folder = f"emban/app/static/{page}"
    assert f"{folder}/index.html" in names
    for ending in (".js", ".css", ".woff2"):
        assert [name for name in names if name.startswith(f"{folder}/assets/") and name.endswith(ending)], ending


def test_has_what_files_are_drawn_with(names: list[str]) -> None:
    needed = ("assets/charts.js", "report.typ", "fonts/Inter-Regular.ttf", "fonts/Inter-SemiBold.ttf", "fonts/LICENSE")
    assert [one for one in needed if f"emban/render/{one}" not in names] == []


def test_has_every_file_of_the_package_that_git_has(names: list[str]) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "src/emban"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    ).stdout.split()
    files = {name.removeprefix("src/") for name in listed if (ROOT / name).is_file()}
    assert len(files) > 200
    assert files - set(names) == set()


def test_has_nothing_else(names: list[str]) -> None:
    strange = [
        name
        for name in names
        if not name.startswith(("emban/", "emban-")) or "__pycache__" in name or name.endswith((".pyc", ".ts", ".tsx"))
    ]
    assert strange == []
