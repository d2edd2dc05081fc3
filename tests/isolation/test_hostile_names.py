"""A browser that names what is not on the page: nothing can be measured by it, and no lock is found by trying.

Each is tried as a filter, as a range and as a drill, under whatever permissions; the answer must not depend on what the
events hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emban.query.spec.query_spec import Dimension
from tests.isolation.browser import BODIES, CONFIG, DRILL, SECRET_NUMBER, Attempt, World, each

# The strings and numbers of the events, the columns, and names that nothing has.
NAMES = (
    "model",
    "plan",
    "note",
    "event_name",
    "user_id",
    "tenant_id",
    "org_id",
    "margin",
    "tokens",
    "count",
    "nothing",
)
LABELS = (*NAMES, *(f"string_props.{name}" for name in NAMES))
VALUES = ("small", "large", "pro", "free", "", "api.call", "customer_1", "nobody")
NUMBERS = ("tokens", "margin", "plan", "model", "nothing")
# Around the secret, never it: a file repeats what was chosen.
RANGES = ({"min": SECRET_NUMBER - 1}, {"max": SECRET_NUMBER - 1}, {"min": 0, "max": 1e9}, {"min": 1e9})
REFUSED = "dimension_not_shown"
GROUPS = {"w_models": {"model"}, "w_table": {"tenant_id", "plan"}, "w_hidden": set[str]()}

permissions = st.fixed_dictionaries(
    {},
    optional={
        "locked_filters": st.dictionaries(
            st.sampled_from(["model", "plan", "string_props.plan", "note", "event_name", "tokens"]),
            st.sampled_from(["small", "pro", "free", "CANARY-note", "api.call"]),
            max_size=2,
        ),
        "hidden_widgets": st.lists(st.sampled_from(list(GROUPS)), unique=True),
        "allowed_dimensions": st.lists(st.sampled_from(LABELS), unique=True, max_size=4),
    },
)


def expected(allowed: dict[str, Any], label: str) -> str:
    """Return the code that a dimension is refused with, '' where it is taken: from the contract's words alone."""
    dimension = Dimension.named(label)
    hidden = allowed.get("hidden_widgets", [])
    names = set(CONFIG["filters"]["dimensions"]).union(*(GROUPS[one] for one in GROUPS if one not in hidden))
    locked = {Dimension.named(name) for name in allowed.get("locked_filters", {})}
    if dimension not in {Dimension.named(name) for name in names} - locked - {Dimension.named("tenant_id")}:
        return REFUSED
    among = allowed.get("allowed_dimensions")
    return "" if among is None or dimension in {Dimension.named(name) for name in among} else "filter_not_allowed"


def attempts(label: str) -> Iterator[Attempt]:
    """Yield every way to try values of a dimension."""
    for value in VALUES:
        for path, body in each():
            yield path, {**body, "filters": {"dimensions": {label: value}}}
        yield "/v1/embed/drill", {**DRILL, "dimension": label, "value": value}


async def answers(browser: httpx.AsyncClient, tried: Iterator[Attempt]) -> set[tuple[int, str, str]]:
    """Return status, code and words of the answers, of those that were not refused the status alone."""
    found = set()
    for path, body in tried:
        answer = await browser.post(path, json=body)
        said = {"code": "", "error": ""} if answer.status_code == 200 else answer.json()
        found.add((answer.status_code, str(said["code"]), str(said["error"])))
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(allowed=permissions, label=st.sampled_from(LABELS))
async def test_a_dimension_is_taken_where_the_page_shows_it(world: World, allowed: dict[str, Any], label: str) -> None:
    hidden = set(allowed.get("hidden_widgets", [])) - {"w_models"} | {"w_hidden"}
    allowed = {**allowed, "hidden_widgets": sorted(hidden)}
    code = expected(allowed, label)
    async with await world.browser(**allowed) as browser:
        # What the drill is into must be on the page, or its refusal comes first.
        drillable = not expected(allowed, "model")
        paths = [(path, body) for path, body in attempts(label) if drillable or "filters" in body]
        found = await answers(browser, iter(paths))
    if code:
        assert len(found) == 1, "what is refused must be refused in the same words, whatever the value"
        assert {(status, said) for status, said, _ in found} == {(403, code)}
    elif drillable:
        assert found == {(200, "", "")}


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(allowed=permissions, prop=st.sampled_from(NUMBERS))
async def test_a_range_is_taken_where_it_is_declared(world: World, allowed: dict[str, Any], prop: str) -> None:
    allowed = {name: value for name, value in allowed.items() if name == "locked_filters"}
    bodies = [(path, body) for path, body in BODIES.items() if path != "/v1/embed/drill"]
    async with await world.browser(**allowed) as browser:
        tried = (
            (path, {**body, "filters": {"numeric_ranges": {prop: one}}}) for path, body in bodies for one in RANGES
        )
        found = await answers(browser, tried)
    locked = {Dimension.named(name).name for name in allowed.get("locked_filters", {})}
    if prop == "tokens" and prop not in locked:
        assert found == {(200, "", "")}
    else:
        assert {(status, code) for status, code, _ in found} == {(403, REFUSED)}
        assert len(found) == 1


async def test_a_margin_cannot_be_measured_by_halving(world: World) -> None:
    """The fault as it was found: a dashboard without the margin told it, whatever the session allowed."""
    for allowed in (None, ["margin", "model"]):
        async with await world.browser(allowed_dimensions=allowed) as browser:
            halves = ({"min": 0, "max": SECRET_NUMBER + 1}, {"min": SECRET_NUMBER + 1})
            tried = (
                (path, {**body, "filters": {"numeric_ranges": {"margin": one}}})
                for path, body in each()
                for one in halves
            )
            found = await answers(browser, tried)
        assert found == {(403, REFUSED, "this page has no 'margin' to filter or to drill by")}
