"""Bodies of the embed routes. A browser's bodies hold widget ids and filter values, never a query."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from emban.dashboards.page_widgets import PageWidgetOut
from emban.dashboards.schemas import Instant
from emban.dashboards.view_choice import ChoiceBody, ExportChoice, WidgetId
from emban.embed.permissions import PermissionsBody
from emban.http.body import Body
from emban.query.spec.schemas import DimensionName, MetaOut, Value

MIN_LIFETIME_S = 3600
MAX_LIFETIME_S = 86_400


class MintBody(Body):
    """`POST /v1/embed-sessions`."""

    tenant_id: Annotated[str, StringConstraints(min_length=1, max_length=256)] = Field(
        description="The customer whose events the browser may see, and no others."
    )
    dashboard_id: str = Field(min_length=1, max_length=64, description="A published dashboard.")
    expires_in: int = Field(
        default=MIN_LIFETIME_S, ge=MIN_LIFETIME_S, le=MAX_LIFETIME_S, strict=True, description="Seconds, 1 to 24 hours."
    )
    permissions: PermissionsBody = Field(default_factory=PermissionsBody)


class MintedOut(BaseModel):
    """A minted session; the token is shown here and never again."""

    id: str
    token: str
    embed_url: str = Field(description="Put it into an iframe's src. It holds the token.")
    expires_at: Instant


class MintedSessionOut(BaseModel):
    """A live session, without its token."""

    id: str
    tenant_id: str
    dashboard_id: str
    environment: str
    permissions: dict[str, Any]
    created_by: str
    created_at: Instant
    expires_at: Instant


class MintedSessionPage(BaseModel):
    """A page of live sessions, newest first."""

    items: list[MintedSessionOut]
    next_cursor: str | None


class DrillBody(ChoiceBody):
    """`POST /v1/embed/drill`: a slice of a widget, in the widget's window and with its filters."""

    widget_id: WidgetId
    dimension: DimensionName = Field(description="What the slice is cut by, such as a name of the widget's group_by.")
    value: Value = Field(description="The slice's value; empty text for events without the property.")


class EmbedExportBody(ExportChoice):
    """`POST /v1/embed/export`."""

    widget_id: WidgetId | None = Field(default=None, description="Only this widget; default all visible ones.")


class DetailColumnOut(BaseModel):
    """A column of detail rows."""

    name: str
    type: Literal["timestamp", "string", "number"]


class DetailOut(BaseModel):
    """The events behind a slice, the newest first, at most 1,000."""

    columns: list[DetailColumnOut]
    rows: list[list[str | float | int | None]]
    local: list[str] = Field(description="For each row, what a clock in the query's time zone showed.")
    truncated: bool = Field(description="Whether the slice has more rows than are shown.")
    meta: MetaOut


class BrandingOut(BaseModel):
    """Whether "Powered by Emban" is shown, which depends on the plan."""

    powered_by: bool


class GridOut(BaseModel):
    """The grid that widgets' layouts refer to."""

    columns: int


class EmbedDashboardOut(BaseModel):
    """The published snapshot, less what the session hides."""

    id: str
    name: str
    theme: dict[str, str]
    branding: BrandingOut
    layout: GridOut
    timezone: str
    widgets: list[PageWidgetOut]


class FilterDimensionOut(BaseModel):
    """A drop-down of the filter bar: the values that this tenant's events have, most frequent first."""

    name: str
    values: list[str]


class EmbedFiltersOut(BaseModel):
    """The filter bar."""

    periods: list[str]
    default_period: str
    dimensions: list[FilterDimensionOut]
    numeric: list[str] = Field(description="Numeric properties that ranges may be given for.")


class EmbedPermissionsOut(BaseModel):
    """The permissions that the page needs to know; locks and hidden widgets are not among them."""

    allow_drill_down: bool
    allow_export: bool
    allowed_dimensions: list[str] | None
    allowed_periods: list[str] | None
    max_date_range_days: int


class EmbedSessionOut(BaseModel):
    """The session's remaining seconds."""

    expires_in: int


class EmbedConfigOut(BaseModel):
    """`GET /v1/embed/dashboard`."""

    dashboard: EmbedDashboardOut
    filters: EmbedFiltersOut
    permissions: EmbedPermissionsOut
    session: EmbedSessionOut
