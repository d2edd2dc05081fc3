"""Webhooks as alerts and reports save them: a name is looked up, and none of its addresses may be one of ours."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from emban.delivery.outbound.client import OutboundHttp
from tests.support.control import TestOrg, service
from tests.support.receivers import naming
from tests.support.reports import body_of
from tests.support.showing import publish

NAMES = {
    "inside.acme.example": [["10.0.0.1"]],
    "both.acme.example": [["8.8.8.8", "169.254.169.254"]],
    "outside.acme.example": [["8.8.8.8", "2606:4700::1111"]],
}


async def test_a_name_that_leads_inside_is_refused(
    app: FastAPI, fresh_org: TestOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    dashboard = await publish(fresh_org)
    config = (await fresh_org["admin"].get(f"/v1/dashboards/{dashboard}")).json()["config"]
    widget = config["widgets"][0]["id"]
    alert = {"name": "a", "widget_id": widget, "dashboard_id": dashboard, "condition_type": "no_data"}
    said: dict[str, list[int]] = {}
    async with naming({name: list(turns) for name, turns in NAMES.items()}) as (_, resolver):
        monkeypatch.setattr(service(app, OutboundHttp), "_resolver", resolver)
        for name in NAMES:
            for path, body in (("/v1/alerts", alert), ("/v1/reports", body_of(dashboard))):
                answer = await fresh_org["admin"].post(path, json={**body, "webhook_url": f"https://{name}/in"})
                said.setdefault(name, []).append(answer.status_code)
                if answer.status_code == 400:
                    (field,) = answer.json()["fields"]
                    assert field["path"] == "webhook_url"
                    assert field["message"].startswith("must not resolve to ")
                    continue
                changed = {**body, "webhook_url": "https://inside.acme.example/"}
                again = await fresh_org["admin"].put(f"{path}/{answer.json()['id']}", json=changed)
                assert again.status_code == 400, again.text
                assert again.json()["fields"][0]["path"] == "webhook_url"

    assert list(said.values()) == [[400, 400], [400, 400], [201, 201]]
