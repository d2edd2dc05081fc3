"""The shapes that go in and come out, as typed dictionaries: what the API documents, key by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict

JSON = dict[str, Any]


class Event(TypedDict):
    """One thing that happened at a tenant. `timestamp`: RFC 3339 or an aware datetime; left out, the server's time."""

    tenant_id: str
    event_name: str
    timestamp: NotRequired[str | datetime]
    event_id: NotRequired[str]
    user_id: NotRequired[str]
    string_props: NotRequired[Mapping[str, str]]
    numeric_props: NotRequired[Mapping[str, float]]


class EventProblem(TypedDict):
    """Why one event of a batch was not stored. `index` counts through everything given to `send_events`."""

    index: int
    path: str
    message: str


class EventsAnswer(TypedDict):
    """What became of the events: newly stored, refused, seen before."""

    accepted: int
    rejected: int
    duplicates: int
    errors: list[EventProblem]
    status: Literal["ok", "partial"]


class NumericRange(TypedDict, total=False):
    """Both ends included; either may be left out."""

    min: float
    max: float


class Filters(TypedDict, total=False):
    """Every condition must hold; of several values of a dimension, any."""

    dimensions: Mapping[str, str | Sequence[str]]
    numeric_ranges: Mapping[str, NumericRange]


MetricName = Literal[
    "count",
    "count_unique",
    "count_unique_approx",
    "sum",
    "avg",
    "min",
    "max",
    "p50",
    "p95",
    "p99",
    "p50_approx",
    "p95_approx",
    "p99_approx",
    "formula",
]
Period = Literal[
    "1h",
    "24h",
    "today",
    "yesterday",
    "7d",
    "this_week",
    "last_week",
    "30d",
    "this_month",
    "last_month",
    "90d",
    "this_year",
]


class BaseFigure(TypedDict):
    """One figure of a formula; `event_name` takes the place of the query's, `filters` come on top of it."""

    metric: MetricName
    prop: NotRequired[str]
    event_name: NotRequired[str]
    filters: NotRequired[Filters]


class Figure(BaseFigure):
    """One figure of a series, or a column of a table: as one of a formula, or a formula itself."""

    formula: NotRequired[str]
    figures: NotRequired[Mapping[str, BaseFigure]]
    title: NotRequired[str]


Column = Figure


class Query(TypedDict):
    """A structured query; docs/reference/queries.md describes each key."""

    event_name: NotRequired[str]
    metric: NotRequired[MetricName]
    prop: NotRequired[str]
    formula: NotRequired[str]
    figures: NotRequired[Mapping[str, BaseFigure]]
    series: NotRequired[Mapping[str, Figure]]
    group_by: NotRequired[str | Sequence[str]]
    granularity: NotRequired[Literal["none", "minute", "hour", "day", "week", "month", "auto"]]
    cumulative: NotRequired[bool]
    moving_average: NotRequired[int]
    period: NotRequired[Period]
    date_from: NotRequired[str]
    date_to: NotRequired[str]
    timezone: NotRequired[str]
    filters: NotRequired[Filters]
    compare: NotRequired[Literal["previous_period", "previous_year"]]
    as_of: NotRequired[str]
    limit: NotRequired[int]
    order: NotRequired[Literal["asc", "desc"]]
    order_by: NotRequired[str]
    other: NotRequired[bool]
    columns: NotRequired[Sequence[str | Column]]


class Point(TypedDict):
    """One figure. `t` is the start of its bucket, None without granularity; `group` is empty without group_by.

    `local` is `t` by the clock of the query's time zone: `2026-11-01T00:00`, of a day and more its date; `series` the
    figure's name in a query with several.
    """

    t: str | None
    group: list[str]
    value: float | None
    previous_value: NotRequired[float | None]
    delta_pct: NotRequired[float | None]
    other: NotRequired[bool]
    local: NotRequired[str]
    series: NotRequired[str]


class QueryAnswer(TypedDict):
    """`points`, or for a query with `columns` its `columns` and `rows`; `meta` says how and as of when."""

    points: NotRequired[list[Point]]
    columns: NotRequired[list[dict[str, str]]]
    rows: NotRequired[list[list[Any]]]
    meta: JSON


class DashboardSummary(TypedDict):
    """A dashboard in a list. `version` goes back with an update, so that nobody's change is lost."""

    id: str
    name: str
    environment: str
    status: Literal["draft", "published"]
    version: int
    published_version: int | None
    published_at: str | None
    has_unpublished_changes: bool
    created_at: str
    updated_at: str


class Dashboard(DashboardSummary):
    """One dashboard; `config` is the draft, `published_config` the snapshot, `difference` what lies between them."""

    config: JSON
    published_config: NotRequired[JSON | None]
    difference: NotRequired[JSON | None]


class DashboardPage(TypedDict):
    """A page of dashboards, newest first."""

    items: list[DashboardSummary]
    next_cursor: str | None


class Permissions(TypedDict, total=False):
    """What a session may show; each key only ever narrows."""

    allow_drill_down: bool
    allow_export: bool
    locked_filters: Mapping[str, str | Sequence[str]]
    hidden_widgets: Sequence[str]
    allowed_dimensions: Sequence[str]
    allowed_periods: Sequence[str]
    max_date_range_days: int


class MintedSession(TypedDict):
    """A new embed session. `embed_url` holds the token: give it to the customer's browser, and to nobody else."""

    id: str
    token: str
    embed_url: str
    expires_at: str


class EmbedSession(TypedDict):
    """A live embed session, without its token."""

    id: str
    tenant_id: str
    dashboard_id: str
    environment: str
    permissions: JSON
    created_by: str
    created_at: str
    expires_at: str


class EmbedSessionPage(TypedDict):
    """A page of live sessions, newest first."""

    items: list[EmbedSession]
    next_cursor: str | None


class Delivery(TypedDict):
    """One attempt to deliver a message: a webhook to `url` (without its query), or a mail to `address`."""

    id: int
    message_id: str
    at: str
    channel: Literal["webhook", "email"]
    source: Literal["alert", "report"]
    source_id: int
    source_name: str
    attempt: int
    final: bool
    delivered: bool
    url: str | None
    address: str | None
    status_code: int | None
    ms: float | None
    error: str | None
    answer: str | None
    request_id: str | None


class DeliveryPage(TypedDict):
    """A page of attempts, newest first."""

    items: list[Delivery]
    next_cursor: str | None


class WebhookSecret(TypedDict):
    """A new signing secret, which is shown this once. The one before signs beside it until `previous_signs_until`."""

    secret: str
    created_at: str
    previous_signs_until: str | None
