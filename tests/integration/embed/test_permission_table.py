"""The contract's table of permissions, row by row, each on every path that a browser has to figures.

Of customer_1 there are ten events: plans pro and free in turn, so five of each; models small (4), large (3) and
only-customer_1 (3), of which with plan pro 2, 1 and 2.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from fastapi import FastAPI

from emban.auth.embed_keys import EmbedKeys
from tests.support.control import TestOrg, make_org, service
from tests.support.showing import CONFIG, COUNT, embedded, mint, now_utc, opened, publish, store, two_tenants

WIDGETS: list[dict[str, Any]] = [
    *CONFIG["widgets"],
    {
        "id": "w_top",
        "title": "Top model and the rest",
        "kind": "breakdown",
        "query": {**COUNT, "group_by": ["model"], "limit": 1, "other": True},
    },
]


@pytest.fixture(scope="module")
async def org(app: FastAPI) -> AsyncIterator[TestOrg]:
    made = await make_org(app, roles=())
    await store(app, made.id, two_tenants(now_utc()))
    filters = {**CONFIG["filters"], "numeric": ["tokens"]}
    made.made["dashboard"] = await publish(made, {**CONFIG, "widgets": WIDGETS, "filters": filters})
    yield made
    await made.close()


@dataclass(slots=True)
class Paths:
    """Every path to figures, for one browser."""

    browser: httpx.AsyncClient

    async def config(self) -> dict[str, Any]:
        decoded: dict[str, Any] = (await self.browser.get("/v1/embed/dashboard")).json()
        return decoded

    async def values(self) -> dict[str, list[str]]:
        """Return the drop-downs."""
        return {one["name"]: one["values"] for one in (await self.config())["filters"]["dimensions"]}

    async def data(self, **body: Any) -> dict[str, Any]:
        answer = await self.browser.post("/v1/embed/data", json=body)
        assert answer.status_code == 200, answer.text
        decoded: dict[str, Any] = answer.json()["widgets"]
        return decoded

    async def drilled(self, value: str, **body: Any) -> list[list[Any]]:
        sent = {"widget_id": "w_models", "dimension": "model", "value": value, **body}
        answer = await self.browser.post("/v1/embed/drill", json=sent)
        assert answer.status_code == 200, answer.text
        rows: list[list[Any]] = answer.json()["rows"]
        return rows

    async def exported(self, **body: Any) -> dict[str, list[list[str]]]:
        """Return the rows below each title of the file."""
        answer = await self.browser.post("/v1/embed/export", json={"format": "csv", **body})
        assert answer.status_code == 200, answer.text
        parts = [list(csv.reader(io.StringIO(part))) for part in answer.text.split("\r\n\r\n")]
        return {part[0][0]: part[2:] for part in parts}

    async def refusals(self, **body: Any) -> set[tuple[int, str]]:
        """Return status and code of data, drill and export for one wish."""
        drill = {"widget_id": "w_models", "dimension": "model", "value": "small"}
        found = set()
        for path, base in (("data", {}), ("drill", drill), ("export", {"format": "csv"})):
            answer = await self.browser.post(f"/v1/embed/{path}", json={**base, **body})
            found.add((answer.status_code, "" if answer.status_code == 200 else answer.json()["code"]))
        return found


async def figures(paths: Paths) -> tuple[Any, ...]:
    """Return what the paths say in figures: all, by model, of the top and the rest, behind a slice, in the file."""
    data = await paths.data(period="7d")
    models = {point["group"][0]: point["value"] for point in data["w_models"]["points"]}
    top = [(point["value"], point.get("other", False)) for point in data["w_top"]["points"]]
    file = await paths.exported(period="7d")
    assert file["Calls"][0][0] == str(data["w_calls"]["points"][0]["value"])
    assert {row[0]: int(row[2]) for row in file["Models"]} == models
    if "model" in await paths.values():
        assert [len(await paths.drilled(model, period="7d")) for model in models] == list(models.values())
    else:
        assert (403, "dimension_not_shown") in await paths.refusals()
    assert sum(value for value, _ in top) == data["w_calls"]["points"][0]["value"]
    return data["w_calls"]["points"][0]["value"], models, top, {row[1] for row in data["w_table"]["rows"]}


BOTH = {"pro", "free"}
ALL = (10, {"small": 4, "large": 3, "only-customer_1": 3}, [(4, False), (6, True)], BOTH)
PRO = (5, {"only-customer_1": 2, "small": 2, "large": 1}, [(2, False), (3, True)], {"pro"})
NONE: tuple[Any, ...] = (0, {}, [], set())


@pytest.mark.parametrize(
    ("locks", "expected"),
    [
        ({}, ALL),
        ({"plan": "pro"}, PRO),
        ({"string_props.plan": ["pro"]}, PRO),
        ({"plan": ["pro", "free"]}, ALL),
        ({"plan": "pro", "model": "small"}, (2, {"small": 2}, [(2, False)], {"pro"})),
        ({"plan": "pro", "string_props.plan": "free"}, NONE),
        ({"event_name": "api.call", "user_id": "customer_1-u0"}, (4, {"small": 4}, [(4, False)], BOTH)),
        ({"event_name": "another"}, NONE),
        ({"model": "only-customer_2"}, NONE),
    ],
)
async def test_locked_filters(app: FastAPI, org: TestOrg, locks: dict[str, Any], expected: tuple[Any, ...]) -> None:
    async with await opened(app, org, permissions={"locked_filters": locks}) as browser:
        paths = Paths(browser)
        assert await figures(paths) == expected
        shown = await paths.values()
        assert not {name.removeprefix("string_props.") for name in locks} & set(shown)
        if "model" in shown:
            assert shown["model"] == list(expected[1]) or set(shown["model"]) == set(expected[1])
        assert "lock" not in str(await paths.config())
        for name, value in (("plan", "free"), ("string_props.plan", "free"), ("plan", "pro"), ("plan", "")):
            filters = {"dimensions": {name: value}}
            if {"plan", "string_props.plan"} & set(locks):
                assert await paths.refusals(filters=filters) == {(403, "dimension_not_shown")}
            else:
                narrowed = await paths.data(period="7d", filters=filters)
                assert narrowed["w_calls"]["points"][0]["value"] <= expected[0]


async def test_allowed_dimensions(app: FastAPI, org: TestOrg) -> None:
    async with await opened(app, org, permissions={"allowed_dimensions": ["model", "note"]}) as browser:
        paths = Paths(browser)
        assert list(await paths.values()) == ["model"]
        assert (await paths.config())["permissions"]["allowed_dimensions"] == ["model", "note"]
        # What the session allows and the page does not show is refused as well.
        for name in ("note", "event_name", "user_id", "tenant_id", "Model", "model ", "string_props.tenant_id"):
            assert await paths.refusals(filters={"dimensions": {name: "x"}}) == {(403, "dimension_not_shown")}, name
        for name in ("plan", "string_props.plan"):
            assert await paths.refusals(filters={"dimensions": {name: "x"}}) == {(403, "filter_not_allowed")}, name
        assert await paths.refusals(filters={"dimensions": {"model": "small", "plan": "pro"}}) == {
            (403, "filter_not_allowed")
        }
        assert await paths.refusals(filters={"numeric_ranges": {"tokens": {"min": 1}}}) == {(403, "filter_not_allowed")}
        for name in ("model", "string_props.model"):
            assert await paths.refusals(filters={"dimensions": {name: "x"}}) == {(200, "")}
        by_plan = {"widget_id": "w_table", "dimension": "plan", "value": "pro"}
        answer = await browser.post("/v1/embed/drill", json=by_plan)
        assert (answer.status_code, answer.json()["code"]) == (403, "filter_not_allowed")
    async with await opened(app, org, permissions={"allowed_dimensions": []}) as browser:
        paths = Paths(browser)
        assert await paths.values() == {}
        assert await paths.refusals(filters={"dimensions": {"model": "small"}}) == {(403, "filter_not_allowed")}
    async with await opened(app, org, permissions={"allowed_dimensions": ["tokens"]}) as browser:
        answer = await browser.post("/v1/embed/data", json={"filters": {"numeric_ranges": {"tokens": {"min": 105}}}})
        assert answer.json()["widgets"]["w_calls"]["points"][0]["value"] == 5
        assert (await Paths(browser).config())["filters"]["numeric"] == ["tokens"]
        unnamed = {"numeric_ranges": {"latency_ms": {"min": 1}}}
        assert await Paths(browser).refusals(filters=unnamed) == {(403, "dimension_not_shown")}


async def test_hidden_widgets(app: FastAPI, org: TestOrg) -> None:
    async with await opened(app, org, permissions={"hidden_widgets": ["w_calls", "w_models"]}) as browser:
        paths = Paths(browser)
        config = await paths.config()
        assert [one["id"] for one in config["dashboard"]["widgets"]] == ["w_tokens", "w_table", "w_top"]
        assert "w_models" not in str(config)
        assert list(await paths.data()) == ["w_tokens", "w_table", "w_top"]
        assert list(await paths.exported())[1:] == ["Tokens", "Details", "Top model and the rest"]
        for path, body in (
            ("data", {"widgets": ["w_models"]}),
            ("drill", {"widget_id": "w_models", "dimension": "model", "value": "small"}),
            ("export", {"format": "csv", "widget_id": "w_models"}),
        ):
            answer = await browser.post(f"/v1/embed/{path}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (403, "widget_not_available")


async def test_allowed_periods(app: FastAPI, org: TestOrg) -> None:
    async with await opened(app, org, permissions={"allowed_periods": ["24h", "1h"]}) as browser:
        paths = Paths(browser)
        config = await paths.config()
        assert (config["filters"]["periods"], config["filters"]["default_period"]) == (["24h"], "24h")
        assert (await paths.values())["model"] == ["large", "small", "only-customer_1"]  # Of the last 24 hours.
        older, newer = (
            {"date_from": (now_utc() - timedelta(hours=hours)).isoformat(timespec="milliseconds")} for hours in (26, 23)
        )
        for span in ({"period": "7d"}, {"period": "30d"}, {"period": "90d"}, older):
            assert await paths.refusals(**span) == {(403, "period_not_allowed")}
        newer = {"date_from": (now_utc() - timedelta(hours=23)).isoformat(timespec="milliseconds")}
        for span in ({"period": "24h"}, {"period": "1h"}, {}, newer):
            assert await paths.refusals(**span) == {(200, "")}
        # Without a period it is the first allowed one: eight of the events are of the last 24 hours.
        assert (await paths.data())["w_calls"]["points"][0]["value"] == 8
        assert (await paths.exported())["Calls"][0][0] == "8"
        assert len(await paths.drilled("small")) == 3


async def test_max_date_range_days(app: FastAPI, org: TestOrg) -> None:
    async with await opened(app, org, permissions={"max_date_range_days": 1}) as browser:
        paths = Paths(browser)
        config = await paths.config()
        assert (config["filters"]["periods"], config["filters"]["default_period"]) == (["24h"], "24h")
        for span in (
            {"period": "7d"},
            {"date_from": "2026-01-01", "date_to": "2026-01-03"},
            {"date_from": "2026-01-01"},
        ):
            assert await paths.refusals(**span) == {(403, "period_not_allowed")}
        for span in ({}, {"period": "1h"}, {"date_from": "2026-01-01", "date_to": "2026-01-02"}):
            assert await paths.refusals(**span) == {(200, "")}
        # Drop-downs look no further back than the session may: a value of two days ago is not among them.
        assert (await paths.data())["w_calls"]["points"][0]["value"] == 8


async def test_allow_drill_down(app: FastAPI, org: TestOrg) -> None:
    async with await opened(app, org, permissions={"allow_drill_down": False}) as browser:
        paths = Paths(browser)
        assert (await paths.config())["permissions"]["allow_drill_down"] is False
        assert await paths.refusals() == {(200, ""), (403, "drill_down_not_allowed")}
        answer = await browser.post(
            "/v1/embed/drill", json={"widget_id": "w_models", "dimension": "model", "value": "small"}
        )
        assert answer.status_code == 403


async def test_allow_export(app: FastAPI, org: TestOrg) -> None:
    async with await opened(app, org, permissions={"allow_export": False}) as browser:
        paths = Paths(browser)
        assert (await paths.config())["permissions"]["allow_export"] is False
        assert await paths.refusals() == {(200, ""), (403, "export_not_allowed")}
        for file_format in ("csv", "png", "pdf"):
            for body in ({}, {"widget_id": "w_models"}, {"widget_id": "w_unknown"}):
                answer = await browser.post("/v1/embed/export", json={"format": file_format, **body})
                assert (answer.status_code, answer.json()["code"]) == (403, "export_not_allowed")
        assert (await paths.data(period="7d"))["w_calls"]["points"][0]["value"] == 10


@pytest.mark.parametrize(("stored", "status"), [({}, 200), ({"allow_export": False}, 401)])
async def test_a_token_of_before_exports_could_be_refused(
    app: FastAPI, org: TestOrg, stored: dict[str, Any], status: int
) -> None:
    """It says nothing of them. It fits a session that allows them, and no other: what is not said allows nothing."""
    minted = await mint(org, org.made["dashboard"], permissions=stored)
    claims = jwt.decode(minted["token"], options={"verify_signature": False})
    header = jwt.get_unverified_header(minted["token"])
    del claims["permissions"]["allow_export"]
    key = service(app, EmbedKeys).find(header["kid"])
    assert key is not None
    older = jwt.encode(claims, key.secret, algorithm="HS256", headers=header)
    async with embedded(app, older) as browser:
        answers = [
            await browser.get("/v1/embed/dashboard"),
            await browser.post("/v1/embed/export", json={"format": "csv"}),
        ]
    assert [answer.status_code for answer in answers] == [status, status]


async def test_all_of_them_together_leave_what_each_of_them_leaves(app: FastAPI, org: TestOrg) -> None:
    together = {
        "allow_drill_down": True,
        "allow_export": True,
        "locked_filters": {"plan": "pro"},
        "hidden_widgets": ["w_table"],
        "allowed_dimensions": ["model", "plan"],
        "allowed_periods": ["7d", "30d"],
        "max_date_range_days": 7,
    }
    async with await opened(app, org, permissions=together) as browser:
        paths = Paths(browser)
        config = await paths.config()
        assert config["filters"]["periods"] == ["7d"]
        assert await paths.values() == {"model": ["only-customer_1", "small", "large"]}
        assert await paths.refusals(period="30d") == {(403, "period_not_allowed")}
        assert len(await paths.drilled("small")) == 2
        assert "Details" not in await paths.exported()
        assert await paths.refusals(filters={"dimensions": {"plan": "free"}}) == {(403, "dimension_not_shown")}
