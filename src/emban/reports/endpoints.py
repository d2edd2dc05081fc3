"""`/v1/reports/…`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from emban.authz.guards import Admin, Viewer
from emban.http.paging_params import Cursor, PageSize
from emban.http.provide import provided
from emban.kit.cursor import DEFAULT_LIMIT
from emban.reports.downloads import artifact_response
from emban.reports.runs import ReportRuns
from emban.reports.schemas import ReportBody, ReportOut, ReportPage, ReportRunOut, ReportRunPage, StartedRunOut
from emban.reports.service import Reports

router = APIRouter(prefix="/v1/reports", tags=["Reports"])
ReportId = Annotated[int, Path(ge=1, le=2**63 - 1)]
RunId = Annotated[int, Path(ge=1, le=2**63 - 1)]
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
FILE_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": dict.fromkeys(("text/csv", "application/zip", "image/png", "application/pdf"), _BINARY),
    }
}


@router.get("")
async def list_reports(
    caller: Viewer,
    reports: Annotated[Reports, provided(Reports)],
    limit: PageSize = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> ReportPage:
    """List the environment's reports, the newest first."""
    return await reports.page(caller, limit, cursor)


@router.post("", status_code=201)
async def create_report(body: ReportBody, caller: Admin, reports: Annotated[Reports, provided(Reports)]) -> ReportOut:
    """Send a published dashboard on a schedule, to addresses, a webhook or both."""
    return await reports.create(caller, body)


@router.get("/{report_id}")
async def get_report(report_id: ReportId, caller: Viewer, reports: Annotated[Reports, provided(Reports)]) -> ReportOut:
    """Read a report and when it runs next."""
    return await reports.read(caller, report_id)


@router.put("/{report_id}")
async def update_report(
    report_id: ReportId, body: ReportBody, caller: Admin, reports: Annotated[Reports, provided(Reports)]
) -> ReportOut:
    """Replace the whole report: what is left out goes back to its default."""
    return await reports.update(caller, report_id, body)


@router.delete("/{report_id}", status_code=204)
async def delete_report(report_id: ReportId, caller: Admin, reports: Annotated[Reports, provided(Reports)]) -> None:
    """Delete a report with its runs and their files. The log of deliveries stays."""
    await reports.delete(caller, report_id)


@router.post("/{report_id}/run", status_code=202)
async def run_report(
    report_id: ReportId, caller: Admin, runs: Annotated[ReportRuns, provided(ReportRuns)]
) -> StartedRunOut:
    """Make a run now, beside the schedule. It is made and sent in the background."""
    return await runs.start(caller, report_id)


@router.get("/{report_id}/runs")
async def list_report_runs(
    report_id: ReportId,
    caller: Viewer,
    runs: Annotated[ReportRuns, provided(ReportRuns)],
    limit: PageSize = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> ReportRunPage:
    """List a report's runs, the newest first, with what became of each destination."""
    return await runs.page(caller, report_id, limit, cursor)


@router.get("/{report_id}/runs/{run_id}")
async def get_report_run(
    report_id: ReportId, run_id: RunId, caller: Viewer, runs: Annotated[ReportRuns, provided(ReportRuns)]
) -> ReportRunOut:
    """Read one run."""
    return await runs.read(caller, report_id, run_id)


@router.get("/{report_id}/runs/{run_id}/artifact", responses=FILE_ANSWER, response_class=Response)
async def download_report_run(
    report_id: ReportId, run_id: RunId, caller: Viewer, runs: Annotated[ReportRuns, provided(ReportRuns)]
) -> Response:
    """Download the file of a run, as it was sent. It is kept for `EMBAN_REPORT_RETENTION_DAYS`."""
    return artifact_response(await runs.artifact(caller, report_id, run_id))
