"""Embed sessions for the org's backend (`/v1/embed-sessions`), and what their browsers ask for (`/v1/embed/…`)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from emban.authz.guards import Caller
from emban.dashboards.filters import ViewBody
from emban.dashboards.schemas import DataOut
from emban.embed.guard import EmbedCaller
from emban.embed.schemas import EmbedConfigOut, MintBody, MintedOut, SessionPage
from emban.kit.paging import DEFAULT_LIMIT
from emban.kit.parameters import Cursor, PageSize
from emban.query.answer import encode
from emban.services import base_url, services_of

router = APIRouter(prefix="/v1/embed-sessions", tags=["Embed sessions"])
browser_router = APIRouter(prefix="/v1/embed", tags=["Embed"])


@router.post("", status_code=201)
async def mint(body: MintBody, request: Request, caller: Caller) -> MintedOut:
    """Mint a session: one tenant, one published dashboard, 1 to 24 hours. The token is in this answer only."""
    return await services_of(request).embed_sessions.mint(caller, body, base_url(request))


@router.get("")
async def list_sessions(
    request: Request,
    caller: Caller,
    limit: PageSize = DEFAULT_LIMIT,
    cursor: Cursor = None,
    tenant_id: Annotated[str | None, Query(max_length=256, description="Sessions of this tenant alone.")] = None,
) -> SessionPage:
    """List the live sessions of the environment, newest first."""
    return await services_of(request).embed_sessions.list(caller, limit, cursor, tenant_id)


@router.delete("/{session_id}", status_code=204)
async def revoke(session_id: str, request: Request, caller: Caller) -> None:
    """Revoke a session: its token is refused from the next request on."""
    await services_of(request).embed_sessions.revoke(caller, session_id)


@browser_router.get("/dashboard")
async def embed_dashboard(request: Request, caller: EmbedCaller) -> EmbedConfigOut:
    """Return what the page needs to draw itself: the snapshot's widgets, the filter bar, the session's end."""
    return await services_of(request).embed_views.dashboard(caller)


@browser_router.post("/data", response_model=DataOut)
async def embed_data(body: ViewBody, request: Request, caller: EmbedCaller) -> Response:
    """Answer the widgets for the session's tenant. The body holds widget ids and filter values, never a query."""
    answered: Any = await services_of(request).embed_views.data(caller, body)
    return Response(encode(answered), media_type="application/json")
