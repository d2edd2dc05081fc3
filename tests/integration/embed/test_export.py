"""CSV exports over HTTP: the figures of the screen, harmless to spreadsheets, within the session."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.support.control import TestOrg, make_org
from tests.support.reference import Event
from tests.support.showing import CONFIG, COUNT, now_utc, numbers, opened, publish, store, two_tenants

HOSTILE = [
    "=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", '"=1', "'=1", 'a"b,c', "line\r\nbreak", "a;=1", "ümläut 🐙", "",
]  # fmt: skip
NAME = '=HYPERLINK("x") Ünïcode/..\\"\u202e; 100%'


@pytest.fixture(scope="module")
async def exported(app: FastAPI) -> AsyncIterator[TestOrg]:
    """An org whose values, titles and names try to be formulas."""
    org = await make_org(app)
    now = now_utc()
    nasty = [
        Event("nasty", "api.call", now - timedelta(hours=1), strings={"model": value}, numbers={"tokens": -0.5 - nth})
        for nth, value in enumerate(HOSTILE)
        for _ in range(len(HOSTILE) - nth)
    ]
    await store(app, org.id, [*two_tenants(now), *nasty])
    by_model = {**COUNT, "group_by": ["model"], "limit": 100}
    widgets = [
        *CONFIG["widgets"],
        {"id": "w_sum", "title": "=1+1", "kind": "kpi", "query": {**COUNT, "metric": "sum", "prop": "tokens"}},
        {"id": "w_all", "title": "+All", "kind": "breakdown", "query": by_model},
        {
            "id": "w_days",
            "title": "@Days",
            "kind": "timeseries",
            "query": {**by_model, "granularity": "day", "limit": 2, "other": True, "compare": "previous_period"},
        },
    ]
    org.made["dashboard"] = await publish(org, {**CONFIG, "widgets": widgets}, NAME)
    yield org
    await org.close()


def sections(answer: httpx.Response) -> list[list[list[str]]]:
    """Read the file as a spreadsheet does; an empty line ends a section."""
    found: list[list[list[str]]] = [[]]
    for row in csv.reader(io.StringIO(answer.content.decode("utf-8"), newline=""), strict=True):
        if row:
            found[-1].append(row)
        else:
            found.append([])
    return found


async def export(client: httpx.AsyncClient, path: str = "/v1/embed/export", **body: Any) -> httpx.Response:
    answer = await client.post(path, json={"format": "csv", **body})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return answer


def cells(points: list[dict[str, Any]], *, local: bool = False) -> list[list[Any]]:
    """Return a row of what is on the screen for each point."""
    shown = []
    for point in points:
        row = [] if point["t"] is None else [point["t"], *([point["local"]] if local else [])]
        if point.get("other"):
            row += [*("" for _ in point["group"]), "other"]
        elif point["group"]:
            row += [*point["group"], "value" if any(point["group"]) else "none"]
        row.append(point["value"])
        row += [point[name] for name in ("previous_value", "delta_pct") if name in point]
        shown.append(["" if cell is None else str(cell) for cell in row])
    return shown


async def test_the_file_holds_the_figures_of_the_screen(app: FastAPI, exported: TestOrg) -> None:
    async with await opened(app, exported) as browser:
        screen = (await numbers(browser, period="7d"))["widgets"]
        found = sections(await export(browser, period="7d"))
    assert found[0][1:4] == [["period", "7d"], ["timezone", "UTC"], ["as_of", found[0][3][1]]]
    titles = ["Calls", "Tokens", "Models", "Details", "'=1+1", "'+All", "'@Days"]
    assert [section[0] for section in found[1:]] == [[title] for title in titles]
    for section, widget_id in zip(found[1:], screen, strict=True):
        answer = screen[widget_id]
        if "rows" in answer:
            assert section[1] == ["tenant_id", "plan", "Events"]
            assert section[2:] == [[str(cell) for cell in row] for row in answer["rows"]]
        else:
            assert section[2:] == cells(answer["points"]), widget_id
    assert found[1][1] == ["Calls", "previous_value", "delta_pct"]
    assert found[7][1] == ["time", "model", "row", "'@Days", "previous_value", "delta_pct"]


async def test_text_is_harmless_and_numbers_stay_numbers(app: FastAPI, exported: TestOrg) -> None:
    async with await opened(app, exported, "nasty") as browser:
        answer = await export(browser, period="24h")
    found = sections(answer)
    rows = {group: (kind, figure) for group, kind, figure in found[6][2:]}
    for nth, value in enumerate(HOSTILE):
        harmless = value if value in {'a"b,c', "line\r\nbreak", "a;=1", "ümläut 🐙", ""} else f"'{value}"
        assert rows[harmless] == ("value" if value else "none", str(len(HOSTILE) - nth))
    assert float(found[5][2][0]) < 0  # A negative figure is no formula.
    assert answer.content.count(b"\n") == answer.content.count(b"\r\n")
    assert found[0][0] == [f"'{NAME}"]


async def test_one_widget_and_its_filters(app: FastAPI, exported: TestOrg) -> None:
    async with await opened(app, exported) as browser:
        body: dict[str, Any] = {"widget_id": "w_models", "filters": {"dimensions": {"plan": "pro"}}, "period": "7d"}
        answer = await export(browser, **body)
        (section,) = sections(answer)
        screen = await numbers(browser, period="7d", filters=body["filters"], widgets=["w_models"])
        assert section == [["Models"], ["model", "row", "Models"], *cells(screen["widgets"]["w_models"]["points"])]
        assert 'filename="Models-' in answer.headers["content-disposition"]
        whole = await export(browser, date_from="2020-01-01", date_to="2020-01-03", filters=body["filters"])
    assert sections(whole)[0][1:] == [
        ["date_from", "2020-01-01"],
        ["date_to", "2020-01-03"],
        ["timezone", "UTC"],
        sections(whole)[0][4],
        ["filter", "plan", "pro"],
    ]


async def test_the_name_of_the_file_is_only_a_name(app: FastAPI, exported: TestOrg) -> None:
    async with await opened(app, exported) as browser:
        answer = await export(browser)
    header = answer.headers["content-disposition"]
    assert header.startswith('attachment; filename="HYPERLINK-x-n-code-100-')
    for forbidden in ("/", "\\", "\u202e", "%2F", "%5C", "%22", "%25", "%E2%80%AE", "\r", "\n"):
        assert forbidden not in header
    assert "%C3%9Cn%C3%AFcode" in header
    assert "Content-Disposition" in answer.headers["access-control-expose-headers"]


async def test_nothing_of_others_is_in_a_file(app: FastAPI, exported: TestOrg) -> None:
    async with await opened(app, exported) as browser:
        everything = (await export(browser, period="7d")).text
        assert "customer_1" in everything
        assert "customer_2" not in everything
    limits = {"locked_filters": {"plan": "pro"}, "hidden_widgets": ["w_calls"]}
    async with await opened(app, exported, permissions=limits) as browser:
        answer = await export(browser, period="7d")
        assert "Calls" not in answer.text
        assert sections(answer)[3][2:] == [["customer_1", "pro", "5"]]
        assert "free" not in answer.text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"widget_id": "w_table"}, "widget_not_available"),
        ({"widget_id": "w_unknown"}, "widget_not_available"),
        ({"period": "30d"}, "period_not_allowed"),
        ({"date_from": "2020-01-01"}, "period_not_allowed"),
        ({"filters": {"dimensions": {"plan": "pro"}}}, "filter_not_allowed"),
        ({"filters": {"dimensions": {"tenant_id": "customer_2"}}}, "dimension_not_shown"),
        ({"filters": {"numeric_ranges": {"tokens": {"min": 1}}}}, "dimension_not_shown"),
    ],
)
async def test_what_the_session_does_not_allow_is_a_403(
    app: FastAPI, exported: TestOrg, body: dict[str, Any], code: str
) -> None:
    limits = {
        "hidden_widgets": ["w_table"],
        "allowed_periods": ["7d"],
        "max_date_range_days": 7,
        "allowed_dimensions": ["model"],
    }
    async with await opened(app, exported, permissions=limits) as browser:
        answer = await browser.post("/v1/embed/export", json={"format": "csv", **body})
    assert (answer.status_code, answer.json()["code"]) == (403, code)


@pytest.mark.parametrize(
    "given",
    [{"format": "csv_zip"}, {"format": "PDF"}, {"format": "xlsx"}, {"format": 5}, {"format": []}, {"format": {}}, {}],
)
async def test_another_format_is_a_400_that_names_it(app: FastAPI, exported: TestOrg, given: dict[str, Any]) -> None:
    path = f"/v1/dashboards/{exported.made['dashboard']}/export"
    async with await opened(app, exported) as browser:
        answers = [
            await browser.post("/v1/embed/export", json=given),
            await exported["viewer"].post(path, json={"all_tenants": True, **given}),
        ]
    for answer in answers:
        assert (answer.status_code, answer.json()["fields"][0]["path"]) == (400, "format")
        assert "csv" in answer.text or given == {}


async def test_the_consoles_export_is_the_consoles_data(exported: TestOrg) -> None:
    path = f"/v1/dashboards/{exported.made['dashboard']}"
    for tenant in ({"tenant_id": "customer_2"}, {"all_tenants": True}):
        screen = (await exported["viewer"].post(f"{path}/data", json={**tenant, "period": "7d"})).json()["widgets"]
        found = sections(await export(exported["viewer"], f"{path}/export", **tenant, period="7d"))
        for section, answer in zip(found[1:], screen.values(), strict=True):
            expected = answer.get("rows") or cells(answer["points"])
            harmless = [[cell.lstrip("'") for cell in row] for row in section[2:]]
            assert harmless == [[str(cell).lstrip("'") for cell in row] for row in expected]


async def test_the_consoles_export_refuses_what_its_data_refuses(exported: TestOrg, other_org: TestOrg) -> None:
    path = f"/v1/dashboards/{exported.made['dashboard']}/export"
    csv_of = {"format": "csv"}
    nobody = await exported["viewer"].post(path, json=csv_of)
    assert (nobody.status_code, nobody.json()["code"]) == (400, "tenant_required")
    unknown = await exported["viewer"].post(path, json={**csv_of, "all_tenants": True, "widget_id": "w_unknown"})
    assert (unknown.status_code, unknown.json()["fields"][0]["path"]) == (400, "widget_id")
    draft = await exported["viewer"].post(path, json={**csv_of, "all_tenants": True, "draft": True})
    assert draft.status_code == 403
    theirs = await other_org["owner"].post(path, json={**csv_of, "all_tenants": True})
    assert theirs.status_code == 404


async def test_other_and_none_are_told_from_values_of_those_names(app: FastAPI, fresh_org: TestOrg) -> None:
    now = now_utc()
    counts = {"Other": 9, "(none)": 8, "": 7, "x": 6, "y": 5, "z": 4, "other": 3}
    strings = [{"l": value} if value else {} for value, count in counts.items() for _ in range(count)]
    await store(app, fresh_org.id, [Event("t", "e", now - timedelta(hours=1), strings=one) for one in strings])
    query = {"event_name": "e", "metric": "count", "group_by": ["l"], "limit": 3, "other": True}
    widget = {"id": "w_donut", "title": "D", "kind": "breakdown", "chart": "donut", "query": query}
    fresh_org.made["dashboard"] = await publish(fresh_org, {"widgets": [widget]})
    async with await opened(app, fresh_org, "t") as browser:
        points = (await numbers(browser, period="24h"))["widgets"]["w_donut"]["points"]
        (section,) = sections(await export(browser, period="24h", widget_id="w_donut"))
    told = [(point["group"], point["value"], point.get("other", False)) for point in points]
    assert told == [(["Other"], 9, False), (["(none)"], 8, False), ([""], 7, False), (["other"], 18, True)]
    assert section[1:] == [
        ["l", "row", "D"],
        ["Other", "value", "9"],
        ["(none)", "value", "8"],
        ["", "none", "7"],
        ["", "other", "18"],
    ]


async def test_local_times_stand_beside_instants(app: FastAPI, exported: TestOrg) -> None:
    async with await opened(app, exported) as browser:
        body = {"period": "7d", "timezone": "America/Havana", "widget_id": "w_tokens"}
        screen = await numbers(browser, period="7d", timezone="America/Havana", widgets=["w_tokens"])
        (section,) = sections(await export(browser, **body))
    assert section[1] == ["time", "local_time", "Tokens"]
    assert section[2:] == cells(screen["widgets"]["w_tokens"]["points"], local=True)
    assert all(row[0].startswith(row[1]) for row in section[2:])  # West of Greenwich days begin on their own date.


async def test_a_byte_order_mark_on_request(app: FastAPI, exported: TestOrg) -> None:
    path = f"/v1/dashboards/{exported.made['dashboard']}/export"
    async with await opened(app, exported) as browser:
        for client, route, more in (
            (browser, "/v1/embed/export", {}),
            (exported["admin_key"], path, {"tenant_id": "customer_1"}),
        ):
            bare, marked = [
                await export(client, route, period="7d", widget_id="w_models", **more, **bom)
                for bom in ({}, {"bom": True})
            ]
            assert marked.content == b"\xef\xbb\xbf" + bare.content
        refused = await browser.post("/v1/embed/export", json={"format": "csv", "bom": "yes"})
        assert (refused.status_code, refused.json()["fields"][0]["path"]) == (400, "bom")


async def test_large_figures_are_in_plain_digits(app: FastAPI, fresh_org: TestOrg) -> None:
    now = now_utc()
    numbers_ = {"huge": 5.8e16, "tiny": 1e-7, "most": 1e22}
    await store(app, fresh_org.id, [Event("t", "e", now - timedelta(hours=1), numbers=numbers_)])
    columns = [{"metric": metric, "prop": prop} for metric in ("sum", "p95") for prop in numbers_]
    table = {"id": "w_t", "title": "T", "kind": "table", "query": {"event_name": "*", "columns": columns}}
    fresh_org.made["dashboard"] = await publish(fresh_org, {"widgets": [table]})
    async with await opened(app, fresh_org, "t") as browser:
        (section,) = sections(await export(browser, period="24h", widget_id="w_t"))
    assert section[1:] == [
        ["Huge", "Tiny", "Most", "Huge (p95)", "Tiny (p95)", "Most (p95)"],
        ["58000000000000000", "0.0000001", "10000000000000000000000"] * 2,
    ]


async def test_richer_figures_are_those_of_the_screen(app: FastAPI, fresh_org: TestOrg) -> None:
    await store(app, fresh_org.id, two_tenants(now_utc()))
    tokens = {"metric": "sum", "prop": "tokens", "title": "=Tokens"}
    share = {
        "metric": "formula",
        "formula": "pro / total * 100",
        "figures": {
            "pro": {"metric": "count", "filters": {"dimensions": {"plan": "pro"}}},
            "total": {"metric": "count"},
        },
    }
    series = {"event_name": "*", "series": {"tokens": tokens, "calls": {"metric": "count"}}}
    columns = ["model", {"metric": "count"}, {**share, "title": "Pro %"}, share]
    widgets = [
        {"id": "w_share", "title": "Share", "kind": "kpi", "query": {"event_name": "*", **share}},
        {"id": "w_kpi", "title": "Both", "kind": "kpi", "query": {**series, "compare": "previous_period"}},
        {"id": "w_days", "title": "Days", "kind": "timeseries", "query": {**series, "cumulative": True}},
        {"id": "w_table", "title": "Table", "kind": "table", "query": {"event_name": "*", "columns": columns}},
    ]
    fresh_org.made["dashboard"] = await publish(fresh_org, {"widgets": widgets, "filters": CONFIG["filters"]})
    async with await opened(app, fresh_org) as browser:
        config = (await browser.get("/v1/embed/dashboard")).json()["dashboard"]["widgets"]
        screen = (await numbers(browser, period="7d"))["widgets"]
        _, shared, both, days, table = sections(await export(browser, period="7d"))
    titles = [{"name": "tokens", "title": "=Tokens"}, {"name": "calls", "title": "Calls"}]
    assert [widget["query"]["series"] for widget in config] == [None, titles, titles, None]
    assert [widget["query"]["cumulative"] for widget in config] == [False, False, True, False]
    assert shared == [["Share"], ["Share"], ["50"]]
    assert both[1] == ["figure", "Both", "previous_value", "delta_pct"]
    assert [row[:2] for row in both[2:]] == [["'=Tokens", "1045"], ["Calls", "10"]]
    assert days[1] == ["time", "figure", "Days"]
    points = screen["w_days"]["points"]
    assert [row[0] for row in days[2:]] == [point["t"] for point in points]
    assert [float(row[2]) for row in days[2:]] == [point["value"] for point in points]
    assert [row[1] for row in days[2:]] == ["'=Tokens" if one["series"] == "tokens" else "Calls" for one in points]
    assert [days[1 + len(points) // 2][2], days[-1][2]] == ["1045", "10"]  # Where they end is what the figures are.
    assert table[1] == ["model", "Events", "Pro %", "Formula"]
    assert len(table) == 2 + 3
    for row, shown in zip(table[2:], screen["w_table"]["rows"], strict=True):
        assert row[0] == shown[0]
        assert [float(cell) for cell in row[1:]] == shown[1:]
