"""Engine errors in the user's words: fixed sentences, names that the user typed, nothing else of the engine's text."""

from __future__ import annotations

import pytest

from emban.sqlbox.messages import explained
from emban.store.adhoc import AdhocError

SECRET = "another org's value"


def told(code: int, text: str, sql: str) -> str:
    return explained(AdhocError(code, text), sql).message


def test_the_engines_text_stays_in() -> None:
    for code in (*range(1, 800), 9999):
        text = (
            f"Code: {code}. Cannot parse '{SECRET}' in /var/lib/data on host-7 `hidden_table` function secretFunction"
        )
        error = explained(AdhocError(code, text), "SELECT tenant_id FROM emban.events")
        said = str(error.body())
        assert not any(word in said for word in (SECRET, "/var/lib", "host-7", "hidden_table", "secretFunction")), code
        assert error.status == 400


@pytest.mark.parametrize(
    ("code", "text", "sql", "words"),
    [
        (
            47,
            "Unknown expression identifier `foo`. In scope SELECT foo",
            "SELECT foo",
            "there is no column or name foo",
        ),
        (47, "Unknown identifier `tenantid`", "SELECT tenantid", "did you mean tenant_id?"),
        (47, "Unknown identifier `foo`. Maybe you meant: ['secret']", "SELECT 1", "there is no column or name"),
        (42, "Number of arguments for function toDate doesn't match", "SELECT toDate()", "the function toDate"),
        (215, "Column `tenant_id` is not under aggregate", "SELECT tenant_id", "the column tenant_id is neither"),
        (159, "Timeout exceeded: elapsed 30 s", "SELECT 1", "longer than it may"),
        (241, "Memory limit exceeded: would use 1.2 GiB", "SELECT 1", "more memory"),
        (6, "Cannot parse string 'x' as UInt8", "SELECT 1", "OrNull"),
    ],
)
def test_the_mistake_is_told(code: int, text: str, sql: str, words: str) -> None:
    assert words in told(code, text, sql)


def test_a_syntax_error_points_at_the_users_own_text() -> None:
    sql = "SELECT 'ä',\n  count( FROM x"
    position = len(sql.encode()[: sql.encode().index(b"FROM")]) + 1
    error = explained(AdhocError(62, f"Syntax error: failed at position {position} (FROM) (line 9, col 9): FROM"), sql)
    assert error.details == {"position": sql.index("FROM") + 1, "line": 2, "column": 10}
    assert "near 'FROM x', line 2, column 10" in error.message


@pytest.mark.parametrize("text", ["Syntax error", "failed at position 0 (x)", "failed at position 99999 (x)"])
def test_a_place_that_cannot_be_is_not_told(text: str) -> None:
    assert explained(AdhocError(62, text), "SELECT").details == {}
