"""What `GET /v1/datasets` offers as functions, the gate takes: every name, as it is written there."""

from __future__ import annotations

from typing import Any

from emban.sqlbox.functions import COMBINATORS, MEMBERSHIP, TYPE_ARGUMENT, is_allowed
from tests.support.control import TestOrg

# Not called with arguments in parentheses of their own: an operator's and a lambda's place in the syntax.
WRITTEN_OTHERWISE = frozenset({"lambda"})
# Which the gate takes in one form alone, and says so.
SPELT_OUT = {
    "kolmogorovSmirnovTest": "kolmogorovSmirnovTest('two-sided', 'asymp')(1.0, 0)",
    "pointInPolygon": "pointInPolygon((1.0, 1.0), [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0)])",
}


def calls_of(name: str) -> list[str]:
    """Return calls of a function: of one text, of texts written out, of arrays, or as its arguments have to be."""
    if name in SPELT_OUT:
        return [SPELT_OUT[name]]
    if name.lower() in TYPE_ARGUMENT:
        return [f"{name}(tenant_id, 'String')"]
    if name.lower() in MEMBERSHIP:
        return [f"{name}(tenant_id, ('a', 'b'))"]
    return [f"{name}({given})" for given in ("tenant_id", "tenant_id, 'a', 'a'", "'a', tenant_id", "['a'], ['b']")]


async def error_of(org: TestOrg, sql: str) -> dict[str, Any] | None:
    answer = await org["admin_key"].post("/v1/query/adhoc", json={"sql": sql})
    body: dict[str, Any] = answer.json()
    return None if answer.status_code == 200 else body


async def test_the_gate_takes_every_function_that_is_offered(org: TestOrg) -> None:
    """What may not be called is refused (`sql_refused`); that arguments do not fit is another error, and no refusal."""
    body = (await org["admin"].get("/v1/datasets")).json()
    offered = [one["name"] for one in body["functions"] if one["name"] not in WRITTEN_OTHERWISE]
    assert len(offered) > 500
    refused = []
    for name in offered:
        errors = [await error_of(org, f"SELECT {call} FROM emban.events") for call in calls_of(name)]
        codes = {None if error is None else error["code"] for error in errors}
        unknown = any(error is not None and f"there is no function {name}" in error["error"] for error in errors)
        if unknown or not codes & {None, "sql_error"}:
            refused.append((name, errors[0]))
    assert [f"{name}: {error}" for name, error in refused] == []


async def test_aggregates_take_the_endings_that_are_offered(org: TestOrg) -> None:
    body = (await org["editor"].get("/v1/datasets")).json()
    assert body["aggregate_endings"] == list(COMBINATORS)
    aggregates = [one["name"] for one in body["functions"] if one["aggregate"]]
    assert all(is_allowed(f"{name}{ending}") for name in aggregates for ending in body["aggregate_endings"])
