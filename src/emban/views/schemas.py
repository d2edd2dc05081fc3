"""Bodies of the routes that show a dashboard's figures."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from emban.dashboards.view_choice import ExportChoice, ViewBody, WidgetId
from emban.http.body import Body
from emban.query.spec.schemas import PointsOut, TableOut


class ForTenant(Body):
    """Whose figures, and which version of the dashboard: one tenant or all of them on purpose, draft or snapshot."""

    tenant_id: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None
    all_tenants: Literal[True] | None = None
    draft: bool | None = Field(
        default=None, description="The draft or the published snapshot; default the draft for editors and above."
    )


class DataBody(ViewBody, ForTenant):
    """`POST /v1/dashboards/{id}/data`: for one tenant, or for all of them on purpose."""


class ExportBody(ExportChoice, ForTenant):
    """`POST /v1/dashboards/{id}/export`."""

    widget_id: WidgetId | None = Field(default=None, description="Only this widget; default all.")


class WidgetFailureOut(BaseModel):
    """In the place of an answer: why there is none."""

    error: str
    code: str


class DataOut(BaseModel):
    """The answers by widget id; answers that were at hand may cover less than others, as each one's meta says."""

    widgets: dict[str, PointsOut | TableOut | WidgetFailureOut]
    as_of: str | None = Field(description="Time up to which acknowledged events are in every one of the answers.")
