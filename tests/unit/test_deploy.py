"""Commands and settings that deploy/ and docs/ tell people to type exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from emban.cli.main import COMMANDS, build
from emban.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").iterdir()]
SETTINGS = {f"EMBAN_{name.upper()}" for name in Settings.model_fields}
# Read by `emban import`, by the scripts of guides and examples, by tests and benchmarks.
OTHERS = {
    "EMBAN_API_KEY",
    "EMBAN_ADMIN_KEY",
    "EMBAN_KEY",
    "EMBAN_URL",
    "EMBAN_TEST_CLICKHOUSE_URL",
    "EMBAN_BENCH_EVENTS",
    "EMBAN_BENCH_OTHER",
    "EMBAN_BENCH_SECONDS",
}
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_CALL = re.compile(r"(?:^|[\s`\"]|bin/)emban\"?,? \"?([a-z][a-z-]*)\"?([^\n`|#]*)", re.MULTILINE)
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def typed(page: Path) -> str:
    """Return what of a page is to be typed: all of a file of deploy/, the code of a document."""
    text = page.read_text()
    return "\n".join(_CODE.findall(text)) if page.suffix == ".md" else text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_settings_that_are_named_exist(page: Path) -> None:
    # EMBAN_* stands for all of them.
    named = set(re.findall(r"\bEMBAN_[A-Z][A-Z_]*[A-Z]\b", page.read_text()))
    assert named - SETTINGS - OTHERS == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_are_shown_exist_with_their_options(page: Path) -> None:
    for name, rest in _CALL.findall(typed(page)):
        assert name in COMMANDS, f"emban {name}"
        options = options_of(name)
        unknown = [option for option in _OPTION.findall(rest) if option not in options]
        assert unknown == [], f"emban {name}"


def options_of(name: str) -> set[str]:
    """Return the options of a command and of its subcommands."""
    waiting: list[Any] = [get_command(build([name]))]
    found = {"--help", "--version"}
    while waiting:
        command = waiting.pop()
        found |= {option for parameter in command.params for option in parameter.opts}
        waiting += getattr(command, "commands", {}).values()
    return found


def test_the_commands_are_found_where_they_stand() -> None:
    """The search itself: a page whose commands it does not see would pass."""
    calls = {name for page in PAGES for name, _ in _CALL.findall(typed(page))}
    assert {"serve", "demo", "migrate", "doctor", "settings", "import", "org", "audit"} <= calls
    assert "--data-dir" in options_of("serve")
    assert "--env" in options_of("import")
