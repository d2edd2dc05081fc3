"""What calls may cost: patterns by their text, and calls by what they are given."""

from __future__ import annotations

import pytest

from emban.errors import EmbanError
from emban.sqlbox.costs import check_costs
from emban.sqlbox.pattern_cost import PatternCost, pattern_cost
from emban.sqlbox.syntax_tree import Node


@pytest.mark.parametrize(
    ("pattern", "cost"),
    [
        ("", PatternCost(0, 1, gives_up=False)),
        ("abc", PatternCost(3, 1, gives_up=False)),
        (r"\d{4}-\d{2}", PatternCost(7, 4, gives_up=False)),
        ("((a{1,100}){1,10})b", PatternCost(1001, 1000, gives_up=False)),
        ("(a{3}|b){2,}", PatternCost(8, 6, gives_up=False)),
        ("[^]a-z{9}]+x*?", PatternCost(2, 1, gives_up=False)),
        (r"\pL\p{Greek}\x{1F600}\x41", PatternCost(4, 1, gives_up=False)),
        (r"\Qa{9}\E{2}", PatternCost(16, 2, gives_up=False)),
        ("(?i)(?:a+)(?P<n>b)(?s:c)", PatternCost(4, 1, gives_up=False)),
        ("a{,5}", PatternCost(5, 1, gives_up=False)),
        ("a*b|a", PatternCost(3, 1, gives_up=True)),
        ("a(a*b)?", PatternCost(3, 1, gives_up=True)),
        ("(a+)+b", PatternCost(2, 1, gives_up=True)),
        ("(a{2,}){0,3}b", PatternCost(7, 6, gives_up=True)),
        ("(a|b)c", PatternCost(3, 1, gives_up=False)),
    ],
)
def test_a_pattern_costs_what_it_is_written_out(pattern: str, cost: PatternCost) -> None:
    assert pattern_cost(pattern) == cost


@pytest.mark.parametrize("pattern", ["(", "a)", "(a|b", "(" * 5000])
def test_what_is_no_pattern_is_for_the_engine_to_say(pattern: str) -> None:
    assert pattern_cost(pattern) is None


def text(value: str) -> Node:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return Node("Literal", f"'{escaped}'")


def number(value: int) -> Node:
    return Node("Literal", f"UInt64_{value}")


COLUMN = Node("Identifier", "user_id")


def call(name: str, *arguments: Node, parameters: tuple[Node, ...] = ()) -> Node:
    lists = [Node("ExpressionList", "", list(arguments))]
    if parameters:
        lists.append(Node("ExpressionList", "", list(parameters)))
    return Node("Function", name, lists)


LONG = call("repeat", text("a"), number(10))
RANGE = call("range", number(9))


@pytest.mark.parametrize(
    ("calls", "words"),
    [
        ([call("match", COLUMN, text("((a{1,100}){1,10})b"))], "1,001 parts, and 500"),
        ([call("match", COLUMN, COLUMN)], "as plain text"),
        ([call("splitByRegexp", COLUMN, COLUMN)], "as plain text"),
        ([call("REGEXP_EXTRACT", COLUMN, text("a" * 1001))], "at most 1,000 characters"),
        ([call("extract", COLUMN, text("a{21}")), LONG], "over 20 times in a statement that also calls repeat"),
        ([call("countMatches", COLUMN, text("a*b|a")), LONG], "also calls repeat"),
        ([call("printf", text("%1001d"), number(1))], "at most 1,000"),
        ([call("printf", text("%%%5.2147483646f"), number(1))], "at most 1,000"),
        ([call("printf", text("%*d"), number(1))], "at most 1,000"),
        ([call("printf", COLUMN, number(1))], "as plain text"),
        ([call("repeat", text("x"), number(1_000_001))], "at most 1,000,000"),
        ([call("lpad", text("x"), number(100_001))], "at most 100,000"),
        ([call("toFixedString", text("x"), number(16_000_000))], "at most 100,000"),
        ([call("arrayWithConstant", number(100_001), text("x"))], "at most 100,000"),
        ([call("arrayResize", COLUMN, number(100_001))], "at most 100,000"),
        ([call("indexOf", COLUMN, COLUMN), call("range", number(10_001))], "for over 10,000 elements"),
        ([call("has", COLUMN, COLUMN), call("range", number(1), number(99_999))], "for over 10,000 elements"),
        ([call("kolmogorovSmirnovTest", COLUMN, COLUMN)], "'two-sided', 'asymp'"),
        ([call("kolmogorovSmirnovTestIf", COLUMN, parameters=(text("less"), text("exact")))], "'asymp'"),
        ([call("hasAll", COLUMN, COLUMN)], "written out, with at most 100"),
        ([call("hasAny", RANGE, call("array", *[number(1)] * 101))], "written out, with at most 100"),
        ([call("pointInPolygon", COLUMN, call("array", COLUMN))], "written out as numbers"),
        ([call("like", COLUMN, text("%a" * 501))], "at most 1,000"),
        ([call("position", COLUMN, COLUMN), LONG], "also calls repeat"),
        ([call("position", COLUMN, text("a" * 1001)), LONG], "also calls repeat"),
    ],
)
def test_calls_that_could_take_long_are_refused_with_the_reason(calls: list[Node], words: str) -> None:
    with pytest.raises(EmbanError) as refused:
        check_costs(calls)
    assert refused.value.code == "sql_refused"
    assert refused.value.details["construct"] in {each.text for each in calls}
    assert words in refused.value.message


@pytest.mark.parametrize(
    "calls",
    [
        [call("match", COLUMN, text("^[a-z]{1,255}@example[.]com$"))],
        [call("replaceRegexpAll", COLUMN, text(r"^\s+|\s+$"), text(""))],
        [call("extractAll", COLUMN, text("[0-9]+")), LONG],
        [call("printf", text("%1000d %-5.2f%%"), number(1), number(2))],
        [call("repeat", text("x"), COLUMN)],
        [call("kolmogorovSmirnovTest", COLUMN, COLUMN, parameters=(text("two-sided"), text("asymp")))],
        [call("hasAny", COLUMN, call("array", text("a"), text("b")))],
        [call("hasAll", Node("Literal", "Array_['a', 'b']"), COLUMN)],
        [call("pointInPolygon", COLUMN, call("array", call("tuple", number(1), call("negate", number(2)))))],
        [call("position", COLUMN, COLUMN)],
        [call("locate", text("a"), COLUMN), LONG],
        [call("match")],
        [call("has", COLUMN, COLUMN), call("range", number(10_000)), call("range", COLUMN)],
    ],
)
def test_what_analysts_write_passes(calls: list[Node]) -> None:
    check_costs(calls)
