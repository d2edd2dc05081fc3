"""PDF and PNG exports over HTTP: the figures of the screen and of the CSV, within what the session allows."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import struct
import zlib
from collections.abc import AsyncIterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from emban.render import renderer as renderer_module
from emban.render.renderer import Renderer
from tests.support.control import TestOrg, make_org, service
from tests.support.documents import alt_texts, heavy_document, pages_of
from tests.support.showing import CONFIG, now_utc, numbers, opened, publish, store, two_tenants

METRICS = {
    "count": {"metric": "count"},
    "count_unique": {"metric": "count_unique"},
    "sum": {"metric": "sum", "prop": "tokens"},
    "avg": {"metric": "avg", "prop": "tokens"},
    "min": {"metric": "min", "prop": "tokens"},
    "max": {"metric": "max", "prop": "tokens"},
    "p50": {"metric": "p50", "prop": "tokens"},
    "p95": {"metric": "p95", "prop": "tokens"},
    "p99": {"metric": "p99", "prop": "tokens"},
}
CHARTS = {
    "kpi": ("stat", "progress"),
    "timeseries": ("line", "area", "bar", "stacked_bar"),
    "breakdown": ("list", "horizontal_bar", "donut"),
}


def widgets_of(metric: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a widget of every kind and chart that shows one metric."""
    query = {"event_name": "*", **metric}
    more: dict[str, dict[str, Any]] = {
        "kpi": {},
        "timeseries": {"granularity": "day"},
        "breakdown": {"group_by": ["model"]},
    }
    made: list[dict[str, Any]] = [
        {"id": f"w_{chart}", "title": f"T-{chart}", "kind": kind, "chart": chart, "query": {**query, **more[kind]}}
        for kind, charts in CHARTS.items()
        for chart in charts
    ]
    for one in made:
        if one["chart"] == "progress":
            one["target"] = 5000
    columns = ["model", metric]
    return [
        *made,
        {"id": "w_table", "title": "T-table", "kind": "table", "query": {"event_name": "*", "columns": columns}},
    ]


@pytest.fixture(scope="module")
async def shown(app: FastAPI) -> AsyncIterator[TestOrg]:
    org = await make_org(app)
    await store(app, org.id, two_tenants(now_utc()))
    org.made["dashboard"] = await publish(org, CONFIG, "Usage of the API")
    yield org
    await org.close()


async def export(client: httpx.AsyncClient, file_format: str, path: str = "/v1/embed/export", **body: Any) -> bytes:
    answer = await client.post(path, json={"format": file_format, **body})
    assert answer.status_code == 200, answer.text
    kind = {"pdf": "application/pdf", "png": "image/png"}[file_format]
    assert answer.headers["content-type"] == kind
    assert f'.{file_format}"; filename*=' in answer.headers["content-disposition"]
    return answer.content


def written(value: float, *, tight: bool = True) -> str:
    """Return a figure below 10,000 as the pages write it: tight on cards and in charts, in full in tables and words."""
    if value == int(value):
        return f"{int(value):,}"
    # As JavaScript rounds: by the digits that are written, halves away from zero.
    place = Decimal("0.1") if tight and value >= 100 else Decimal("0.01")
    return f"{Decimal(str(value)).quantize(place, ROUND_HALF_UP):,f}".rstrip("0").rstrip(".")


def plain_words(alt: str) -> str:
    """Return the names and figures of a breakdown's alt text, without the shares."""
    return re.sub(r" \([\d.]+%\)", "", alt.partition(": ")[2]).rstrip(".")


@pytest.mark.parametrize("metric", METRICS)
async def test_screen_csv_and_pdf_say_the_same(app: FastAPI, fresh_org: TestOrg, metric: str) -> None:
    await store(app, fresh_org.id, two_tenants(now_utc()))
    widgets = widgets_of(METRICS[metric])
    fresh_org.made["dashboard"] = await publish(fresh_org, {"widgets": widgets, "filters": CONFIG["filters"]})
    async with await opened(app, fresh_org) as browser:
        screen = (await numbers(browser, period="7d"))["widgets"]
        file = await browser.post("/v1/embed/export", json={"format": "csv", "period": "7d"})
        pdf = await export(browser, "pdf", period="7d")
    parts = [list(csv.reader(io.StringIO(part))) for part in file.text.split("\r\n\r\n")][1:]
    cells = {part[0][0]: part[2:] for part in parts}
    text, alts = " ".join(pages_of(pdf)), alt_texts(pdf)
    for widget in widgets:
        answer, title, chart = screen[widget["id"]], widget["title"], widget.get("chart", "table")
        if "rows" in answer:
            assert cells[title] == [[str(cell) for cell in row] for row in answer["rows"]]
            told = [f"{model} {written(figure, tight=False)}" for model, figure in answer["rows"]]
        else:
            figures = [point["value"] for point in answer["points"]]
            assert [float(row[-1]) for row in cells[title] if row[-1]] == [one for one in figures if one is not None]
            told = [written(value) for value in figures if value is not None]
            if widget["kind"] == "breakdown":
                told = [f"{point['group'][0]} {written(point['value'])}" for point in answer["points"]]
            if widget["kind"] == "timeseries":
                top = max(value for value in figures if value is not None)
                assert any(f"T-{chart}: highest {written(top, tight=False)}" in alt for alt in alts), alts
                continue
        if chart == "horizontal_bar":  # Its names are labels apart from its figures.
            told = [written(point["value"]) for point in answer["points"]]
            words = ", ".join(f"{one['group'][0]} {written(one['value'], tight=False)}" for one in answer["points"])
            assert any(alt.startswith("Bar chart: ") and plain_words(alt) == words for alt in alts), alts
        assert [part for part in told if part not in text] == [], title


async def test_the_consoles_files_are_of_whom_was_asked_for(shown: TestOrg) -> None:
    path = f"/v1/dashboards/{shown.made['dashboard']}/export"
    for whose, count in (({"tenant_id": "customer_2"}, "4"), ({"all_tenants": True}, "14")):
        (page,) = pages_of(await export(shown["viewer"], "pdf", path, period="7d", **whose))
        assert page.startswith("Usage of the API Last 7 days")
        assert f"Calls {count}" in page
        assert (" customer_2 Figures as of" in page) == ("tenant_id" in whose)
    (one,) = pages_of(await export(shown["viewer"], "pdf", path, period="7d", all_tenants=True, widget_id="w_models"))
    assert "Models" in one
    assert "Details" not in one


async def test_a_picture_is_twice_as_wide_as_a_screen(app: FastAPI, shown: TestOrg) -> None:
    async with await opened(app, shown) as browser:
        whole = await export(browser, "png", period="7d")
        again = await export(browser, "png", period="7d", widget_id="w_table")
    for png in (whole, again):
        assert png.startswith(b"\x89PNG\r\n")
    (width, height), (same, lower) = (struct.unpack(">II", png[16:24]) for png in (whole, again))
    assert width == same == 2 * (1200 + 48)
    assert 500 < lower < height


async def test_roles_and_other_orgs(shown: TestOrg, other_org: TestOrg) -> None:
    path = f"/v1/dashboards/{shown.made['dashboard']}/export"
    for file_format in ("png", "pdf"):
        body = {"format": file_format, "all_tenants": True, "period": "7d"}
        for who in ("viewer", "editor", "admin", "owner", "admin_key"):
            assert (await shown[who].post(path, json=body)).status_code == 200, who
        assert (await other_org["owner"].post(path, json=body)).status_code == 404
        drafts = await shown["viewer"].post(path, json={**body, "draft": True})
        assert (drafts.status_code, drafts.json()["code"]) == (403, "forbidden")
        nobody = await shown["viewer"].post(path, json={"format": file_format})
        assert (nobody.status_code, nobody.json()["code"]) == (400, "tenant_required")


async def test_locks_and_hidden_widgets_hold_for_files(app: FastAPI, shown: TestOrg) -> None:
    limits = {"locked_filters": {"plan": "pro"}, "hidden_widgets": ["w_calls"], "allowed_periods": ["7d"]}
    async with await opened(app, shown, permissions=limits) as browser:
        text = " ".join(pages_of(await export(browser, "pdf")))
        assert "Calls" not in text
        assert "pro" in text
        for hidden in ("free", "customer_2", "plan: pro"):
            assert hidden not in text
        for body, code in (
            ({"widget_id": "w_calls"}, "widget_not_available"),
            ({"period": "30d"}, "period_not_allowed"),
            ({"filters": {"dimensions": {"plan": "free"}}}, "dimension_not_shown"),
        ):
            for file_format in ("png", "pdf"):
                answer = await browser.post("/v1/embed/export", json={"format": file_format, **body})
                assert (answer.status_code, answer.json()["code"]) == (403, code)


async def test_what_was_chosen_is_said(app: FastAPI, shown: TestOrg) -> None:
    async with await opened(app, shown) as browser:
        body: dict[str, Any] = {"date_from": "2026-11-01", "date_to": "2026-11-08", "timezone": "Europe/Berlin"}
        filters = {"dimensions": {"model": ["small", "large"]}}
        (page,) = pages_of(await export(browser, "pdf", **body, filters=filters, locale="en-GB"))
    assert "1-7 Nov · Europe/Berlin (UTC+1) model: large, small" in page
    assert "Last" not in page


@pytest.mark.parametrize("locale", ["", "en us", "x" * 36, "../x", 5, None])
async def test_a_locale_that_is_none_is_a_400_that_names_it(app: FastAPI, shown: TestOrg, locale: Any) -> None:
    async with await opened(app, shown) as browser:
        answer = await browser.post("/v1/embed/export", json={"format": "pdf", "locale": locale})
    # Null is as if it were not there.
    assert answer.status_code == (200 if locale is None else 400)
    if locale is not None:
        assert answer.json()["fields"][0]["path"] == "locale"


async def test_dark_dashboards_are_light_on_paper(app: FastAPI, fresh_org: TestOrg) -> None:
    await store(app, fresh_org.id, two_tenants(now_utc()))
    dark = {"mode": "dark", "backgroundColor": "#101018", "cardBackground": "#000000", "primaryColor": "#ff0066"}
    fresh_org.made["dashboard"] = await publish(fresh_org, {**CONFIG, "theme": dark})
    path = f"/v1/dashboards/{fresh_org.made['dashboard']}/export"
    png = await export(fresh_org["owner"], "png", path, all_tenants=True, period="7d")
    # No filter of PNG changes the first pixel: the corner of the page, in the plain light theme's colour.
    length = struct.unpack(">I", png[33:37])[0]
    assert png[37:41] == b"IDAT"
    assert zlib.decompressobj().decompress(png[41 : 41 + length], 5)[1:4] == bytes.fromhex("f7f7f9")


async def test_too_many_at_once_is_a_429_that_says_when(
    app: FastAPI, shown: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    renderer = service(app, Renderer)
    monkeypatch.setattr(renderer_module, "MOST_WAITING", 1)
    busy = asyncio.create_task(renderer.pdf(shown.id, heavy_document()))
    await asyncio.sleep(0.1)
    async with await opened(app, shown) as browser:
        refused = await browser.post("/v1/embed/export", json={"format": "png"})
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert refused.headers["retry-after"] == "2"
        assert (await browser.post("/v1/embed/export", json={"format": "csv"})).status_code == 200
        busy.cancel()
        await asyncio.gather(busy, return_exceptions=True)
        assert (await browser.post("/v1/embed/export", json={"format": "pdf"})).status_code == 200


async def test_a_dead_renderer_takes_no_api_down(app: FastAPI, shown: TestOrg) -> None:
    renderer = service(app, Renderer)
    async with await opened(app, shown) as browser:
        await export(browser, "pdf")
        for worker in renderer._workers:
            worker._kill()
        assert (await browser.post("/v1/embed/data", json={})).status_code == 200
        assert (await browser.post("/v1/embed/export", json={"format": "csv"})).status_code == 200
        await asyncio.sleep(0.1)
        await export(browser, "pdf")
