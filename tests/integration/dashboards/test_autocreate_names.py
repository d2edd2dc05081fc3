"""A dashboard made from properties that are called like something else: published, its widgets find the rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from emban.query.spec.query_spec import METRIC_NAMES
from tests.support.control import TestOrg
from tests.support.reference import Event
from tests.support.showing import now_utc, store

NAMES = (
    *METRIC_NAMES,
    "event_name",  # tenant_id and user_id are named like ids, of which no chart is made.
    *("x", "string_props.x", "string_props.string_props.x", "sum(tokens)", "count()", "größe", "ключ", "a.b", "a'b\"c"),
    *("group", "value", "other", "constructor"),
)
VALUES = ("k", "l", "m")


def events(names: tuple[str, ...]) -> list[Event]:
    """Return twelve events with all of these properties, each of them with three values."""
    now = now_utc()
    return [
        Event(
            tenant="t",
            name="job.done",
            at=now - timedelta(minutes=nth + 1),
            user=f"u{nth % 2}",
            strings={name: f"{VALUES[(nth + place) % 3]} of {place}" for place, name in enumerate(names)},
            numbers={name: float(nth + place) for place, name in enumerate(names)},
            ingested=now,
        )
        for nth in range(12)
    ]


@pytest.mark.parametrize("names", [NAMES[at : at + 2] for at in range(0, len(NAMES), 2)], ids=" and ".join)
async def test_its_widgets_find_the_rows(app: FastAPI, fresh_org: TestOrg, names: tuple[str, ...]) -> None:
    await store(app, fresh_org.id, events(names))
    key = fresh_org["admin_key"]
    made = await key.post("/v1/discover/auto-create", json={})
    assert made.status_code == 201, made.text
    path = f"/v1/dashboards/{made.json()['dashboard_id']}"
    assert (await key.post(f"{path}/publish")).status_code == 204
    config = (await key.get(path)).json()["config"]
    data = (await key.post(f"{path}/data", json={"tenant_id": "t"})).json()["widgets"]
    found: set[frozenset[str]] = set()
    for widget in config["widgets"]:
        answer: dict[str, Any] = data[widget["id"]]
        assert "error" not in answer, answer
        if widget["kind"] == "breakdown" and widget["query"]["metric"] == "count":
            assert sum(point["value"] for point in answer["points"]) == 12
        if widget["query"].get("group_by"):
            found.add(frozenset(point["group"][0] for point in answer["points"]))
        if widget["kind"] == "table":
            assert len(answer["rows"]) in {3, 9}
            assert "" not in answer["rows"][0]
    assert found == {frozenset(f"{value} of {place}" for value in VALUES) for place in range(len(names))}
    labels = [one["label"] for one in (await key.get("/v1/discover")).json()["dimensions"]]
    assert sorted(config["filters"]["dimensions"]) == sorted(labels)
