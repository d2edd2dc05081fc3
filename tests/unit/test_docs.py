"""Documentation that a machine can hold to the code."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
MAX_RECORD_LINES = 60


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_a_decision_record_is_short_and_names_what_holds_it(record: Path) -> None:
    lines = record.read_text().strip().splitlines()
    assert len(lines) <= MAX_RECORD_LINES
    assert lines[0].startswith("# ")
    assert lines[-1].startswith("Held by: ")
    named = re.findall(r"(?:tests|tools|web|bench)/[\w./-]+\w", lines[-1])
    missing = [path for path in named if not (ROOT / path).exists()]
    assert named, "the last line names no test or lint"
    assert not missing


def test_every_dependency_has_a_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[\[>=<]", requirement)[0] for requirement in project["dependencies"]}
    table = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text()
    without = sorted(name for name in names if not re.search(rf"\b{re.escape(name)}\b", table))
    assert not without


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    beside_code = [*ROOT.glob("clients/*/*.md"), *ROOT.glob("web/packages/*/*.md"), *(ROOT / "examples").rglob("*.md")]
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *beside_code]:
        targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
        broken += [f"{page.relative_to(ROOT)} → {to}" for to in targets if not (page.parent / to).exists()]
    assert not broken
