"""Property names in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emban.dashboards.discovery import titles
from emban.dashboards.discovery.titles import title_of


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("model", "Model"),
        ("tokens_in", "Tokens in"),
        ("apiKeyCount", "API key count"),
        ("HTTPStatus", "HTTP status"),
        ("user.country-code", "User country code"),
        ("utc_offset", "UTC offset"),
        ("größe", "Größe"),
        ("Ω", "Ω"),
        ("--", "--"),
    ],
)
def test_a_name_becomes_a_title(name: str, title: str) -> None:
    assert title_of(name) == title


def test_the_pages_know_the_same_acronyms() -> None:
    """Else a figure would be called one thing by the server and another by the page."""
    source = (Path(__file__).parents[3] / "web" / "packages" / "charts" / "src" / "format" / "unit.ts").read_text()
    (listed,) = re.findall(r"ACRONYMS = new Set\(\s*'([^']*)'", source)
    assert set(listed.split()) == titles._ACRONYMS
