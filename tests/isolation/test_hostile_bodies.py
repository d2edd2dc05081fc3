"""What a browser may send: every other key, kind of value and form of body is a 400, and changes nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.isolation.browser import BODIES, DATA, DRILL, EXPORT, Attempt, each, statuses
from tests.support.showing import COUNT

EXTRA_KEYS: dict[str, tuple[Any, ...]] = {
    "tenant_id": ("customer_2", "customer_1", None),
    "tenant": ("customer_2",),
    "tenants": (["customer_2"],),
    "all_tenants": (True, False),
    "org": ("org_1",),
    "org_id": ("org_1", None),
    "environment": ("dev", "prod"),
    "dashboard_id": ("dash_1",),
    "draft": (True,),
    "query": (COUNT, {}),
    "event_name": ("*",),
    "metric": ("count", None),
    "prop": ("margin",),
    "group_by": (["tenant_id"], []),
    "columns": (["tenant_id", "user_id"],),
    "granularity": ("minute",),
    "compare": ("previous_period",),
    "order_by": ("tenant_id",),
    "limit": (1_000_000,),
    "offset": (1,),
    "other": (True,),
    "sql": ("SELECT 1",),
    "where": ("1=1",),
    "as_of": ("2026-01-01T00:00:00Z",),
    "now": ("2026-01-01T00:00:00Z",),
    "permissions": ({}, {"allow_drill_down": True}),
    "locked_filters": ({}, None),
    "locks": ({},),
    "hidden_widgets": ([],),
    "allowed_dimensions": (None, ["user_id"]),
    "allowed_periods": (None,),
    "max_date_range_days": (0,),
    "allow_drill_down": (True,),
    "allow_export": (True,),
    "scope": ({"tenant": "customer_2"},),
    "token": ("x",),
    "session_id": ("es_1",),
    "debug": (True,),
    "dimensions": ({"model": "small"},),
    "numeric_ranges": ({},),
    "Period": ("7d",),
    "period ": ("7d",),
    "__proto__": ({"tenant_id": "customer_2"},),
    "constructor": ({},),
    "$where": ("1",),
    "": (1,),
}
FOREIGN_KEYS: dict[str, dict[str, tuple[Any, ...]]] = {
    "/v1/embed/data": {"widget_id": ("w_calls",), "dimension": ("model",), "value": ("x",), "format": ("csv",)},
    "/v1/embed/drill": {"widgets": (["w_hidden"],), "reload": (True,), "format": ("csv",), "values": (["x"],)},
    "/v1/embed/export": {"widgets": (["w_hidden"],), "reload": (True,), "dimension": ("model",), "value": ("x",)},
}


def extra_keys() -> Iterator[Attempt]:
    for path, body in each():
        names = {**EXTRA_KEYS, **FOREIGN_KEYS[path]}
        for name, value in ((name, value) for name, values in names.items() for value in values):
            yield path, {**body, name: value}
            if name not in {"dimensions", "numeric_ranges"}:
                yield path, {**body, "filters": {name: value}}
            yield path, {**body, "filters": {"numeric_ranges": {"tokens": {"min": 1, name: value}}}}


async def test_every_other_key_is_a_400(browser: httpx.AsyncClient) -> None:
    found = await statuses(browser, extra_keys())
    assert {sent: status for sent, status in found.items() if status != (400, "invalid_request")} == {}
    assert len(found) > 400


WRONG_VALUES: dict[str, tuple[Any, ...]] = {
    "period": (5, "2d", "7D", "", ["7d"], {"from": 1}, "all", "7d' OR 1=1"),
    "date_from": (
        0,
        "yesterday",
        "2026-13-01",
        "2026-01-01T00:00:00",
        "9999-12-31",
        "0001-01-01",
        ["2026-01-01"],
        True,
    ),
    "timezone": (5, "", "Mars/Olympus", "../../../etc/passwd", "/etc/localtime", "UTC; DROP TABLE events", ["UTC"]),
    "filters": ([], "x", 5, {"dimensions": []}, {"dimensions": "x"}, {"numeric_ranges": []}),
}
WRONG_TEXTS: tuple[Any, ...] = (None, 5, ["x"], {}, "x" * 1100, "a\x00")
WRONG_FILTERS: tuple[Any, ...] = (
    {"dimensions": {"model": None}},
    {"dimensions": {"model": 5}},
    {"dimensions": {"model": []}},
    {"dimensions": {"model": [None]}},
    {"dimensions": {"model": {"not": "x"}}},
    {"dimensions": {"model": ["x"] * 201}},
    {"dimensions": {"model": "x" * 1025}},
    {"dimensions": {"": "x"}},
    {"dimensions": {"x" * 200: "x"}},
    {"dimensions": {f"d{nth}": "x" for nth in range(21)}},
    {"dimensions": {"model": "a\x00b"}},
    {"numeric_ranges": {"tokens": {}}},
    {"numeric_ranges": {"tokens": {"min": "1"}}},
    {"numeric_ranges": {"tokens": {"min": 2, "max": 1}}},
    {"numeric_ranges": {"tokens": {"min": True}}},
    {"numeric_ranges": {"tokens": 5}},
)


async def test_values_of_another_kind_are_a_400(browser: httpx.AsyncClient) -> None:
    def attempts() -> Iterator[Attempt]:
        for path, body in each():
            bare = {name: value for name, value in body.items() if name != "period"}
            for name, values in WRONG_VALUES.items():
                yield from ((path, {**bare, name: value}) for value in values)
            yield from ((path, {**body, "filters": given}) for given in WRONG_FILTERS)
            yield path, {**body, "date_from": "2026-01-01"}
            yield path, {**bare, "date_from": "2026-02-01", "date_to": "2026-01-01"}
            yield path, {**bare, "date_to": "2026-01-01"}
        for value in (None, 5, "../w", "w_calls' OR 1=1", "*", ["w_calls"], "x" * 65):
            yield "/v1/embed/data", {**DATA, "widgets": [value]}
            yield "/v1/embed/drill", {**DRILL, "widget_id": value}
            if value is not None:
                yield "/v1/embed/export", {**EXPORT, "widget_id": value}
        for name, given in itertools.product(("dimension", "value"), WRONG_TEXTS):
            yield "/v1/embed/drill", {**DRILL, name: given}

    found = await statuses(browser, attempts())
    assert {sent: status for sent, status in found.items() if status != (400, "invalid_request")} == {}


NO_BODIES = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b"{}{}",
    b"[" * 60_000,
    b'{"filters":' * 5_000,
    b"\xff\xfe{}",
    b'{"period": NaN}',
    b'{"period": "7d", "period": {"a": 1}}',
    b'{"a": ' + b"9" * 5_000 + b"}",
    b'{"filters": {"dimensions": {"model": "\\ud800"}}}',
)


@pytest.mark.parametrize("raw", NO_BODIES, ids=range(len(NO_BODIES)))
async def test_a_body_that_is_none_is_a_400(browser: httpx.AsyncClient, raw: bytes) -> None:
    for path in BODIES:
        answer = await browser.post(path, content=raw, headers={"content-type": "application/json"})
        assert (answer.status_code, set(answer.json()) <= {"error", "code", "fields"}) == (400, True), answer.text
    assert (await browser.post("/v1/embed/data", content=b" " * (1 << 20) + b"{}")).status_code in {400, 413}
    form = await browser.post("/v1/embed/data", content=raw, headers={"content-type": "text/plain"})
    assert form.status_code == 400
