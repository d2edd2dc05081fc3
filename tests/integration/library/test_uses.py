"""Where a widget of the library is used, as its dashboards remember it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.control import TestOrg
from tests.support.showing import COUNT

WIDGET: dict[str, Any] = {"title": "Calls", "kind": "kpi", "query": COUNT}
DEV = {"x-emban-environment": "dev"}


async def library_widget(org: TestOrg, headers: dict[str, str] | None = None) -> str:
    made = await org["editor"].post("/v1/widgets", json=WIDGET, headers=headers or {})
    assert made.status_code == 201, made.text
    assert made.json()["used_in"] == []
    return str(made.json()["id"])


async def dashboard(org: TestOrg, name: str, *library_ids: str | None, headers: dict[str, str] | None = None) -> str:
    widgets = [{**WIDGET, **({"library_id": one} if one else {})} for one in library_ids]
    made = await org["editor"].post(
        "/v1/dashboards", json={"name": name, "config": {"widgets": widgets}}, headers=headers or {}
    )
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def used_in(org: TestOrg, widget: str, caller: str = "editor", headers: dict[str, str] | None = None) -> Any:
    """Return where a widget is used, which its own route and the list agree on."""
    one = (await org[caller].get(f"/v1/widgets/{widget}", headers=headers or {})).json()["used_in"]
    items = (await org[caller].get("/v1/widgets", headers=headers or {})).json()["items"]
    assert [item["used_in"] for item in items if item["id"] == widget] == [one]
    return [(use["id"], use["name"]) for use in one]


async def test_dashboards_remember_where_a_widget_came_from(fresh_org: TestOrg) -> None:
    first, second = [await library_widget(fresh_org) for _ in range(2)]
    both = await dashboard(fresh_org, "Both", first, second, first)
    one = await dashboard(fresh_org, "A first", first, None)
    await dashboard(fresh_org, "None", None)
    assert await used_in(fresh_org, first) == [(one, "A first"), (both, "Both")]
    assert await used_in(fresh_org, second) == [(both, "Both")]
    config = (await fresh_org["editor"].get(f"/v1/dashboards/{both}")).json()["config"]
    assert [widget["library_id"] for widget in config["widgets"]] == [first, second, first]
    saved = await fresh_org["editor"].put(f"/v1/widgets/{second}", json={**WIDGET, "title": "New"})
    assert [use["id"] for use in saved.json()["used_in"]] == [both]
    await fresh_org["editor"].put(f"/v1/dashboards/{both}", json={"version": 1, "config": {}})
    assert await used_in(fresh_org, second) == []


async def test_what_is_published_is_a_use_and_all_that_a_viewer_sees(fresh_org: TestOrg) -> None:
    widget = await library_widget(fresh_org)
    path = f"/v1/dashboards/{await dashboard(fresh_org, 'Public', widget)}"
    draft = await dashboard(fresh_org, "Draft", widget)
    assert await used_in(fresh_org, widget, "viewer") == []
    await fresh_org["admin"].post(f"{path}/publish")
    await fresh_org["editor"].put(path, json={"version": 1, "name": "Secret name", "config": {}})
    public = path.rpartition("/")[2]
    assert await used_in(fresh_org, widget, "viewer") == [(public, "Public")]
    assert await used_in(fresh_org, widget) == [(draft, "Draft"), (public, "Secret name")]
    await fresh_org["admin"].post(f"{path}/unpublish")
    assert await used_in(fresh_org, widget, "viewer") == []
    assert await used_in(fresh_org, widget) == [(draft, "Draft")]


async def test_uses_are_of_ones_own_org_and_environment(fresh_org: TestOrg, other_org: TestOrg) -> None:
    widget = await library_widget(fresh_org)
    theirs = await dashboard(other_org, "Theirs", widget)
    await dashboard(fresh_org, "Of dev", widget, headers=DEV)
    assert await used_in(fresh_org, widget) == []
    # To name another org's is no mistake that anything follows from, and tells nothing of it.
    unknown = await dashboard(other_org, "Unknown", "w_0000000000000000000000000")
    for one in (theirs, unknown):
        assert (await other_org["editor"].get(f"/v1/dashboards/{one}")).status_code == 200
    assert (await other_org["editor"].get(f"/v1/widgets/{widget}")).status_code == 404


async def test_a_deleted_widget_leaves_its_dashboards_as_they_are(fresh_org: TestOrg) -> None:
    widget = await library_widget(fresh_org)
    path = f"/v1/dashboards/{await dashboard(fresh_org, 'Kept', widget)}"
    assert (await fresh_org["editor"].delete(f"/v1/widgets/{widget}")).status_code == 204
    config = (await fresh_org["editor"].get(path)).json()["config"]
    assert (await fresh_org["editor"].put(path, json={"version": 1, "config": config})).status_code == 200
    assert (await fresh_org["admin"].post(f"{path}/publish")).status_code == 204


@pytest.mark.parametrize("wrong", ["", "w 1", "x" * 65, 1])
async def test_what_is_no_id_is_refused(fresh_org: TestOrg, wrong: object) -> None:
    body = {"name": "x", "config": {"widgets": [{**WIDGET, "library_id": wrong}]}}
    refused = await fresh_org["editor"].post("/v1/dashboards", json=body)
    assert (refused.status_code, refused.json()["fields"][0]["path"]) == (400, "config.widgets[0].library_id")


async def test_a_widget_of_the_library_came_from_none(fresh_org: TestOrg) -> None:
    refused = await fresh_org["editor"].post("/v1/widgets", json={**WIDGET, "library_id": "w_1"})
    assert (refused.status_code, refused.json()["fields"][0]["path"]) == (400, "library_id")
