"""Docstrings and comments of the package name modules, classes and functions that are there."""

from __future__ import annotations

import ast
import importlib
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "src" / "emban"
PARTS = {path.stem for path in ROOT.iterdir() if path.suffix in {"", ".py"} and not path.name.startswith(("_", "."))}
DOTTED = re.compile(r"`?\bemban((?:\.[A-Za-z_]\w*)+)|`((?:[a-z_]\w*)(?:\.[A-Za-z_]\w*)+)")
# What else is written so: tables of the event store, and the session settings that row policies compare with.
OTHERS = re.compile(r"^emban\.(?:events|org_id|user_id|credential|email|task|other)\b")
# Fields of a request, by the name of the schema that a package of Emban happens to have.
FIELDS = {"query.as_of"}


def prose(source: str) -> Iterator[tuple[int, str]]:
    """Yield each docstring and comment with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text:
                yield node.body[0].lineno, text
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def named(text: str) -> Iterator[str]:
    """Yield what looks like a name within Emban, in full."""
    for match in DOTTED.finditer(text):
        full, short = match.groups()
        if full is not None and not OTHERS.match(f"emban{full}"):
            yield f"emban{full}"
        elif short is not None and short.partition(".")[0] in PARTS and short not in FIELDS:
            yield f"emban.{short}"


def resolves(name: str) -> bool:
    """Tell whether a dotted name is a module, or an attribute of one."""
    parts = name.removesuffix(".py").split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[length:]:
            if not hasattr(found, attribute) and attribute not in getattr(found, "__annotations__", {}):
                return False
            found = getattr(found, attribute, None)
        return True
    return False


def unknown(source: str) -> list[tuple[int, str]]:
    return [(line, name) for line, text in prose(source) for name in named(text) if not resolves(name)]


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_names_lead_somewhere(path: Path) -> None:
    assert unknown(path.read_text()) == []


def test_a_name_of_nothing_is_found() -> None:
    docstring = '"""See `db.sweeper`, `emban.kit.crypto` and emban.errors.EmbanError.nowhere."""'
    source = f"{docstring}\n# As `app.build.build_app`.\n"
    assert unknown(source) == [(1, "emban.db.sweeper"), (1, "emban.errors.EmbanError.nowhere")]
