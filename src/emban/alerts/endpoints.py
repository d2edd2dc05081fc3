"""`/v1/alerts`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from emban.alerts.preview import AlertPreview
from emban.alerts.schemas import AlertBody, AlertEventPage, AlertOut, AlertPage, AlertPreviewOut, AlertTestOut
from emban.alerts.service import Alerts
from emban.alerts.trial import AlertTrial
from emban.authz.guards import Admin, Viewer
from emban.http.paging_params import Cursor, PageSize
from emban.http.provide import provided
from emban.kit.cursor import DEFAULT_LIMIT

router = APIRouter(prefix="/v1/alerts", tags=["Alerts"])
AlertId = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("")
async def list_alerts(
    caller: Viewer,
    alerts: Annotated[Alerts, provided(Alerts)],
    limit: PageSize = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> AlertPage:
    """List the environment's alerts with their states, the newest first."""
    return await alerts.page(caller, limit, cursor)


@router.post("", status_code=201)
async def create_alert(body: AlertBody, caller: Admin, alerts: Annotated[Alerts, provided(Alerts)]) -> AlertOut:
    """Watch a published widget's figure: it is evaluated at once, and every minute from then on."""
    return await alerts.create(caller, body)


@router.post("/preview")
async def preview_alert(
    body: AlertBody, caller: Admin, preview: Annotated[AlertPreview, provided(AlertPreview)]
) -> AlertPreviewOut:
    """Return what an alert would have done over the last 7 days, without saving it."""
    return await preview.of(caller, body)


@router.get("/{alert_id}")
async def read_alert(alert_id: AlertId, caller: Viewer, alerts: Annotated[Alerts, provided(Alerts)]) -> AlertOut:
    """Read an alert and its state."""
    return await alerts.read(caller, alert_id)


@router.put("/{alert_id}")
async def update_alert(
    alert_id: AlertId, body: AlertBody, caller: Admin, alerts: Annotated[Alerts, provided(Alerts)]
) -> AlertOut:
    """Replace the whole alert. With another condition it begins at ok."""
    return await alerts.update(caller, alert_id, body)


@router.delete("/{alert_id}", status_code=204)
async def delete_alert(alert_id: AlertId, caller: Admin, alerts: Annotated[Alerts, provided(Alerts)]) -> None:
    """Delete an alert with its history. The log of deliveries stays."""
    await alerts.delete(caller, alert_id)


@router.get("/{alert_id}/events")
async def list_alert_events(
    alert_id: AlertId,
    caller: Viewer,
    alerts: Annotated[Alerts, provided(Alerts)],
    limit: PageSize = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> AlertEventPage:
    """List what an alert has said, with what each time was sent to whom, the newest first."""
    return await alerts.history(caller, alert_id, limit, cursor)


@router.post("/{alert_id}/test")
async def test_alert(
    alert_id: AlertId, caller: Admin, trial: Annotated[AlertTrial, provided(AlertTrial)]
) -> AlertTestOut:
    """Send a test message to each destination now, once, and return how it fared."""
    return await trial.send(caller, alert_id)
