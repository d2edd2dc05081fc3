"""Embed sessions for the org's backend (`/v1/embed-sessions`), and what their browsers ask for (`/v1/embed/…`)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from emban.authz.guards import Admin
from emban.dashboards.view_choice import ViewBody
from emban.embed.data_route import EmbedDataRoute
from emban.embed.guard import EmbedCaller
from emban.embed.schemas import (
    DetailOut,
    DrillBody,
    EmbedConfigOut,
    EmbedExportBody,
    MintBody,
    MintedOut,
    MintedSessionPage,
)
from emban.embed.sessions import EmbedSessions
from emban.embed.views import EmbedViews
from emban.errors import invalid_field
from emban.http.base_url import base_url
from emban.http.disconnect import cancel_on_disconnect, nobody_reads
from emban.http.paging_params import Cursor, PageSize
from emban.http.provide import provided, take
from emban.kit.cursor import DEFAULT_LIMIT
from emban.query.answer.answers import encode
from emban.views.export_file import EXPORT_ANSWER, file_response
from emban.views.schemas import DataOut

router = APIRouter(prefix="/v1/embed-sessions", tags=["Embed sessions"])
browser_router = APIRouter(prefix="/v1/embed", tags=["Embed"])
data_router = APIRouter(prefix="/v1/embed", tags=["Embed"], route_class=EmbedDataRoute)


@router.post("", status_code=201)
async def mint(
    body: MintBody, request: Request, caller: Admin, embed_sessions: Annotated[EmbedSessions, provided(EmbedSessions)]
) -> MintedOut:
    """Mint a session: one tenant, one published dashboard, 1 to 24 hours. The token is in this answer only."""
    return await embed_sessions.mint(caller, body, base_url(request))


@router.get("")
async def list_sessions(
    request: Request,
    caller: Admin,
    embed_sessions: Annotated[EmbedSessions, provided(EmbedSessions)],
    limit: PageSize = DEFAULT_LIMIT,
    cursor: Cursor = None,
    tenant_id: Annotated[str | None, Query(max_length=256, description="Sessions of this tenant alone.")] = None,
) -> MintedSessionPage:
    """List the live sessions of the environment, newest first."""
    return await embed_sessions.list(caller, limit, cursor, tenant_id)


@router.delete("/{session_id}", status_code=204)
async def revoke(
    session_id: str, request: Request, caller: Admin, embed_sessions: Annotated[EmbedSessions, provided(EmbedSessions)]
) -> None:
    """Revoke a session: its token is refused from the next request on."""
    await embed_sessions.revoke(caller, session_id)


@router.delete("", status_code=204)
async def revoke_all(
    request: Request,
    caller: Admin,
    embed_sessions: Annotated[EmbedSessions, provided(EmbedSessions)],
    tenant_id: Annotated[
        str | None, Query(min_length=1, max_length=256, description="Every live session of this tenant.")
    ] = None,
    every: Annotated[bool | None, Query(alias="all", description="True: every live session of the org.")] = None,
) -> None:
    """Revoke every live session of one tenant, or of all with `all=true`, in the request's environment."""
    if tenant_id is None and not every:
        raise invalid_field("tenant_id", "name the tenant whose sessions you mean, or say all=true")
    if tenant_id is not None and every is not None:
        raise invalid_field("all", "does not go with tenant_id: give one or the other")
    await embed_sessions.revoke_all(caller, tenant_id)


@browser_router.get("/dashboard")
async def embed_dashboard(
    caller: EmbedCaller, embed_views: Annotated[EmbedViews, provided(EmbedViews)]
) -> EmbedConfigOut:
    """Return what the page needs to draw itself: the snapshot's widgets, the filter bar, the session's end."""
    return await embed_views.dashboard(caller)


@data_router.post("/data", response_model=DataOut)
async def embed_data(body: ViewBody, request: Request, caller: EmbedCaller) -> Response:
    """Answer the widgets for the session's tenant. The body holds widget ids and filter values, never a query."""
    data = await cancel_on_disconnect(request, take(request, EmbedViews).data(caller, body))
    return nobody_reads() if data is None else Response(data.encoded(), media_type="application/json")


@browser_router.post("/drill", response_model=DetailOut)
async def embed_drill(
    body: DrillBody, caller: EmbedCaller, embed_views: Annotated[EmbedViews, provided(EmbedViews)]
) -> Response:
    """List the events behind a slice of a widget, the newest first, at most 1,000: what its figure is made of."""
    answered: Any = await embed_views.drill(caller, body)
    return Response(encode(answered), media_type="application/json")


@browser_router.post("/export", responses=EXPORT_ANSWER, response_class=Response)
async def embed_export(
    body: EmbedExportBody,
    request: Request,
    caller: EmbedCaller,
    embed_views: Annotated[EmbedViews, provided(EmbedViews)],
) -> Response:
    """Download the widgets' figures as a csv, png or pdf: those of the screen, from the same queries."""
    export = await cancel_on_disconnect(request, embed_views.export(caller, body))
    return nobody_reads() if export is None else file_response(export)
