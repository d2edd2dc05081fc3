"""Fail where a source file has over 400 lines or a function over 50: both are asked to be split, by verb."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
MAX_FILE, MAX_FUNCTION = 400, 50
PYTHON = ("src", "tests", "bench", "tools", "clients")
# Alembic writes a migration as one long list of columns; it is read once, top to bottom.
LONG_FUNCTIONS_ALLOWED = ("src/emban/db/migrations/versions/",)
WEB_ENDINGS = {".ts", ".tsx", ".css"}
SKIPPED = {"node_modules", "dist", "build", ".venv", "static", "generated"}


def python_files() -> Iterator[Path]:
    """Yield the Python sources."""
    for folder in PYTHON:
        yield from (path for path in (ROOT / folder).rglob("*.py") if not SKIPPED & set(path.parts))


def web_files() -> Iterator[Path]:
    """Yield the TypeScript and CSS sources that people write."""
    for path in (ROOT / "web").rglob("*"):
        if path.suffix in WEB_ENDINGS and not SKIPPED & set(path.relative_to(ROOT).parts):
            yield path


def long_functions(path: Path) -> Iterator[str]:
    """Yield a complaint for each function over the limit."""
    relative = path.relative_to(ROOT).as_posix()
    if relative.startswith(LONG_FUNCTIONS_ALLOWED):
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MAX_FUNCTION:
                yield f"{relative}:{node.lineno}: {node.name} has {lines} lines (at most {MAX_FUNCTION})"


def main() -> int:
    """Print every complaint; return 1 if there is one."""
    complaints: list[str] = []
    for path in (*python_files(), *web_files()):
        lines = len(path.read_text().splitlines())
        if lines > MAX_FILE:
            complaints.append(f"{path.relative_to(ROOT)}: {lines} lines (at most {MAX_FILE})")
    for path in python_files():
        complaints.extend(long_functions(path))
    print("\n".join(complaints) if complaints else "sizes: fine")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
