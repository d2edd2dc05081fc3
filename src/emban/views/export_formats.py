"""A dashboard's figures as a file of any format, all from the same answers: downloads and reports go this one way."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from emban.dashboards.document import WidgetConfig
from emban.dashboards.page_widgets import PageWidgetOut, page_widgets
from emban.dashboards.widget_queries import View
from emban.query.time.span import Period
from emban.render.document import ChosenRange, ChosenValues, RenderDocument
from emban.render.renderer import PATIENCE_S, Renderer
from emban.views.csv_export import export_csv, export_csv_zip
from emban.views.export_file import Export, export_name
from emban.views.widget_answers import WidgetData

FileFormat = Literal["csv", "csv_zip", "png", "pdf"]
# A widget that is alone on its page has all of its width, and at least so many rows.
ALONE_ROWS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportContent:
    """What a file is made of: a dashboard's name, widgets and answers, and the view that they were answered for.

    `whole` is false for a file of one widget. `tenant` is whose figures they are, where the reader has to be told.
    `theme` is what `shown_theme` leaves of the dashboard's. `org_id` is who waits its turn for the renderer.
    """

    org_id: str
    name: str
    widgets: Sequence[WidgetConfig]
    view: View
    data: WidgetData
    now: datetime
    whole: bool = True
    bom: bool = False
    locale: str = "en"
    tenant: str | None = None
    theme: Mapping[str, str] = field(default_factory=dict)


async def render_export(
    renderer: Renderer, file_format: FileFormat, content: ExportContent, *, patience_s: float | None = PATIENCE_S
) -> Export:
    """Return the file. Raises as `Renderer.pdf` for a png and a pdf; `patience_s` of None waits as long as it takes."""
    name, widgets, view, data = content.name, content.widgets, content.view, content.data
    if file_format == "csv":
        return await to_thread(export_csv, name, widgets, view, data, content.now, whole=content.whole, bom=content.bom)
    if file_format == "csv_zip":
        return await to_thread(export_csv_zip, name, widgets, view, data, content.now, bom=content.bom)
    draw = renderer.png if file_format == "png" else renderer.pdf
    made = await draw(content.org_id, render_document(content), patience_s=patience_s)
    title = name if content.whole else widgets[0].title
    return Export(export_name(title, content.now), file_format, made)


def render_document(content: ExportContent) -> RenderDocument:
    """Return what a renderer draws, which is also what a mail's small charts are drawn of."""
    view = content.view
    return RenderDocument(
        name=content.name,
        timezone=view.timezone,
        generated_at=content.now,
        as_of=content.data.as_of,
        period=view.span.name if isinstance(view.span, Period) else None,
        locale=content.locale,
        tenant=content.tenant,
        filters=tuple(ChosenValues(one.dimension.label, one.values) for one in view.dimensions),
        ranges=tuple(ChosenRange(one.prop, one.low, one.high) for one in view.ranges),
        theme=content.theme,
        widgets=tuple(_widgets(content)),
        answers=content.data.widgets,
    )


def _widgets(content: ExportContent) -> list[dict[str, Any]]:
    shown = page_widgets(content.widgets)
    return [_dumped(one) if content.whole else _alone(one) for one in shown]


def _dumped(widget: PageWidgetOut) -> dict[str, Any]:
    return widget.model_dump(mode="json")


def _alone(widget: PageWidgetOut) -> dict[str, Any]:
    return {**_dumped(widget), "layout": {"x": 0, "y": 0, "w": 12, "h": max(ALONE_ROWS, widget.layout.h)}}
