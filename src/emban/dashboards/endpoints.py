"""`/v1/dashboards/…`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response

from emban.authz.guards import Caller
from emban.dashboards.publication import Publishing
from emban.dashboards.schemas import (
    CreateBody,
    DashboardOut,
    DashboardPage,
    DataBody,
    DataOut,
    ExportBody,
    UpdateBody,
)
from emban.dashboards.service import Dashboards
from emban.http.disconnect import cancel_on_disconnect, nobody_reads
from emban.http.paging_params import Cursor, PageSize
from emban.http.provide import provided
from emban.kit.cursor import DEFAULT_LIMIT
from emban.views.csv_export import CSV_ANSWER, csv_response
from emban.views.exports import DashboardExports
from emban.views.widget_answers import DashboardAnswers

router = APIRouter(prefix="/v1/dashboards", tags=["Dashboards"])


@router.get("")
async def list_dashboards(
    caller: Caller,
    dashboards: Annotated[Dashboards, provided(Dashboards)],
    limit: PageSize = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> DashboardPage:
    """List the environment's dashboards, newest first; a viewer sees the published ones."""
    return await dashboards.list(caller, limit, cursor)


@router.post("", status_code=201)
async def create_dashboard(
    body: CreateBody, caller: Caller, dashboards: Annotated[Dashboards, provided(Dashboards)]
) -> DashboardOut:
    """Make a draft. A widget without an id, a chart or a place on the grid is given one."""
    return await dashboards.create(caller, body)


@router.get("/{dashboard_id}")
async def get_dashboard(
    dashboard_id: str, caller: Caller, dashboards: Annotated[Dashboards, provided(Dashboards)]
) -> DashboardOut:
    """Read a dashboard: the draft and the snapshot, or for a viewer the snapshot as `config`."""
    return await dashboards.get(caller, dashboard_id)


@router.put("/{dashboard_id}")
async def update_dashboard(
    dashboard_id: str, body: UpdateBody, caller: Caller, dashboards: Annotated[Dashboards, provided(Dashboards)]
) -> DashboardOut:
    """Replace the draft's name, config or both. Needs the `version` that was read; 409 if there is a newer one."""
    return await dashboards.update(caller, dashboard_id, body)


@router.delete("/{dashboard_id}", status_code=204)
async def delete_dashboard(
    dashboard_id: str, caller: Caller, dashboards: Annotated[Dashboards, provided(Dashboards)]
) -> None:
    """Delete a dashboard, its snapshot and its embed sessions."""
    await dashboards.delete(caller, dashboard_id)


@router.post("/{dashboard_id}/publish", status_code=204)
async def publish_dashboard(
    dashboard_id: str, caller: Caller, publishing: Annotated[Publishing, provided(Publishing)]
) -> None:
    """Freeze the draft into the snapshot that viewers and embeds are served."""
    await publishing.publish(caller, dashboard_id)


@router.post("/{dashboard_id}/unpublish", status_code=204)
async def unpublish_dashboard(
    dashboard_id: str, caller: Caller, publishing: Annotated[Publishing, provided(Publishing)]
) -> None:
    """Take the dashboard and its embeds offline; the snapshot is kept."""
    await publishing.unpublish(caller, dashboard_id)


@router.post("/{dashboard_id}/restore-published", status_code=204)
async def restore_published(
    dashboard_id: str, caller: Caller, publishing: Annotated[Publishing, provided(Publishing)]
) -> None:
    """Copy the snapshot over the draft, as a new version of the draft."""
    await publishing.restore(caller, dashboard_id)


@router.post("/{dashboard_id}/data", response_model=DataOut)
async def dashboard_data(
    dashboard_id: str,
    body: DataBody,
    request: Request,
    caller: Caller,
    dashboard_answers: Annotated[DashboardAnswers, provided(DashboardAnswers)],
) -> Response:
    """Answer all widgets at once, for one tenant or for all of them, in the period and with the filters given.

    Editors and above get the draft's widgets unless they say `draft: false`; viewers get the published ones.
    """
    data = await cancel_on_disconnect(request, dashboard_answers.of_dashboard(caller, dashboard_id, body))
    return nobody_reads() if data is None else Response(data.encoded(), media_type="application/json")


@router.post("/{dashboard_id}/export", responses=CSV_ANSWER, response_class=Response)
async def export_dashboard(
    dashboard_id: str,
    body: ExportBody,
    caller: Caller,
    dashboard_exports: Annotated[DashboardExports, provided(DashboardExports)],
) -> Response:
    """Download the widgets' figures as a file, for one tenant or for all of them: those of the screen."""
    return csv_response(await dashboard_exports.of_dashboard(caller, dashboard_id, body))
