"""`/v1/discover`: what the events are like, and a first dashboard made from it."""

from __future__ import annotations

from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field

from emban.authz.guards import Admin, Editor
from emban.dashboards.discovery.auto_create import compose
from emban.dashboards.discovery.dimensions import label_of
from emban.dashboards.discovery.findings import DiscoveryFindings, FoundDimension, FoundMeasure
from emban.dashboards.discovery.service import Discovery
from emban.dashboards.document import DashboardConfig
from emban.dashboards.schemas import Instant
from emban.dashboards.service import Dashboards
from emban.errors import conflict
from emban.http.body import Body
from emban.http.provide import provided
from emban.kit.clock import utcnow

router = APIRouter(prefix="/v1/discover", tags=["Discover"])
AUTO_NAME = "Overview"


class EventOut(BaseModel):
    """An event name."""

    name: str
    count: int
    first_seen: Instant
    last_seen: Instant


class ValueOut(BaseModel):
    """A value of a dimension and the number of events that carry it."""

    value: str
    count: int


class FoundDimensionOut(BaseModel):
    """A string property: how many events carry it, about how many values it has, the most frequent ones."""

    name: str
    label: str = Field(description="How queries and filters name it: the name, or `string_props.` and the name.")
    count: int
    cardinality: int
    top_values: list[ValueOut]
    event_names: list[str]

    @classmethod
    def of(cls, found: FoundDimension) -> Self:
        """Return what the API says of a dimension."""
        return cls(
            name=found.name,
            label=label_of(found.name),
            count=found.count,
            cardinality=found.cardinality,
            top_values=[ValueOut(value=one.value, count=one.count) for one in found.top_values],
            event_names=list(found.event_names),
        )


class MeasureOut(BaseModel):
    """A numeric property and its range."""

    name: str
    count: int
    min: float
    max: float
    avg: float
    event_names: list[str]

    @classmethod
    def of(cls, found: FoundMeasure) -> Self:
        """Return what the API says of a measure."""
        return cls(
            name=found.name,
            count=found.count,
            min=found.min,
            max=found.max,
            avg=found.avg,
            event_names=list(found.event_names),
        )


class WindowOut(BaseModel):
    """The stretch of time that the lists were made from: all events, or the newest ones of a very large org."""

    date_from: Instant | None
    date_to: Instant | None
    events: int
    complete: bool = Field(description="False where there are more events than are looked at for this.")


class DiscoverOut(BaseModel):
    """What was found in the environment. Cardinalities, users and tenants are approximate above some thousands."""

    environment: str
    events: int = Field(description="All events of the environment.")
    first_seen: Instant | None
    last_seen: Instant | None
    tenants: int
    users: int
    window: WindowOut
    event_names: list[EventOut]
    dimensions: list[FoundDimensionOut]
    measures: list[MeasureOut]


class AutoCreateBody(Body):
    """`POST /v1/discover/auto-create`: nothing to say."""


class AutoCreatedOut(BaseModel):
    """The draft that was made."""

    dashboard_id: str
    name: str
    widgets: int


@router.get("")
async def discover(caller: Admin, discovery: Annotated[Discovery, provided(Discovery)]) -> DiscoverOut:
    """List event names, dimensions with their top values, and measures with their ranges."""
    found = await discovery.look(caller.scope())
    return _shown(found)


@router.post("/auto-create", status_code=201)
async def auto_create(
    body: AutoCreateBody,
    caller: Editor,
    discovery: Annotated[Discovery, provided(Discovery)],
    dashboards: Annotated[Dashboards, provided(Dashboards)],
) -> AutoCreatedOut:
    """Make a draft dashboard from what was found: figures, trends, breakdowns and a table.

    Answers 409 where there are no events to make one from.
    """
    del body  # It has no fields yet; unknown ones were refused.
    found = await discovery.look(caller.scope())
    if not found.events:
        raise conflict(
            f"there are no events in environment {caller.environment!r} yet: "
            "send some to POST /v1/events, or ask POST /v1/onboarding/seed for sample ones, then try again"
        )
    config = DashboardConfig.model_validate(compose(found, utcnow()))
    made = await dashboards.add(caller, AUTO_NAME, config, action="dashboard.auto_create")
    return AutoCreatedOut(dashboard_id=made.id, name=made.name, widgets=len(config.widgets))


def _shown(found: DiscoveryFindings) -> DiscoverOut:
    return DiscoverOut(
        environment=found.environment,
        events=found.total,
        first_seen=found.first_seen,
        last_seen=found.last_seen,
        tenants=found.tenants,
        users=found.users,
        window=WindowOut(
            date_from=found.window_from, date_to=found.window_to, events=found.scanned, complete=found.complete
        ),
        event_names=[
            EventOut(name=one.name, count=one.count, first_seen=one.first_seen, last_seen=one.last_seen)
            for one in found.events
        ],
        dimensions=[FoundDimensionOut.of(one) for one in found.dimensions],
        measures=[MeasureOut.of(one) for one in found.measures],
    )
