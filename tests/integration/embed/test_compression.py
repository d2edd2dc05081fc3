"""Answers to an embed's page come packed where the browser takes it, and say the same."""

from __future__ import annotations

from fastapi import FastAPI

from tests.support.control import TestOrg
from tests.support.showing import opened


async def test_figures_are_packed_for_whoever_takes_it(app: FastAPI, filled: TestOrg) -> None:
    async with await opened(app, filled) as browser:
        plain = await browser.post("/v1/embed/data", json={"period": "7d"}, headers={"accept-encoding": "identity"})
        packed = await browser.post("/v1/embed/data", json={"period": "7d"}, headers={"accept-encoding": "gzip"})
        refused = await browser.post("/v1/embed/data", json={"perod": "7d"}, headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in packed.headers["vary"].lower()
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    for answer in (plain.json(), packed.json()):
        assert {name: widget.get("points", widget.get("rows")) for name, widget in answer["widgets"].items()} == {
            name: widget.get("points", widget.get("rows")) for name, widget in plain.json()["widgets"].items()
        }
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_request")


async def test_nothing_else_is_packed(filled: TestOrg) -> None:
    """An answer that holds a secret beside words of the sender's must not tell by its size how well the two agree."""
    query = {"event_name": "*", "metric": "count", "period": "30d", "granularity": "day"}
    body = {"query": query, "all_tenants": True}
    answer = await filled["admin_key"].post("/v1/query", json=body, headers={"accept-encoding": "gzip"})
    assert len(answer.content) > 1000
    assert "content-encoding" not in answer.headers
