"""`/v1/widgets` and `/v1/saved-queries`."""

from __future__ import annotations

from fastapi import APIRouter, Request

from emban.app.services import services_of
from emban.authz.guards import Caller
from emban.http.paging_params import Cursor, PageSize
from emban.kit.cursor import DEFAULT_LIMIT
from emban.library.schemas import (
    LibraryWidgetOut,
    SavedQueryBody,
    SavedQueryOut,
    SavedQueryPage,
    WidgetBody,
    WidgetPage,
    WidgetUpdate,
)

router = APIRouter(prefix="/v1")


@router.get("/widgets", tags=["Widgets"])
async def list_widgets(
    request: Request, caller: Caller, limit: PageSize = DEFAULT_LIMIT, cursor: Cursor = None
) -> WidgetPage:
    """List the widget library."""
    return await services_of(request).widgets.page(caller, limit, cursor)


@router.post("/widgets", status_code=201, tags=["Widgets"])
async def create_widget(body: WidgetBody, request: Request, caller: Caller) -> LibraryWidgetOut:
    """Make a widget, as a draft."""
    return await services_of(request).widgets.add(caller, body)


@router.get("/widgets/{widget_id}", tags=["Widgets"])
async def read_widget(widget_id: str, request: Request, caller: Caller) -> LibraryWidgetOut:
    """Return one widget."""
    return await services_of(request).widgets.read(caller, widget_id)


@router.put("/widgets/{widget_id}", tags=["Widgets"])
async def update_widget(widget_id: str, body: WidgetUpdate, request: Request, caller: Caller) -> LibraryWidgetOut:
    """Save the draft anew; 409 where somebody else did since."""
    return await services_of(request).widgets.update(caller, widget_id, body)


@router.delete("/widgets/{widget_id}", status_code=204, tags=["Widgets"])
async def delete_widget(widget_id: str, request: Request, caller: Caller) -> None:
    """Delete a widget with its snapshot."""
    await services_of(request).widgets.delete(caller, widget_id)


@router.post("/widgets/{widget_id}/publish", status_code=204, tags=["Widgets"])
async def publish_widget(widget_id: str, request: Request, caller: Caller) -> None:
    """Freeze the draft; alerts watch what is published."""
    await services_of(request).widgets.publish(caller, widget_id)


@router.get("/saved-queries", tags=["Saved queries"])
async def list_saved_queries(
    request: Request, caller: Caller, limit: PageSize = DEFAULT_LIMIT, cursor: Cursor = None
) -> SavedQueryPage:
    """List saved queries."""
    return await services_of(request).saved_queries.page(caller, limit, cursor)


@router.post("/saved-queries", status_code=201, tags=["Saved queries"])
async def create_saved_query(body: SavedQueryBody, request: Request, caller: Caller) -> SavedQueryOut:
    """Save a query under a name."""
    return await services_of(request).saved_queries.add(caller, body)


@router.put("/saved-queries/{saved_query_id}", tags=["Saved queries"])
async def update_saved_query(
    saved_query_id: str, body: SavedQueryBody, request: Request, caller: Caller
) -> SavedQueryOut:
    """Change the name and text of a saved query."""
    return await services_of(request).saved_queries.update(caller, saved_query_id, body)


@router.delete("/saved-queries/{saved_query_id}", status_code=204, tags=["Saved queries"])
async def delete_saved_query(saved_query_id: str, request: Request, caller: Caller) -> None:
    """Delete a saved query."""
    await services_of(request).saved_queries.delete(caller, saved_query_id)
