"""`/v1/dashboards/{id}/data` and `/export`: a dashboard's figures, on the screen and as a file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response

from emban.authz.guards import Viewer
from emban.http.disconnect import cancel_on_disconnect, nobody_reads
from emban.http.provide import provided
from emban.views.export_file import EXPORT_ANSWER, file_response
from emban.views.exports import DashboardExports
from emban.views.schemas import DataBody, DataOut, ExportBody
from emban.views.widget_answers import DashboardAnswers

router = APIRouter(prefix="/v1/dashboards", tags=["Dashboards"])


@router.post("/{dashboard_id}/data", response_model=DataOut)
async def dashboard_data(
    dashboard_id: str,
    body: DataBody,
    request: Request,
    caller: Viewer,
    dashboard_answers: Annotated[DashboardAnswers, provided(DashboardAnswers)],
) -> Response:
    """Answer all widgets at once, for one tenant or for all of them, in the period and with the filters given.

    Editors and above get the draft's widgets unless they say `draft: false`; viewers get the published ones.
    """
    data = await cancel_on_disconnect(request, dashboard_answers.of_dashboard(caller, dashboard_id, body))
    return nobody_reads() if data is None else Response(data.encoded(), media_type="application/json")


@router.post("/{dashboard_id}/export", responses=EXPORT_ANSWER, response_class=Response)
async def export_dashboard(
    dashboard_id: str,
    body: ExportBody,
    request: Request,
    caller: Viewer,
    dashboard_exports: Annotated[DashboardExports, provided(DashboardExports)],
) -> Response:
    """Download the widgets' figures as a csv, png or pdf, for one tenant or for all of them: those of the screen."""
    export = await cancel_on_disconnect(request, dashboard_exports.of_dashboard(caller, dashboard_id, body))
    return nobody_reads() if export is None else file_response(export)
