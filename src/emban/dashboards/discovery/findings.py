"""What discovery finds in an org's events, as plain values that the heuristics work on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEvent:
    """An event name with its count and first and last time."""

    name: str
    count: int
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class FoundValue:
    """A value of a dimension and the number of events that carry it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDimension:
    """A string property. `count` events carry it, with about `cardinality` different values.

    `varying` is the share (0 to 1) of the tenants that use it in which it takes more than one value: a dimension such
    as the tenant's own plan has many values overall and only one for any customer who looks at the dashboard.
    """

    name: str
    count: int
    cardinality: int
    varying: float
    event_names: tuple[str, ...]
    top_values: tuple[FoundValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMeasure:
    """A numeric property. `count` events carry it; `distinct` is approximate; `whole` if every value is an integer."""

    name: str
    count: int
    min: float
    max: float
    avg: float
    distinct: int
    whole: bool
    event_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveryFindings:
    """Everything found in one environment, from `window_from` to `window_to`; `complete` if that is all there is.

    `total` counts every event of the environment, `scanned` those of the window that the rest was made from.
    """

    environment: str
    total: int
    first_seen: datetime | None
    last_seen: datetime | None
    window_from: datetime | None
    window_to: datetime | None
    scanned: int
    complete: bool
    tenants: int
    users: int
    events_with_user: int
    events: tuple[FoundEvent, ...]
    dimensions: tuple[FoundDimension, ...]
    measures: tuple[FoundMeasure, ...]
