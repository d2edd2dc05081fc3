"""Places in the palette for the values of properties that charts tell apart by colour.

A value keeps its place from publish to publish, in every widget and for every customer. Which values there are is asked
over all customers; what a browser is told is only of values in its own answers (`emban.views.widget_answers`), since a
value may be the name of somebody else's project.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog

from emban.auth.principal import Principal
from emban.dashboards.document import MAX_COLOURED_PROPERTIES, PALETTE_SIZE, DashboardConfig, WidgetConfig
from emban.errors import EmbanError
from emban.kit.clock import utcnow
from emban.query.answer.answers import Points
from emban.query.service import Freshness, QueryService
from emban.query.spec.schemas import QueryIn
from emban.query.spec.validation import read_query
from emban.scope import ALL_TENANTS

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)
Colours = Mapping[str, Mapping[str, int]]
# More values than that in one chart are drawn as "other" anyway; those of other widgets and customers want places, too.
_VALUES = 24
# Publishing does not wait longer for a busy event store.
_PATIENCE_S = 5.0
# Neighbours in the palette are easily taken for one another: a property begins some places after the one before.
_STEP = 3
# Their values are too many and too much alike to be told apart by colour.
_NEVER = frozenset({"tenant_id", "user_id"})


def coloured_property(widget: WidgetConfig) -> str | None:
    """Return what a widget's groups are of, where they are of one property and drawn; None for all other widgets."""
    if not widget.has_figures or widget.kind == "table" or len(widget.spec.group_by) != 1:
        return None
    return widget.spec.group_by[0].label


def places_of(widget: WidgetConfig, colours: Colours) -> Mapping[str, int]:
    """Return the places of the values that a widget's groups may have; none where they are not of one property."""
    name = coloured_property(widget) if colours else None
    return {} if name is None else colours.get(name, {})


def colours_of(snapshot: Mapping[str, Any] | None) -> Colours:
    """Return the places that a dashboard's snapshot has given, none where there is no snapshot."""
    return {} if snapshot is None else snapshot["config"].get("colours", {})


def with_earlier(config: DashboardConfig, earlier: Colours) -> DashboardConfig:
    """Return a config in which values without a place of their own have the one of an earlier publish."""
    names = dict.fromkeys((*earlier, *config.colours))
    merged = {name: {**earlier.get(name, {}), **config.colours.get(name, {})} for name in names}
    return config if merged == config.colours else config.model_copy(update={"colours": merged})


def with_places(colours: Colours, found: Mapping[str, Sequence[str]]) -> dict[str, dict[str, int]]:
    """Return the colours with a place for each found value that has none: the next one that is least in use."""
    placed = {name: dict(values) for name, values in colours.items()}
    for number, (name, values) in enumerate(found.items()):
        taken = placed.setdefault(name, {})
        uses = [0] * PALETTE_SIZE
        for place in taken.values():
            uses[place] += 1
        order = [(number * _STEP + index) % PALETTE_SIZE for index in range(PALETTE_SIZE)]
        for value in values:
            if value in taken:
                continue
            place = min(order, key=lambda index: uses[index])
            taken[value] = place
            uses[place] += 1
    return {name: values for name, values in placed.items() if values}


class ValueColours:
    """Gives places to the values that an org's events have."""

    def __init__(self, queries: QueryService) -> None:
        self._queries = queries

    async def complete(self, caller: Principal, config: DashboardConfig) -> dict[str, dict[str, int]]:
        """Return the config's colours, with places for the most frequent values of each property that is coloured.

        Never raises for the event store's sake: a dashboard can be published while it is away.
        """
        names = list(dict.fromkeys(_properties(config)))[:MAX_COLOURED_PROPERTIES]
        try:
            async with asyncio.timeout(_PATIENCE_S):
                found = await self._values(caller, names)
        except (EmbanError, TimeoutError) as error:
            log.warning("dashboard.colours_not_found", error=type(error).__name__)
            found = {}
        return with_places(config.colours, found)

    async def _values(self, caller: Principal, names: Iterable[str]) -> dict[str, list[str]]:
        specs = {
            name: read_query(
                QueryIn(event_name="*", metric="count", group_by=[name], period="90d", limit=_VALUES), "query"
            )
            for name in names
        }
        if not specs:
            return {}
        scope = caller.scope(ALL_TENANTS)
        answers, _ = await self._queries.run_named(scope, specs, now=utcnow(), freshness=Freshness.RECENT)
        return {
            name: [point.group[0] for point in answer.points if point.group[0]]
            for name, answer in answers.items()
            if isinstance(answer, Points)
        }


def _properties(config: DashboardConfig) -> Iterable[str]:
    for widget in config.widgets:
        # A list or bars are labelled one by one: they repeat colours, and do not need any.
        if widget.kind != "timeseries" and widget.chart != "donut":
            continue
        name = coloured_property(widget)
        if name is not None and name not in _NEVER:
            yield name
