"""The list of functions against the engine: an upgrade that changes what a name means has to be looked at."""

from __future__ import annotations

from emban.sqlbox.functions import AGGREGATES, SCALARS, is_allowed
from emban.store.client import EventStore
from tests.isolation.sqlbox.world import World

# Part of the syntax, so the engine's table of functions has no entry.
SYNTAX = {"exists", "lambda", "grouping"}
# The engine calls these non-deterministic; why they are on the list all the same.
EXPECTED_NON_DETERMINISTIC = {
    "arrayJoin": "makes rows of an array, the same ones each time",
    "unnest": "another name of arrayJoin",
    "now": "the time is no secret, and most statements need it",
    "now64": "as now",
    "today": "as now",
    "yesterday": "as now",
    "curdate": "as now",
    "current_date": "as now",
    "current_timestamp": "as now",
    "localtimestamp": "as now",
}


async def _engine_functions(world: World) -> dict[str, tuple[str, bool, bool | None]]:
    store: EventStore = world.shared._store._store
    lines = await store.fetch(
        "SELECT name, alias_to, is_aggregate, ifNull(toString(deterministic), '') FROM system.functions",
        output_format="TabSeparated",
    )
    found: dict[str, tuple[str, bool, bool | None]] = {}
    for line in lines.decode().splitlines():
        name, alias_of, is_aggregate, deterministic = line.split("\t")
        found[name] = (alias_of, is_aggregate == "1", None if not deterministic else deterministic == "1")
    return found


async def test_every_name_on_the_list_is_a_function_of_the_engine(world: World) -> None:
    engine = await _engine_functions(world)
    assert {name for name in SCALARS if name not in engine} == SYNTAX
    assert not {name for name in AGGREGATES if name not in engine}
    assert not {name for name in SCALARS - SYNTAX if engine[name][1]}
    assert not {name for name in AGGREGATES if not engine[name][1]}


async def test_every_other_name_stands_for_a_function_on_the_list(world: World) -> None:
    engine = await _engine_functions(world)
    assert not {name for name in (SCALARS | AGGREGATES) - SYNTAX if engine[name][0] and not is_allowed(engine[name][0])}


async def test_case_makes_no_function_of_another_one(world: World) -> None:
    """Names are compared without regard to case, so no two functions may differ by case alone, one of them refused."""
    engine = await _engine_functions(world)
    listed = {name.lower() for name in SCALARS | AGGREGATES}
    targets = {name: engine[name][0] or name for name in engine if name.lower() in listed}
    assert not {name for name, target in targets.items() if not is_allowed(target)}


async def test_what_is_not_deterministic_is_known(world: World) -> None:
    engine = await _engine_functions(world)
    found = {name for name in SCALARS - SYNTAX if engine[name][2] is False}
    assert found == set(EXPECTED_NON_DETERMINISTIC)
