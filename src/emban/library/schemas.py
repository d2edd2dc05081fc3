"""Bodies and answers of the widget library and of saved queries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from emban.dashboards.document import WidgetConfig
from emban.http.body import Body, Name

MAX_SQL_BYTES = 64 * 1024
Sql = Annotated[str, StringConstraints(min_length=1, max_length=MAX_SQL_BYTES)]


class WidgetBody(Body, WidgetConfig):
    """`POST /v1/widgets`: a widget as in a dashboard's config. The library gives it its id."""

    id: None = Field(default=None, description="Made by the server.")


class WidgetUpdate(WidgetBody):
    """`PUT /v1/widgets/{id}`: the whole widget anew; `version` is the one that was read."""

    version: int | None = Field(
        default=None,
        ge=1,
        le=2**31 - 1,
        description="409 if there is a newer one. Without it the save replaces whatever is there.",
    )


class LibraryWidgetOut(BaseModel):
    """A widget of the library: its draft, and which version of it is published.

    `published_config` is the snapshot, which is what alerts watch; null until it is published.
    """

    id: str
    title: str
    kind: Literal["kpi", "timeseries", "breakdown", "table"]
    chart: str
    query: dict[str, Any]
    layout: dict[str, int] | None = None
    unit: str | None = None
    format: str | None = None
    target: float | None = None
    good: str | None = None
    description: str | None = None
    status: Literal["draft", "published"]
    version: int
    published_version: int | None
    published_at: datetime | None
    published_config: dict[str, Any] | None = None
    has_unpublished_changes: bool
    created_at: datetime
    updated_at: datetime


class WidgetPage(BaseModel):
    """A page of widgets, the newest first."""

    items: list[LibraryWidgetOut]
    next_cursor: str | None


class SavedQueryBody(Body):
    """`POST` and `PUT` of a saved query. The SQL is checked when it is run."""

    name: Name
    sql: Sql


class SavedQueryOut(BaseModel):
    """A named SQL text."""

    id: str
    name: str
    sql: str
    created_by: str
    created_at: datetime
    updated_at: datetime


class SavedQueryPage(BaseModel):
    """A page of saved queries, the newest first."""

    items: list[SavedQueryOut]
    next_cursor: str | None
