"""Real events: everything the API says about commits is what plain Python says."""

from __future__ import annotations

from typing import Any

import pytest

from emban.store.client import EventStore
from tests.integration.query.conftest import NOW, Asker, fresh_asker
from tests.support.events import commits
from tests.support.reference import Reference, assert_figures, labelled

EVERYTHING = {"event_name": "*", "date_from": "2017-01-01", "date_to": "2027-01-01"}
# Ten days around each change of the clock in 2025, in zones with and without one.
CHANGES = [
    ("Europe/Berlin", "2025-03-25", "2025-04-04"),
    ("Europe/Berlin", "2025-10-21", "2025-10-31"),
    ("America/New_York", "2025-03-04", "2025-03-14"),
    ("America/New_York", "2025-10-28", "2025-11-07"),
    ("Asia/Kolkata", "2025-03-25", "2025-04-04"),
    ("Asia/Kolkata", "2025-10-28", "2025-11-07"),
    ("Australia/Lord_Howe", "2025-04-01", "2025-04-11"),
]
METRICS: list[dict[str, str]] = [
    {"metric": "count"},
    {"metric": "count_unique"},
    *({"metric": name, "prop": "insertions"} for name in ("sum", "avg", "min", "max", "p50", "p95", "p99")),
]


@pytest.fixture(scope="module")
def reference() -> Reference:
    """The truth."""
    return Reference(commits(), NOW)


@pytest.fixture(scope="module")
async def ask(store: EventStore) -> Asker:
    """An org with the commits."""
    made = fresh_asker(store)
    await made.insert(commits())
    return made


async def assert_same(ask: Asker, reference: Reference, query: dict[str, Any], tenant: str | None = None) -> None:
    assert_figures(labelled(await ask(query, tenant), query), reference.points(query, tenant))


async def test_all_are_there(ask: Asker) -> None:
    answer = await ask({**EVERYTHING, "metric": "count"})
    assert answer["points"] == [{"t": None, "group": [], "value": len(commits())}]


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: str(metric["metric"]))
async def test_metrics_by_tenant(ask: Asker, reference: Reference, metric: dict[str, str]) -> None:
    await assert_same(ask, reference, {**EVERYTHING, **metric})
    await assert_same(ask, reference, {**EVERYTHING, **metric, "group_by": "tenant_id"})
    await assert_same(ask, reference, {**EVERYTHING, **metric, "group_by": ["kind", "mail"], "limit": 5, "other": True})


@pytest.mark.parametrize(("timezone", "date_from", "date_to"), CHANGES)
@pytest.mark.parametrize("granularity", ["hour", "day", "week"])
async def test_local_buckets_over_clock_changes(
    ask: Asker, reference: Reference, timezone: str, date_from: str, date_to: str, granularity: str
) -> None:
    window = {"event_name": "*", "date_from": date_from, "date_to": date_to, "timezone": timezone}
    for metric in (METRICS[0], METRICS[1], METRICS[2]):
        await assert_same(ask, reference, {**window, **metric, "granularity": granularity})


@pytest.mark.parametrize("timezone", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"])
async def test_a_year_of_local_days_and_months(ask: Asker, reference: Reference, timezone: str) -> None:
    year = {"event_name": "*", "metric": "count", "timezone": timezone, "date_from": "2025-01-01"}
    for granularity in ("day", "week", "month"):
        await assert_same(ask, reference, {**year, "date_to": "2026-01-01", "granularity": granularity})


async def test_one_tenant_with_filters(ask: Asker, reference: Reference) -> None:
    query = {
        **EVERYTHING,
        "event_name": "commit.pushed",
        "metric": "sum",
        "prop": "insertions",
        "group_by": "kind",
        "filters": {"dimensions": {"mail": ["gmail", "other"]}, "numeric_ranges": {"files": {"min": 2, "max": 10}}},
    }
    await assert_same(ask, reference, query, "pypi/warehouse")


async def test_series_of_the_best_groups_and_the_rest(ask: Asker, reference: Reference) -> None:
    for metric in METRICS:
        query = {
            "event_name": "*",
            **metric,
            "date_from": "2025-01-01",
            "date_to": "2025-07-01",
            "timezone": "Europe/Berlin",
            "granularity": "month",
            "group_by": "tenant_id",
            "limit": 3,
            "other": True,
        }
        await assert_same(ask, reference, query)


async def test_distinct_users_about(ask: Asker, reference: Reference) -> None:
    query = {**EVERYTHING, "metric": "count_unique_approx", "group_by": "tenant_id"}
    assert_figures(labelled(await ask(query), query), reference.points(query), tolerance=0.02)
