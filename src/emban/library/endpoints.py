"""`/v1/widgets` and `/v1/saved-queries`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from emban.authz.guards import Admin, Editor, Viewer
from emban.http.paging_params import Cursor, PageSize
from emban.http.provide import provided
from emban.kit.cursor import DEFAULT_LIMIT
from emban.library.saved_queries import SavedQueries
from emban.library.schemas import (
    LibraryWidgetOut,
    SavedQueryBody,
    SavedQueryOut,
    SavedQueryPage,
    WidgetBody,
    WidgetPage,
    WidgetUpdate,
)
from emban.library.widgets import Widgets

router = APIRouter(prefix="/v1")


@router.get("/widgets", tags=["Widgets"])
async def list_widgets(
    caller: Viewer,
    widgets: Annotated[Widgets, provided(Widgets)],
    limit: PageSize = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> WidgetPage:
    """List the widget library."""
    return await widgets.page(caller, limit, cursor)


@router.post("/widgets", status_code=201, tags=["Widgets"])
async def create_widget(
    body: WidgetBody, caller: Editor, widgets: Annotated[Widgets, provided(Widgets)]
) -> LibraryWidgetOut:
    """Make a widget, as a draft."""
    return await widgets.add(caller, body)


@router.get("/widgets/{widget_id}", tags=["Widgets"])
async def read_widget(
    widget_id: str, caller: Viewer, widgets: Annotated[Widgets, provided(Widgets)]
) -> LibraryWidgetOut:
    """Return one widget."""
    return await widgets.read(caller, widget_id)


@router.put("/widgets/{widget_id}", tags=["Widgets"])
async def update_widget(
    widget_id: str, body: WidgetUpdate, caller: Editor, widgets: Annotated[Widgets, provided(Widgets)]
) -> LibraryWidgetOut:
    """Save the draft anew; 409 where somebody else did since."""
    return await widgets.update(caller, widget_id, body)


@router.delete("/widgets/{widget_id}", status_code=204, tags=["Widgets"])
async def delete_widget(widget_id: str, caller: Editor, widgets: Annotated[Widgets, provided(Widgets)]) -> None:
    """Delete a widget with its snapshot."""
    await widgets.delete(caller, widget_id)


@router.post("/widgets/{widget_id}/publish", status_code=204, tags=["Widgets"])
async def publish_widget(widget_id: str, caller: Admin, widgets: Annotated[Widgets, provided(Widgets)]) -> None:
    """Freeze the draft; alerts watch what is published."""
    await widgets.publish(caller, widget_id)


@router.get("/saved-queries", tags=["Saved queries"])
async def list_saved_queries(
    caller: Editor,
    saved_queries: Annotated[SavedQueries, provided(SavedQueries)],
    limit: PageSize = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> SavedQueryPage:
    """List saved queries."""
    return await saved_queries.page(caller, limit, cursor)


@router.post("/saved-queries", status_code=201, tags=["Saved queries"])
async def create_saved_query(
    body: SavedQueryBody, caller: Editor, saved_queries: Annotated[SavedQueries, provided(SavedQueries)]
) -> SavedQueryOut:
    """Save a query under a name."""
    return await saved_queries.add(caller, body)


@router.put("/saved-queries/{saved_query_id}", tags=["Saved queries"])
async def update_saved_query(
    saved_query_id: str,
    body: SavedQueryBody,
    caller: Editor,
    saved_queries: Annotated[SavedQueries, provided(SavedQueries)],
) -> SavedQueryOut:
    """Change the name and text of a saved query."""
    return await saved_queries.update(caller, saved_query_id, body)


@router.delete("/saved-queries/{saved_query_id}", status_code=204, tags=["Saved queries"])
async def delete_saved_query(
    saved_query_id: str, caller: Editor, saved_queries: Annotated[SavedQueries, provided(SavedQueries)]
) -> None:
    """Delete a saved query."""
    await saved_queries.delete(caller, saved_query_id)
