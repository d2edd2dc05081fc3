"""Texts, headings and colours: through data, files, alerts and embeds, and never a value of another customer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI

from tests.support.control import TestOrg, make_org
from tests.support.showing import COUNT, now_utc, opened, store, two_tenants

WORDS: list[dict[str, Any]] = [
    {"id": "w_head", "title": "Usage", "kind": "heading"},
    {"id": "w_note", "title": "Note", "kind": "text", "text": "Figures are *final* at noon."},
]
MODELS: dict[str, Any] = {
    "id": "w_models",
    "title": "Models",
    "kind": "breakdown",
    "chart": "donut",
    "query": {**COUNT, "group_by": ["model"]},
}
PLANS = {"id": "w_plans", "title": "Plans", "kind": "timeseries", "query": {**COUNT, "group_by": ["plan"]}}
CONFIG: dict[str, Any] = {"widgets": [*WORDS, MODELS, PLANS], "filters": {"dimensions": ["model"]}}


@pytest.fixture(scope="module")
async def filled(app: FastAPI) -> AsyncIterator[TestOrg]:
    """An org with the events of two tenants and a published dashboard with words in it."""
    org = await make_org(app)
    await store(app, org.id, two_tenants(now_utc()))
    made = await org["editor"].post("/v1/dashboards", json={"name": "Usage", "config": CONFIG})
    org.made["dashboard"] = made.json()["id"]
    await publish_again(org)
    yield org
    await org.close()


async def publish_again(org: TestOrg) -> dict[str, Any]:
    path = f"/v1/dashboards/{org.made['dashboard']}"
    published = await org["admin"].post(f"{path}/publish")
    assert published.status_code == 204, published.text
    answer: dict[str, Any] = (await org["editor"].get(path)).json()
    return answer


async def data(org: TestOrg, **body: Any) -> dict[str, Any]:
    answer = await org["admin_key"].post(f"/v1/dashboards/{org.made['dashboard']}/data", json=body)
    assert answer.status_code == 200, answer.text
    widgets: dict[str, Any] = answer.json()["widgets"]
    return widgets


async def test_a_text_is_answered_with_its_words_and_costs_no_query(filled: TestOrg) -> None:
    assert set(await data(filled, tenant_id="customer_1")) == {"w_note", "w_models", "w_plans"}
    used = (await filled["viewer"].get("/v1/billing")).json()["queries_used"]
    plain = {"bold": False, "italic": False, "code": False, "href": None}
    runs = [
        {**plain, "text": "Figures are "},
        {**plain, "text": "final", "italic": True},
        {**plain, "text": " at noon."},
    ]
    assert await data(filled, tenant_id="customer_1", widgets=["w_note", "w_head"]) == {
        "w_note": {"blocks": [{"kind": "paragraph", "depth": 0, "marker": "", "runs": runs}]}
    }
    assert (await filled["viewer"].get("/v1/billing")).json()["queries_used"] == used


async def test_publishing_gives_every_value_a_place_and_keeps_it(filled: TestOrg) -> None:
    first = await publish_again(filled)
    colours = first["published_config"]["colours"]
    assert set(colours) == {"model", "plan"}
    assert set(colours["model"]) == {"small", "large", "only-customer_1", "only-customer_2"}
    assert len(set(colours["model"].values())) == 4
    # What publishing filled in is no change of the draft.
    assert first["difference"] == {
        "name": None,
        "widgets": {"added": [], "removed": [], "changed": []},
        "filters": False,
        "theme": False,
        "colours": False,
    }
    again = await publish_again(filled)
    assert again["published_config"]["colours"] == colours


async def test_a_colour_of_ones_own_goes_first(filled: TestOrg) -> None:
    path = f"/v1/dashboards/{filled.made['dashboard']}"
    before = (await filled["editor"].get(path)).json()
    config = {**before["config"], "colours": {"plan": {"pro": 7}}}
    saved = await filled["editor"].put(path, json={"version": before["version"], "config": config})
    assert saved.json()["difference"]["colours"] is True
    published = (await publish_again(filled))["published_config"]["colours"]
    assert published["plan"]["pro"] == 7
    assert published["plan"]["free"] == before["published_config"]["colours"]["plan"]["free"]
    assert (await data(filled, tenant_id="customer_1"))["w_plans"]["meta"]["colours"]["pro"] == 7


async def test_an_answer_tells_the_colours_of_its_own_values_alone(app: FastAPI, filled: TestOrg) -> None:
    for tenant, other in (("customer_1", "customer_2"), ("customer_2", "customer_1")):
        async with await opened(app, filled, tenant) as browser:
            shown = await browser.get("/v1/embed/dashboard")
            answer = await browser.post("/v1/embed/data", json={"period": "7d"})
        assert f"only-{other}" not in shown.text + answer.text
        told = answer.json()["widgets"]["w_models"]["meta"]["colours"]
        assert set(told) == {"small", "large", f"only-{tenant}"}
        published = (await filled["editor"].get(f"/v1/dashboards/{filled.made['dashboard']}")).json()
        assert told.items() <= published["published_config"]["colours"]["model"].items()


async def test_an_embed_is_told_words_and_asked_nothing_for_them(app: FastAPI, filled: TestOrg) -> None:
    async with await opened(app, filled) as browser:
        widgets = (await browser.get("/v1/embed/dashboard")).json()["dashboard"]["widgets"]
        drill = {"widget_id": "w_note", "dimension": "model", "value": "small"}
        refused = await browser.post("/v1/embed/drill", json=drill)
    assert [widget["kind"] for widget in widgets][:2] == ["heading", "text"]
    assert (refused.status_code, refused.json()["fields"][0]["path"]) == (400, "widget_id")


async def test_a_hidden_text_is_told_to_nobody(app: FastAPI, filled: TestOrg) -> None:
    async with await opened(app, filled, permissions={"hidden_widgets": ["w_note"]}) as browser:
        shown = await browser.get("/v1/embed/dashboard")
        answer = await browser.post("/v1/embed/data", json={})
    assert "w_note" not in shown.text + answer.text


async def test_files_of_figures_leave_words_out(filled: TestOrg) -> None:
    path = f"/v1/dashboards/{filled.made['dashboard']}/export"
    whole = await filled["admin_key"].post(path, json={"format": "csv", "tenant_id": "customer_1"})
    assert "Models" in whole.text
    assert "Note" not in whole.text
    alone = await filled["admin_key"].post(
        path, json={"format": "csv", "tenant_id": "customer_1", "widget_id": "w_note"}
    )
    assert (alone.status_code, alone.json()["fields"][0]["path"]) == (400, "widget_id")


async def test_words_cannot_be_watched_or_kept_in_the_library(filled: TestOrg) -> None:
    alert = {
        "name": "Words",
        "dashboard_id": filled.made["dashboard"],
        "widget_id": "w_note",
        "tenant_id": "customer_1",
        "condition_type": "threshold",
        "operator": "gt",
        "threshold_value": 1,
        "email_to": ["ops@acme.example"],
    }
    refused = await filled["admin_key"].post("/v1/alerts", json=alert)
    assert (refused.status_code, refused.json()["fields"][0]["path"]) == (400, "widget_id")
    kept = await filled["editor"].post("/v1/widgets", json={"title": "Note", "kind": "text", "text": "Hello"})
    assert (kept.status_code, kept.json()["fields"][0]["path"]) == (400, "kind")
