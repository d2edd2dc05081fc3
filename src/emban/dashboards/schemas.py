"""Bodies of the dashboard routes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, PlainSerializer, StringConstraints, field_validator

from emban.dashboards.document import DashboardConfig
from emban.http.body import Body
from emban.kit.rfc3339 import format_instant

Instant = Annotated[datetime, PlainSerializer(format_instant, return_type=str)]
DashboardName = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class CreateBody(Body):
    """`POST /v1/dashboards`."""

    name: DashboardName
    config: DashboardConfig = Field(default_factory=DashboardConfig)

    @field_validator("name")
    @classmethod
    def _named(cls, value: str) -> str:
        return not_blank(value)


class UpdateBody(Body):
    """`PUT /v1/dashboards/{id}`: what is given replaces the draft's; `version` is the one that was read."""

    version: int = Field(ge=1)
    name: DashboardName | None = None
    config: DashboardConfig | None = None

    @field_validator("name")
    @classmethod
    def _named(cls, value: str | None) -> str | None:
        return None if value is None else not_blank(value)


class DashboardItem(BaseModel):
    """A dashboard in a list. A viewer sees the published name and version."""

    id: str
    name: str
    environment: str
    status: Literal["draft", "published"]
    version: int
    published_version: int | None = Field(description="Version of the snapshot, kept while unpublished.")
    published_at: Instant | None
    has_unpublished_changes: bool
    created_at: Instant
    updated_at: Instant


class RenamedOut(BaseModel):
    """A name that is another in the draft."""

    published: str
    draft: str


class ChangedWidgetsOut(BaseModel):
    """Ids of widgets that the draft adds, leaves out, or has in another form than the snapshot."""

    added: list[str]
    removed: list[str]
    changed: list[str]


class DifferenceOut(BaseModel):
    """What publishing would change: the name (null if it stays), widgets, the filter bar, the theme."""

    name: RenamedOut | None
    widgets: ChangedWidgetsOut
    filters: bool
    theme: bool


class DashboardOut(DashboardItem):
    """One dashboard. `config` is the draft, for a viewer the snapshot; what stands below it is for editors only."""

    config: dict[str, Any]
    published_config: dict[str, Any] | None = None
    difference: DifferenceOut | None = Field(default=None, description="Draft against snapshot; null without one.")


class DashboardPage(BaseModel):
    """A page of dashboards, newest first."""

    items: list[DashboardItem]
    next_cursor: str | None


def not_blank(value: str) -> str:
    """Return the text without surrounding space; raises `ValueError` for one that is nothing else."""
    if not value.strip():
        raise ValueError("must not be blank")
    return value.strip()
