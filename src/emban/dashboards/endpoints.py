"""`/v1/dashboards/…`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from emban.authz.guards import Admin, Editor, Viewer
from emban.dashboards.publication import Publishing
from emban.dashboards.schemas import (
    CreateBody,
    DashboardOut,
    DashboardPage,
    DuplicateBody,
    MoveBody,
    UpdateBody,
    VersionOut,
    VersionPage,
)
from emban.dashboards.service import Dashboards
from emban.dashboards.transfer import DashboardTransfer
from emban.dashboards.versions import DashboardVersions
from emban.http.paging_params import Cursor, PageSize
from emban.http.provide import provided
from emban.kit.cursor import DEFAULT_LIMIT

router = APIRouter(prefix="/v1/dashboards", tags=["Dashboards"])
VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]


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


@router.post("/{dashboard_id}/duplicate", status_code=201)
async def duplicate_dashboard(
    dashboard_id: str,
    body: DuplicateBody,
    caller: Editor,
    transfer: Annotated[DashboardTransfer, provided(DashboardTransfer)],
) -> DashboardOut:
    """Make a new draft of the draft, here or in another environment of the org; its widgets keep their ids."""
    return await transfer.duplicate(caller, dashboard_id, body)


@router.post("/{dashboard_id}/move")
async def move_dashboard(
    dashboard_id: str,
    body: MoveBody,
    caller: Editor,
    transfer: Annotated[DashboardTransfer, provided(DashboardTransfer)],
) -> DashboardOut:
    """Take the dashboard with its versions to another environment of the org; 409 while it is published."""
    return await transfer.move(caller, dashboard_id, body)


@router.get("/{dashboard_id}/versions")
async def list_versions(
    dashboard_id: str,
    caller: Viewer,
    versions: Annotated[DashboardVersions, provided(DashboardVersions)],
    limit: PageSize = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> VersionPage:
    """List who saved what when, newest first; a viewer sees the versions that were published."""
    return await versions.page(caller, dashboard_id, limit, cursor)


@router.get("/{dashboard_id}/versions/{version}")
async def get_version(
    dashboard_id: str,
    version: VersionNumber,
    caller: Viewer,
    versions: Annotated[DashboardVersions, provided(DashboardVersions)],
) -> VersionOut:
    """Read one version with its config."""
    return await versions.get(caller, dashboard_id, version)


@router.post("/{dashboard_id}/versions/{version}/restore")
async def restore_version(
    dashboard_id: str,
    version: VersionNumber,
    caller: Editor,
    versions: Annotated[DashboardVersions, provided(DashboardVersions)],
) -> DashboardOut:
    """Make an old version the draft again, as a new version; checked as a save is."""
    return await versions.restore(caller, dashboard_id, version)
