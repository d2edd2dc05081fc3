"""Formulas, series, rolling figures, distinct values, sketches: by every path what plain Python says of real events."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fastapi import FastAPI

from emban.query.plan import planner as planning
from emban.query.plan.planner import DAILY, HOURLY, RAW
from emban.query.plan.planner import Path as QueryPath
from emban.query.spec.metrics import RELATIVE_ERROR
from emban.store.client import EventStore
from tests.integration.query.conftest import Asker, fresh_asker
from tests.integration.query.test_paths import rolled_up
from tests.support.control import make_org
from tests.support.events import commits
from tests.support.reference import Event, Figure, Group, Label, Reference, assert_figures, figure, labelled

# In the middle of a day, of a week and of a month, in the busiest year of the commits.
NOW = datetime(2025, 10, 29, 13, 37, 0, 250_000, tzinfo=UTC)
DOCUMENT = Path(__file__).parents[3] / "docs" / "reference" / "queries.md"
INSERTIONS, DELETIONS = ({"metric": "sum", "prop": prop} for prop in ("insertions", "deletions"))
FROM_GMAIL = {"metric": "count", "filters": {"dimensions": {"mail": "gmail"}}}
SHARE: dict[str, Any] = {
    "metric": "formula",
    "formula": "gmail / total * 100",
    "figures": {"gmail": FROM_GMAIL, "total": {"metric": "count"}},
}
CHURN: dict[str, Any] = {
    "metric": "formula",
    "formula": "-(deleted - added) / (deleted + added)",
    "figures": {"added": INSERTIONS, "deleted": DELETIONS},
}
PER_PERSON: dict[str, Any] = {
    "metric": "formula",
    "formula": "commits / people",
    "figures": {"commits": {"metric": "count"}, "people": {"metric": "count_unique"}},
}
ASKED: list[dict[str, Any]] = [
    SHARE,
    CHURN,
    PER_PERSON,
    {"metric": "count_unique", "prop": "kind"},
    {"metric": "count_unique", "prop": "tenant_id"},
    {**SHARE, "group_by": "tenant_id", "limit": 3, "other": True},
    {**CHURN, "group_by": "kind", "limit": 2, "other": True, "order": "asc"},
    {"series": {"added": INSERTIONS, "deleted": DELETIONS, "churn": CHURN}},
    {"series": {"people": {"metric": "count_unique"}, "commits": {"metric": "count"}, "gmail": FROM_GMAIL}},
]
SHAPES: list[dict[str, Any]] = [
    {},
    {"granularity": "day"},
    {"granularity": "week", "cumulative": True},
    {"granularity": "day", "moving_average": 7},
]
WINDOWS: list[dict[str, Any]] = [
    {"period": "30d"},
    {"period": "this_month", "timezone": "Europe/Berlin"},
    {"period": "last_month", "timezone": "Asia/Kolkata"},
    {"period": "this_week", "timezone": "America/New_York"},
    {"period": "this_year"},
    {"date_from": "2025-10-20", "date_to": "2025-10-30", "timezone": "Australia/Lord_Howe"},
]


@pytest.fixture(scope="module")
def reference() -> Reference:
    """The truth."""
    return Reference(commits(), NOW)


@pytest.fixture(scope="module")
async def ask(store: EventStore) -> Asker:
    """An org with the commits, all of them rolled up."""
    made = fresh_asker(store)
    await made.insert(commits())
    made.watermark.rolled = await rolled_up(store, made.scope(), 0, [])
    return made


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: str(window.get("period", "dates")))
@pytest.mark.parametrize("path", [RAW, HOURLY, DAILY], ids=lambda path: str(path.name))
async def test_by_every_path(
    ask: Asker, reference: Reference, path: QueryPath, window: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "PATHS", (replace(path, cost=lambda _: 0.0), RAW))
    taken = set()
    for asked in ASKED:
        for shape in SHAPES:
            query = {"event_name": "*", **asked, **shape, **window}
            answer = await ask(query, now=NOW)
            assert_figures(labelled(answer, query), reference.points(query))
            taken.add(answer["meta"]["path"])
    assert path.name in taken or window.get("timezone", "UTC") != "UTC"


async def test_a_column_of_a_table_is_a_figure_of_its_own(ask: Asker, reference: Reference) -> None:
    window = {"event_name": "*", "period": "this_year"}
    table = {
        **window,
        "columns": ["tenant_id", {**SHARE, "title": "Gmail %"}, CHURN, FROM_GMAIL],
        "order_by": "Gmail %",
    }
    answer = await ask(table, now=NOW)
    assert [column["name"] for column in answer["columns"]] == ["tenant_id", "Gmail %", "formula", "count"]
    assert answer["columns"][1]["type"] == "number"
    for place, part in ((1, SHARE), (2, CHURN), (3, FROM_GMAIL)):
        expected = reference.points({**window, **part, "group_by": "tenant_id", "limit": 100})
        found: dict[tuple[Group, Label], Figure] = {((row[0],), ()): row[place] for row in answer["rows"]}
        expected_of_all = {group: expected.get((group, ()), 0) for group, _ in found}
        assert_figures(found, {(group, ()): value for group, value in expected_of_all.items()})


@pytest.mark.parametrize("percent", [50, 95, 99])
async def test_sketches_are_as_near_as_they_say(ask: Asker, percent: int) -> None:
    query = {"event_name": "*", "metric": f"p{percent}_approx", "prop": "insertions", "period": "this_year"}
    answer = await ask({**query, "group_by": "tenant_id", "other": True, "limit": 3}, now=NOW)
    assert answer["meta"]["relative_error"] == RELATIVE_ERROR == 0.01
    events = Reference(commits(), NOW)._matching(query, None, None, UTC)  # type: ignore[arg-type]
    shown = [point["group"][0] for point in answer["points"] if "other" not in point]
    assert len(shown) == 3
    for point in answer["points"]:
        rest = "other" in point
        mine = [one for one in events if (one.tenant not in shown if rest else one.tenant == point["group"][0])]
        numbers = sorted(one.numbers["insertions"] for one in mine if "insertions" in one.numbers)
        rank = (len(numbers) - 1) * percent / 100
        below, above = numbers[math.floor(rank)], numbers[math.ceil(rank)]
        assert below * (1 - RELATIVE_ERROR) - 1e-9 <= point["value"] <= above * (1 + RELATIVE_ERROR) + 1e-9


async def test_exact_figures_state_no_error(ask: Asker) -> None:
    answer = await ask({"event_name": "*", "metric": "p95", "prop": "insertions", "period": "30d"}, now=NOW)
    assert "relative_error" not in answer["meta"]


async def test_a_sketch_of_nothing_below_zero_and_of_zeros(asker: Asker) -> None:
    at = datetime(2025, 10, 29, tzinfo=UTC)
    query = {"event_name": "*", "metric": "p50_approx", "prop": "x", "period": "7d"}
    assert (await asker(query, now=NOW))["points"][0]["value"] is None
    await asker.insert(Event("t", "e", at, numbers={"x": value}) for value in (-1000.0, -100.0, 0.0, 0.0, 7.0))
    assert (await asker(query, now=NOW))["points"][0]["value"] == 0
    low = await asker({**query, "filters": {"numeric_ranges": {"x": {"max": -1}}}}, now=NOW)
    assert low["points"][0]["value"] == pytest.approx(-1000, rel=RELATIVE_ERROR)


@pytest.mark.parametrize("value", [0.194, 0.5, -0.3, 1e-6, 3.7e-5, 0.999, 1.0, 1.001, 77.7, -1e-4, 123_456.7])
async def test_a_sketch_of_one_number_is_next_to_it(asker: Asker, value: float) -> None:
    """The engine's own are off by more than they say where a number is below 1."""
    await asker.insert([Event("t", "e", datetime(2025, 10, 29, tzinfo=UTC), numbers={"x": value})])
    for metric in ("p50_approx", "p99_approx"):
        query = {"event_name": "*", "metric": metric, "prop": "x", "period": "7d"}
        assert (await asker(query, now=NOW))["points"][0]["value"] == pytest.approx(value, rel=RELATIVE_ERROR)


@pytest.mark.parametrize("values", [(1e-300, 1e308), (1.7976931348623157e308,), (5e-324, 1.0, -1e300), (1e71, 2.0)])
async def test_numbers_that_no_sketch_holds_are_ranked_exactly(asker: Asker, values: tuple[float, ...]) -> None:
    at = datetime(2025, 10, 29, tzinfo=UTC)
    await asker.insert(Event("t", "e", at, strings={"kind": "a"}, numbers={"x": value}) for value in values)
    await asker.insert([Event("t", "e", at, strings={"kind": "b"}, numbers={"x": 5.0})])
    ranked = sorted(values)
    query = {"event_name": "*", "metric": "p99_approx", "prop": "x", "period": "7d", "group_by": "kind"}
    found = {point["group"][0]: point["value"] for point in (await asker(query, now=NOW))["points"]}
    assert found["a"] in ranked[math.floor((len(ranked) - 1) * 0.99) :]
    assert found["b"] == pytest.approx(5, rel=RELATIVE_ERROR)
    ratio = {"metric": "formula", "formula": "p / p", "figures": {"p": {"metric": "p99_approx", "prop": "x"}}}
    assert (await asker({"event_name": "*", **ratio, "period": "7d"}, now=NOW))["points"][0]["value"] == 1


async def test_the_longest_formulas_are_answered(ask: Asker, reference: Reference) -> None:
    """As many operators as fit, over a figure with as many filters as may be, in each shape of a statement."""
    dimensions = {f"d{number}": [""] for number in range(20)}
    for sign in "+-*":
        formula = sign.join(["a"] * 250)
        part = {"metric": "count", "filters": {"dimensions": dimensions}}
        long = {"metric": "formula", "formula": formula, "figures": {"a": part}}
        assert len(formula) == 499
        query = {"event_name": "*", **long, "date_from": "2025-10-20", "date_to": "2025-10-24"}
        for shape in ({}, {"granularity": "day", "moving_average": 2}, {"group_by": "kind", "limit": 1, "other": True}):
            answer = await ask({**query, **shape}, now=NOW)
            if sign != "*":
                assert_figures(labelled(answer, {**query, **shape}), reference.points({**query, **shape}))


async def test_the_same_rolling_question_has_the_same_answer(asker: Asker) -> None:
    """Whichever thread saw which row first: what buckets come to does not show in the last digit."""
    pick = Random(7)
    at = datetime(2025, 10, 1, tzinfo=UTC)
    await asker.insert(
        Event("t", "e", at + timedelta(minutes=pick.randrange(29 * 1440)), numbers={"x": pick.random() * 1e3 / 7})
        for _ in range(20_000)
    )
    for rolling in ({"cumulative": True}, {"moving_average": 5}):
        for metric in ("avg", "sum"):
            query = {"event_name": "*", "metric": metric, "prop": "x", "period": "30d", "granularity": "day", **rolling}
            answers = {str((await asker(query, now=NOW))["points"]) for _ in range(12)}
            assert len(answers) == 1


async def test_of_compared_figures_each_is_a_ratio_of_sums(ask: Asker, reference: Reference) -> None:
    query = {"event_name": "*", **SHARE, "period": "this_month", "granularity": "week", "compare": "previous_period"}
    answer = await ask(query, now=NOW)
    before = {"date_from": "2025-09-01", "date_to": "2025-09-29T13:37:00.250Z"}
    past = list(reference.points({"event_name": "*", **SHARE, "granularity": "week", **before}).values())
    found = [point["previous_value"] for point in answer["points"]]
    assert len(found) == len(past) == 5
    for one, expected in zip(found, past, strict=True):
        assert one == (None if expected is None else pytest.approx(expected))


async def test_huge_numbers_of_a_formula_are_asked_for_again_or_null(asker: Asker) -> None:
    at = datetime(2025, 10, 29, tzinfo=UTC)
    await asker.insert(Event("t", "e", at, numbers={"x": value}) for value in (1e308, 1e308, -1.5e308))
    figures = {"x": {"metric": "sum", "prop": "x"}, "n": {"metric": "count"}}
    query = {"event_name": "*", "metric": "formula", "formula": "x / n", "figures": figures, "period": "7d"}
    assert (await asker(query, now=NOW))["points"][0]["value"] == pytest.approx(0.5e308 / 3)
    beyond = {**query, "formula": "x * n * 1000"}
    assert (await asker(beyond, now=NOW))["points"][0]["value"] is None


def documented() -> list[dict[str, Any]]:
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)]


async def test_the_examples_of_the_reference_answer(app: FastAPI) -> None:
    org = await make_org(app)
    assert len(documented()) >= 6
    for body in documented():
        for route in ("/v1/query", "/v1/query/plan"):
            answer = await org["owner"].post(route, json=body)
            assert answer.status_code == 200, answer.text
        asked = {"q": json.dumps(body)}
        assert (await org["owner"].get("/v1/query", params=asked)).json()["meta"]["as_of"] is None


def test_the_plain_answer_knows_a_ratio_of_sums_from_a_mean_of_ratios() -> None:
    """The reference itself: of 1 in 2 and 3 in 4 it is 4 in 6."""
    at = datetime(2025, 10, 29, tzinfo=UTC)
    events = [Event("t", "e", at, strings={"mail": "gmail" if n in {0, 2, 3, 4} else ""}) for n in range(6)]
    assert figure(SHARE, events) == pytest.approx(400 / 6)
