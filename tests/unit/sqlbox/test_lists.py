"""Functions, types and values: what is on the lists, and how values become JSON."""

from __future__ import annotations

from typing import Any

import pytest

from emban.errors import EmbanError
from emban.sqlbox.functions import AGGREGATES, SCALARS, is_allowed, why_not
from emban.sqlbox.type_names import refused_type
from emban.sqlbox.values import check_depth, convert_rows

USED = (
    "count COUNT countIf sumArrayIf quantilesExactIf uniqOrNull maxMap toDate DATE_TRUNC if sumMap avgForEach "
    "sumDistinct argMaxIf"
)
LOOK_ELSEWHERE = (
    "file FILE url remote getSetting currentRoles hostName version uptime sleep input merge cluster generateRandom "
    "dictGet joinGet rand uniqState sumMerge sumResample arrayReduce initializeAggregation finalizeAggregation throwIf "
    "lowCardinalityKeys toColumnTypeName runningDifference blockNumber indexHint formatRow evalMLMethod numbers "
    "countState"
)


@pytest.mark.parametrize("name", USED.split())
def test_functions_that_analysts_use(name: str) -> None:
    assert is_allowed(name)


@pytest.mark.parametrize("name", ["", *LOOK_ELSEWHERE.split()])
def test_functions_that_look_elsewhere(name: str) -> None:
    assert not is_allowed(name)
    assert why_not(name)


def test_no_function_is_on_both_lists_by_another_case() -> None:
    assert not {name.lower() for name in SCALARS} & {name.lower() for name in AGGREGATES}


@pytest.mark.parametrize(
    "text",
    [
        "UInt8",
        "Nullable(String)",
        "Array(Map(String, Float64))",
        "Tuple(id UInt8, name String)",
        "DateTime64(3, 'UTC')",
        "Enum8('a' = 1, 'b' = -2)",
        "Decimal(10, 2)",
        "double precision",
        "VARCHAR(10)",
        "LowCardinality(String)",
    ],
)
def test_types_of_values_pass(text: str) -> None:
    assert refused_type(text) is None


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("AggregateFunction(sum, UInt8)", "AggregateFunction"),
        ("Array(AggregateFunction(sum, UInt8))", "AggregateFunction"),
        ("Tuple(a JSON)", "JSON"),
        ("Dynamic", "Dynamic"),
        ("Variant(String, UInt8)", "Variant"),
        ("Tuple(`a b` UInt8)", "`a b` UInt8)"),
        ("Object('json')", "Object"),
        ("SimpleAggregateFunction(sum, UInt64)", "SimpleAggregateFunction"),
    ],
)
def test_other_types_are_refused(text: str, bad: str) -> None:
    assert refused_type(text) == bad


@pytest.mark.parametrize(
    ("type_name", "value", "expected"),
    [
        ("UInt64", "9007199254740991", 9007199254740991),
        ("UInt64", "9007199254740992", "9007199254740992"),
        ("Int64", "-9007199254740993", "-9007199254740993"),
        ("Nullable(Int64)", None, None),
        ("LowCardinality(Nullable(UInt64))", "5", 5),
        ("Array(Array(UInt64))", [["1"], ["99999999999999999"]], [[1], ["99999999999999999"]]),
        ("Map(String, UInt64)", {"a": "1"}, {"a": 1}),
        ("Map(LowCardinality(String), Array(Int64))", {"a": ["1"]}, {"a": [1]}),
        ("Tuple(UInt64, String)", ["1", "1"], [1, "1"]),
        ("Tuple(id UInt64, `na me` String)", {"id": "1", "na me": "2"}, {"id": 1, "na me": "2"}),
        ("Tuple(a Tuple(b UInt64, c String), d Enum8('x,(' = 1))", {"a": {"b": "1", "c": "2"}, "d": "x"}, None),
        ("IntervalDay", "3", 3),
        ("String", "12", "12"),
        ("Enum8('UInt64' = 1)", "UInt64", "UInt64"),
        ("UInt256", "115792089237316195423570985008687907853269984665640564039457584007913129639935", None),
        ("Float64", 1.5, 1.5),
    ],
)
def test_wide_integers_become_numbers_where_they_fit(type_name: str, value: Any, expected: Any) -> None:
    rows = [[value]]
    convert_rows([type_name], rows)
    if type_name.startswith("Tuple(a"):
        expected = {"a": {"b": 1, "c": "2"}, "d": "x"}
    assert rows == [[value if type_name == "UInt256" else expected]]


def test_values_may_be_nested_a_hundred_deep() -> None:
    check_depth(["String", "Array(" * 100 + "UInt8" + ")" * 100, "Enum8('((((' = 1)"])
    for type_name in ("Array(" * 101 + "UInt8" + ")" * 101, "Tuple(a Map(String, " * 51 + "UInt8" + "))" * 51):
        with pytest.raises(EmbanError, match="nested over 100 levels"):
            check_depth([type_name])


@pytest.mark.parametrize("name", ["generateSeries", "generate_series", "numbers"])
def test_functions_that_make_tables_are_refused_for_that(name: str) -> None:
    assert why_not(name) == "it makes a table; for a series of numbers use arrayJoin(range(…))"
