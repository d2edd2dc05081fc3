"""The Makefile's verbs: each has a rule, and `make help` knows what it is for."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "Makefile").read_text()
RULES = set(re.findall(r"^([a-z][a-z-]*):(?!=)", TEXT, re.MULTILINE))


def phony() -> set[str]:
    """Return the names that are said to be no files."""
    (names,) = re.findall(r"^\.PHONY: ((?:.*\\\n)*.*)$", TEXT, re.MULTILINE)
    return set(names.replace("\\", " ").split())


def test_each_phony_name_has_a_rule() -> None:
    # A name without one succeeds and does nothing.
    assert phony() - RULES == set()


def test_each_rule_is_phony() -> None:
    # A file of that name would else keep the rule from running.
    assert RULES - phony() == set()


def test_help_has_a_line_for_each_verb() -> None:
    told = re.findall(r"^  ([a-z-]+) ", make("help"), re.MULTILINE)
    assert sorted(told) == sorted(phony())


def test_help_is_what_make_alone_does() -> None:
    assert make("--dry-run") == make("--dry-run", "help")


def make(*arguments: str) -> str:
    """Return what `make` prints."""
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
