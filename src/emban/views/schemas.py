"""Bodies of the routes that show a dashboard's figures."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from emban.dashboards.document import MAX_WIDGETS, WidgetConfig
from emban.dashboards.view_choice import ChoiceBody, ExportChoice, ViewBody, WidgetId
from emban.http.body import Body
from emban.query.spec.schemas import PointsOut, TableOut


class Whose(Body):
    """Whose figures: one tenant's, or those of all of them on purpose."""

    tenant_id: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None
    all_tenants: Literal[True] | None = None


class PreviewBody(ChoiceBody, Whose):
    """`POST /v1/widgets/preview`: in the last 30 days unless the body says when."""

    preview: list[WidgetConfig] = Field(
        min_length=1, max_length=MAX_WIDGETS, description="Checked as a save checks them; each needs an id."
    )


class ForTenant(Whose):
    """Whose figures, and which version of the dashboard: draft or snapshot."""

    draft: bool | None = Field(
        default=None, description="The draft or the published snapshot; default the draft for editors and above."
    )


class DataBody(ViewBody, ForTenant):
    """`POST /v1/dashboards/{id}/data`: for one tenant, or for all of them on purpose."""

    preview: list[WidgetConfig] | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_WIDGETS,
        description=(
            "Widgets that are not saved yet, answered in place of the draft's, in its period and time zone. Checked as "
            "a save checks them. For editors and above; not with `widgets` or `draft: false`."
        ),
    )


class ExportBody(ExportChoice, ForTenant):
    """`POST /v1/dashboards/{id}/export`."""

    widget_id: WidgetId | None = Field(default=None, description="Only this widget; default all.")


class WidgetFailureOut(BaseModel):
    """In the place of an answer: why there is none."""

    error: str
    code: str


class RunOut(BaseModel):
    """A stretch of text in one style."""

    text: str
    bold: bool
    italic: bool
    code: bool
    href: str | None = Field(description="An address that begins with http:, https: or mailto:; null for plain text.")


class TextBlockOut(BaseModel):
    """A block of a text; `depth` and `marker` are of list items."""

    kind: Literal["paragraph", "heading", "item", "quote", "code", "rule"]
    runs: list[RunOut]
    depth: int
    marker: str


class TextOut(BaseModel):
    """In the place of figures: what a text says, read from its Markdown."""

    blocks: list[TextBlockOut]


class DataOut(BaseModel):
    """The answers by widget id; answers that were at hand may cover less than others, as each one's meta says."""

    widgets: dict[str, PointsOut | TableOut | TextOut | WidgetFailureOut]
    as_of: str | None = Field(description="Time up to which acknowledged events are in every one of the answers.")
