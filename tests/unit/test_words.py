"""One word, one meaning: the glossary leads to code that is there, and a class name exists once."""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "emban"
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| `(emban[\w.]+)` \|$", re.MULTILINE)
ROWS = ROW.findall((ROOT / "docs" / "glossary.md").read_text())


def sources() -> list[Path]:
    """Return the server's own modules; `client` is a link to another package."""
    return [path for path in sorted(SOURCE.rglob("*.py")) if "client" not in path.relative_to(SOURCE).parts]


def test_the_glossary_has_a_row_for_each_line_of_its_tables() -> None:
    lines = [line for line in (ROOT / "docs" / "glossary.md").read_text().splitlines() if line.startswith("|")]
    heads = [line for line in lines if line.startswith(("| term |", "|---"))]
    assert len(ROWS) == len(lines) - len(heads)
    assert len(ROWS) > 50


def test_a_term_has_one_meaning() -> None:
    terms = [term for term, _, _ in ROWS]
    assert sorted(set(terms)) == sorted(terms)


@pytest.mark.parametrize(("term", "name"), [(term, name) for term, _, name in ROWS], ids=lambda value: value)
def test_the_glossary_leads_to_code_that_is_there(term: str, name: str) -> None:
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[cut:]:
            assert hasattr(found, attribute), f"{term}: {name}"
            found = getattr(found, attribute)
        return
    pytest.fail(f"{term}: there is no {name}")


def test_a_class_name_exists_once() -> None:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(path.relative_to(SOURCE).as_posix())
    assert {name: where for name, where in found.items() if len(where) > 1} == {}


def test_a_module_is_not_named_by_a_gerund() -> None:
    nouns = {"onboarding", "billing", "paging", "scope_setting", "wiring"}  # Nouns all the same.
    gerunds = [path for path in sources() if path.stem.endswith("ing") and path.stem not in nouns]
    gerunds += [path for path in SOURCE.rglob("*ing") if path.is_dir() and path.name not in {*nouns, "scheduling"}]
    assert gerunds == []
