"""Which property says that something failed: found by name and values, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from emban.dashboards.discovery.auto_create import compose
from emban.dashboards.discovery.outcomes import find_outcome
from emban.query.spec.validation import read_query
from tests.unit.dashboards.test_auto_create import LLM, NOW, dimension, findings

FOUND: list[tuple[str, list[str], list[str]]] = [
    ("status", ["ok", "error", "timeout"], ["error", "timeout"]),
    ("status", ["ok", "rate_limited", "Timed out"], ["Timed out", "rate_limited"]),
    ("job_outcome", ["done", "FAILED"], ["FAILED"]),
    ("httpStatus", ["200", "404", "503"], ["404", "503"]),
    ("response_code", ["200", "500"], ["500"]),
    ("success", ["true", "false"], ["false"]),
    ("result", ["passed", "payment declined"], ["payment declined"]),
]


@pytest.mark.parametrize(("name", "values", "failures"), FOUND)
def test_failures_are_found(name: str, values: Sequence[str], failures: Sequence[str]) -> None:
    outcome = find_outcome(findings(dimensions=(dimension(name, len(values), top=values),)))
    assert outcome is not None
    assert (outcome.prop, list(outcome.failures)) == (name, sorted(failures))


NOT_FOUND: list[tuple[str, list[str], dict[str, Any]]] = [
    ("model", ["ok", "error"], {}),
    ("status", ["open", "closed"], {}),
    ("status", ["error", "failed"], {}),  # Nothing else: everything would have failed.
    ("area_code", ["415", "503"], {}),
    ("country_code", ["de", "us"], {}),
    ("status", ["ok", "error"], {"count": 800}),  # On too few of the events.
    ("state", ["false", "true"], {}),
]


@pytest.mark.parametrize(("name", "values", "other"), NOT_FOUND)
def test_no_failures_are_made_up(name: str, values: Sequence[str], other: dict[str, Any]) -> None:
    assert find_outcome(findings(dimensions=(dimension(name, len(values), top=values, **other),))) is None


def test_failures_that_were_not_looked_at_make_no_rate() -> None:
    many = dimension("status", 30, top=["ok", "error"])
    assert find_outcome(findings(dimensions=(many,))) is None


def test_the_dashboard_has_the_rate() -> None:
    status = dimension("status", 2, top=["ok", "error"])
    made = compose(replace(LLM, dimensions=(*LLM.dimensions, status)), NOW)
    (rate,) = [widget for widget in made["widgets"] if widget["title"] == "Error rate"]
    assert (rate["kind"], rate["format"], rate["good"]) == ("kpi", "percent", "down")
    spec = read_query(rate["query"])
    assert spec.event_name == "api.request"
    assert [figure.rows is None for figure in spec.figures] == [False, True]
    assert not [widget for widget in compose(LLM, NOW)["widgets"] if widget["title"] == "Error rate"]


def test_of_several_events_the_rate_is_of_those_that_tell() -> None:
    names = ("job.done", "job.failed")
    outcome = find_outcome(findings(dimensions=(dimension("status", 2, top=["ok", "error"], event_names=names),)))
    assert outcome is not None
    query = outcome.error_rate()
    assert query["event_name"] == "*"
    assert query["filters"] == {"dimensions": {"event_name": ["job.done", "job.failed"]}}
