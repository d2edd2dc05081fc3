"""Bodies of the dashboard routes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, PlainSerializer, StringConstraints, field_validator

from emban.dashboards.document import DashboardConfig
from emban.http.body import Body
from emban.kit.rfc3339 import format_instant
from emban.orgs.schemas import EnvironmentName

Instant = Annotated[datetime, PlainSerializer(format_instant, return_type=str)]
MAX_DASHBOARD_NAME = 200
DashboardName = Annotated[str, StringConstraints(min_length=1, max_length=MAX_DASHBOARD_NAME)]


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
    colours: bool = Field(default=False, description="Whether a value is given another colour.")


class DashboardOut(DashboardItem):
    """One dashboard. `config` is the draft, for a viewer the snapshot; what stands below it is for editors only."""

    config: dict[str, Any]
    published_config: dict[str, Any] | None = None
    difference: DifferenceOut | None = Field(default=None, description="Draft against snapshot; null without one.")


class VersionItem(BaseModel):
    """A version in the history of a dashboard: who saved it and when, and how it is different from the one before."""

    version: int
    at: Instant
    actor: str = Field(description="As in the audit log: an email, or the prefix of an API key.")
    name: str
    action: str = Field(
        description=(
            "What made it: `create`, `auto_create`, `duplicate`, `update`, `restore_version` or `restore_published`; "
            "`publish` is a snapshot from before versions were kept."
        )
    )
    published: bool = Field(description="Whether it is or was the published snapshot.")
    widgets: ChangedWidgetsOut = Field(description="Against the version kept before; for a viewer, published before.")


class VersionOut(VersionItem):
    """One version with its config."""

    config: dict[str, Any]


class VersionPage(BaseModel):
    """A page of versions, the newest first."""

    items: list[VersionItem]
    next_cursor: str | None


class DuplicateBody(Body):
    """`POST /v1/dashboards/{id}/duplicate`."""

    name: DashboardName | None = Field(default=None, description="Default: Copy of, and the name of the original.")
    environment: EnvironmentName | None = Field(default=None, description="Default: the original's.")

    @field_validator("name")
    @classmethod
    def _named(cls, value: str | None) -> str | None:
        return None if value is None else not_blank(value)


class MoveBody(Body):
    """`POST /v1/dashboards/{id}/move`."""

    environment: EnvironmentName = Field(description="Where the dashboard goes, of the same org.")


class DashboardPage(BaseModel):
    """A page of dashboards, newest first."""

    items: list[DashboardItem]
    next_cursor: str | None


def not_blank(value: str) -> str:
    """Return the text without surrounding space; raises `ValueError` for one that is nothing else."""
    if not value.strip():
        raise ValueError("must not be blank")
    return value.strip()
