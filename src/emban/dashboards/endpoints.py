"""`/v1/dashboards/…`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from emban.authz.guards import Admin, Editor, Viewer
from emban.dashboards.publication import Publishing
from emban.dashboards.schemas import (
    CreateBody,
    DashboardOut,
    DashboardPage,
    UpdateBody,
)
from emban.dashboards.service import Dashboards
from emban.http.paging_params import Cursor, PageSize
from emban.http.provide import provided
from emban.kit.cursor import DEFAULT_LIMIT

router = APIRouter(prefix="/v1/dashboards", tags=["Dashboards"])


@router.get("")
async def list_dashboards(
    caller: Viewer,
    dashboards: Annotated[Dashboards, provided(Dashboards)],
    limit: PageSize = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> DashboardPage:
    """List the environment's dashboards, newest first; a viewer sees the published ones."""
    return await dashboards.list(caller, limit, cursor)


@router.post("", status_code=201)
async def create_dashboard(
    body: CreateBody, caller: Editor, dashboards: Annotated[Dashboards, provided(Dashboards)]
) -> DashboardOut:
    """Make a draft. A widget without an id, a chart or a place on the grid is given one."""
    return await dashboards.create(caller, body)


@router.get("/{dashboard_id}")
async def get_dashboard(
    dashboard_id: str, caller: Viewer, dashboards: Annotated[Dashboards, provided(Dashboards)]
) -> DashboardOut:
    """Read a dashboard: the draft and the snapshot, or for a viewer the snapshot as `config`."""
    return await dashboards.get(caller, dashboard_id)


@router.put("/{dashboard_id}")
async def update_dashboard(
    dashboard_id: str, body: UpdateBody, caller: Editor, dashboards: Annotated[Dashboards, provided(Dashboards)]
) -> DashboardOut:
    """Replace the draft's name, config or both. Needs the `version` that was read; 409 if there is a newer one."""
    return await dashboards.update(caller, dashboard_id, body)


@router.delete("/{dashboard_id}", status_code=204)
async def delete_dashboard(
    dashboard_id: str, caller: Editor, dashboards: Annotated[Dashboards, provided(Dashboards)]
) -> None:
    """Delete a dashboard, its snapshot and its embed sessions."""
    await dashboards.delete(caller, dashboard_id)


@router.post("/{dashboard_id}/publish", status_code=204)
async def publish_dashboard(
    dashboard_id: str, caller: Admin, publishing: Annotated[Publishing, provided(Publishing)]
) -> None:
    """Freeze the draft into the snapshot that viewers and embeds are served."""
    await publishing.publish(caller, dashboard_id)


@router.post("/{dashboard_id}/unpublish", status_code=204)
async def unpublish_dashboard(
    dashboard_id: str, caller: Admin, publishing: Annotated[Publishing, provided(Publishing)]
) -> None:
    """Take the dashboard and its embeds offline; the snapshot is kept."""
    await publishing.unpublish(caller, dashboard_id)


@router.post("/{dashboard_id}/restore-published", status_code=204)
async def restore_published(
    dashboard_id: str, caller: Editor, publishing: Annotated[Publishing, provided(Publishing)]
) -> None:
    """Copy the snapshot over the draft, as a new version of the draft."""
    await publishing.restore(caller, dashboard_id)
