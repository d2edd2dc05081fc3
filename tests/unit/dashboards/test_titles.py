"""Property names in words."""

from __future__ import annotations

import pytest

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
