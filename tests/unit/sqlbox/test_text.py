"""Statements as text: what is refused unseen, and the words of a canonical form."""

from __future__ import annotations

import pytest

from emban.errors import EmbanError
from emban.sqlbox.statement_text import MAX_BYTES, applied_functions, check_canonical, check_text, tokens


@pytest.mark.parametrize("sql", ["SELECT 1", "SELECT 'ä€😀'\n-- x\r\n", "SELECT\t1"])
def test_visible_text_passes(sql: str) -> None:
    check_text(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "  \n",
        "SELECT \x00",
        "SELECT \x1b[0m",
        "SELECT \u202e1",
        "SELECT \u200b1",
        "\ufeffSELECT 1",
        "SELECT\x851",
        "SELECT '" + "x" * MAX_BYTES + "'",
        "SELECT '" + "ä" * (MAX_BYTES // 2) + "'",
        "SELECT \ud800",
    ],
    ids=range(11),
)
def test_unseen_and_overlong_text_is_refused(sql: str) -> None:
    with pytest.raises(EmbanError) as caught:
        check_text(sql)
    assert (caught.value.code, caught.value.fields[0].path) == ("sql_refused", "sql")


@pytest.mark.parametrize(
    "canonical",
    ["SELECT 'a\\nb'", "SELECT `a b`", "SELECT 'it\\'s', \"x\" FROM t", "WITH recursive AS (SELECT 1) SELECT 1"],
)
def test_plain_names_pass(canonical: str) -> None:
    check_canonical(canonical)


@pytest.mark.parametrize(
    "canonical", ["SELECT `a\\nb`", "SELECT `a\\`b`", "SELECT 1 AS `x\ny`", "WITH RECURSIVE r AS (SELECT 1) SELECT 1"]
)
def test_names_with_breaks_and_recursion_are_refused(canonical: str) -> None:
    with pytest.raises(EmbanError):
        check_canonical(canonical)


def test_tokens_keep_strings_and_names_whole() -> None:
    assert list(tokens("f('a\\'b', `c d`, \"e\") + 1.5e3")) == [
        ("word", "f"),
        ("other", "("),
        ("string", "'a\\'b'"),
        ("other", ","),
        ("quoted", "`c d`"),
        ("other", ","),
        ("quoted", '"e"'),
        ("other", ")"),
        ("other", "+"),
        ("number", "1.5e3"),
    ]


@pytest.mark.parametrize("canonical", ["SELECT 'open", "SELECT `open", 'SELECT "open'])
def test_open_quotes_are_refused(canonical: str) -> None:
    with pytest.raises(EmbanError):
        list(tokens(canonical))


@pytest.mark.parametrize(
    ("canonical", "names"),
    [
        ("SELECT * APPLY toString FROM t", ["toString"]),
        ("SELECT * APPLY quantile(0.5, 'x'), * APPLY file", ["quantile", "file"]),
        ("SELECT 'APPLY file', `APPLY` FROM t", []),
        ("SELECT * APPLY", [""]),
    ],
)
def test_names_behind_apply_are_found(canonical: str, names: list[str]) -> None:
    if names == [""]:
        with pytest.raises(EmbanError):
            applied_functions(canonical)
    else:
        assert applied_functions(canonical) == names


@pytest.mark.parametrize(
    "canonical",
    [
        "SELECT * APPLY (x -> file(x)) FROM t",
        "SELECT * APPLY lower -> file(lower) FROM t",
        "SELECT * APPLY quantile(file('x')) FROM t",
        "SELECT * APPLY `file` FROM t",
        "SELECT * APPLY quantile(1 + 1) FROM t",
    ],
)
def test_more_than_a_name_behind_apply_is_refused(canonical: str) -> None:
    with pytest.raises(EmbanError):
        applied_functions(canonical)
