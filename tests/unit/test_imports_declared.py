"""Every package that is imported is one that pyproject.toml declares, not one that another package happens to bring."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = {"emban", "emban_client", "tests", "tools", "bench"}
# What runs with a folder's code, beside the dependencies of the package.
TESTS = ("dev",)
FOLDERS = {"src/emban": (), "tests": TESTS, "tools": TESTS, "bench": TESTS, "examples": ()}


def declared(extras: tuple[str, ...]) -> set[str]:
    """Return the names of the distributions that are there with these extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(one for extra in extras for one in project["optional-dependencies"][extra])]
    return {plain(re.split(r"[\[>=<;]", one)[0]) for one in wanted}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower().strip()


@cache
def distributions() -> dict[str, set[str]]:
    """Return top-level module → the distributions that it may come from."""
    return {module: {plain(name) for name in names} for module, names in packages_distributions().items()}


def imported(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each top-level module that is imported, with the place."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            for name in names:
                yield name.split(".")[0], f"{path.relative_to(ROOT)}:{node.lineno}"  # type: ignore[attr-defined]


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_imported_is_declared(folder: str) -> None:
    known = declared(FOLDERS[folder])
    siblings = {path.stem for path in (ROOT / folder).rglob("*.py")} if folder == "examples" else set()
    undeclared = {
        f"{place} imports {module}"
        for module, place in imported(ROOT / folder)
        if module not in sys.stdlib_module_names | OURS | siblings and not distributions().get(module, set()) & known
    }
    assert undeclared == set()
