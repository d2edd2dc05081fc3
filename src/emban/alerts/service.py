"""Alerts as the API reads and changes them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from emban.alerts.figure import watch_problem
from emban.alerts.repository import find_alert, messages_of, own_alerts, require_widget
from emban.alerts.rules import check_body
from emban.alerts.schemas import (
    AlertBody,
    AlertEventOut,
    AlertEventPage,
    AlertOut,
    AlertPage,
    EventWindow,
)
from emban.audit.service import record_by
from emban.auth.principal import Principal
from emban.db import Database
from emban.db.paging import fetch_page
from emban.db.present import present
from emban.delivery.messages import shown_destination
from emban.delivery.outbound.client import OutboundHttp
from emban.delivery.schemas import sent_message_out
from emban.errors import invalid_field
from emban.mail.recipients import allowed_domains, masked
from emban.models import Alert, AlertEvent, OutboundMessage

# What is watched and for what: a change of it makes the state that was seen before another matter.
_CONDITION = (
    "widget_id",
    "dashboard_id",
    "tenant_id",
    "condition_type",
    "operator",
    "threshold_value",
    "lookback_minutes",
)


class Alerts:
    """Reads and changes the alerts of the caller's org and environment."""

    def __init__(self, database: Database, outbound: OutboundHttp) -> None:
        self._database = database
        self._outbound = outbound

    async def page(self, caller: Principal, limit: int, cursor: str | None) -> AlertPage:
        """Return a page, the newest first; raises 400 for a cursor that was not given out."""
        query = select(Alert).where(*own_alerts(caller))
        async with self._database.for_org(caller.org_id) as session:
            rows, following = await fetch_page(session, query, Alert.created_at, Alert.id, limit, cursor)
        return AlertPage(items=[shown(row[0]) for row in rows], next_cursor=following)

    async def read(self, caller: Principal, alert_id: int) -> AlertOut:
        """Return one alert; raises 404."""
        async with self._database.for_org(caller.org_id) as session:
            return shown(await find_alert(session, caller, alert_id))

    async def create(self, caller: Principal, body: AlertBody) -> AlertOut:
        """Make an alert, due at once; raises 400 naming each wrong field, 404 and 409 about its widget."""
        await self._look_up(body)
        async with self._database.for_org(caller.org_id) as session:
            await self.check(session, caller, body)
            now = await present(session)
            row = Alert(
                org_id=caller.org_id,
                environment=caller.environment,
                created_by=caller.actor,
                created_at=now,
                updated_at=now,
                next_evaluation_at=now if body.enabled else None,
                **body.model_dump(),
            )
            session.add(row)
            await session.flush()
            await record_by(session, caller, "alert.create", "alert", str(row.id), _noted(row))
            return shown(row)

    async def update(self, caller: Principal, alert_id: int, body: AlertBody) -> AlertOut:
        """Replace an alert; raises as `create`.

        Another condition begins at ok, without a word that the last one was over.
        """
        await self._look_up(body)
        async with self._database.for_org(caller.org_id) as session:
            row = await find_alert(session, caller, alert_id, for_update=True)
            await self.check(session, caller, body)
            before, raw = _noted(row), _fields(row)
            for name, value in body.model_dump().items():
                setattr(row, name, value)
            changed = [name for name, value in _fields(row).items() if value != raw[name]]
            now = await present(session)
            if not set(changed).isdisjoint(_CONDITION):
                _forget(row)
            if not body.enabled:
                row.next_evaluation_at = None
            elif changed or row.next_evaluation_at is None:
                row.next_evaluation_at = now
            row.updated_at = now
            await session.flush()
            after = _noted(row)
            metadata = {
                "environment": row.environment,
                "before": {name: before[name] for name in changed},
                "after": {name: after[name] for name in changed},
            }
            await record_by(session, caller, "alert.update", "alert", str(row.id), metadata)
            return shown(row)

    async def delete(self, caller: Principal, alert_id: int) -> None:
        """Delete an alert with its history; the log of its deliveries stays. Raises 404."""
        async with self._database.for_org(caller.org_id) as session:
            row = await find_alert(session, caller, alert_id, for_update=True)
            metadata = _noted(row)
            await session.delete(row)
            await record_by(session, caller, "alert.delete", "alert", str(alert_id), metadata)

    async def history(self, caller: Principal, alert_id: int, limit: int, cursor: str | None) -> AlertEventPage:
        """Return a page of an alert's history with what each line sent; raises 404, 400 for a foreign cursor."""
        async with self._database.for_org(caller.org_id) as session:
            row = await find_alert(session, caller, alert_id)
            query = select(AlertEvent).where(AlertEvent.alert_id == row.id)
            rows, following = await fetch_page(session, query, AlertEvent.at, AlertEvent.id, limit, cursor)
            events = [found[0] for found in rows]
            sent = await messages_of(session, (event.id for event in events))
        return AlertEventPage(items=[_event(event, sent.get(event.id, [])) for event in events], next_cursor=following)

    async def check(self, session: AsyncSession, caller: Principal, body: AlertBody) -> None:
        """Raise what keeps a body from being an alert."""
        domains = await allowed_domains(session, caller.org_id)
        check_body(body, allowed_domains=domains, url_problem=self._outbound.find_problem)
        watched = await require_widget(session, caller, body.dashboard_id, body.widget_id)
        why = watch_problem(watched.config, body.condition)
        if why is not None:
            raise invalid_field("widget_id", why)

    async def _look_up(self, body: AlertBody) -> None:
        """Raise 400 for a webhook whose name resolves to where none may go; what is wrong as written `check` says."""
        url = body.webhook_url
        if url is not None and self._outbound.find_problem(url) is None:
            await self._outbound.require("webhook_url", url)


def shown(row: Alert) -> AlertOut:
    """Return an alert as its readers see it."""
    return AlertOut.model_validate({name: getattr(row, name) for name in AlertOut.model_fields})


def _event(event: AlertEvent, sent: list[OutboundMessage]) -> AlertEventOut:
    return AlertEventOut(
        id=event.id,
        at=event.at,
        state="firing" if event.state == "firing" else "ok",
        value=event.value,
        previous_value=event.previous_value,
        threshold_value=event.threshold_value,
        as_of=event.as_of,
        window=EventWindow.model_validate({"from": event.window_from, "to": event.window_to}),
        note=event.note,
        deliveries=[sent_message_out(message) for message in sent],
    )


def _forget(row: Alert) -> None:
    row.state, row.remembered, row.since, row.unanswered = "ok", "ok", None, 0
    row.problem, row.last_value, row.last_fired_at, row.last_evaluated_at = None, None, None, None


def _fields(row: Alert) -> dict[str, Any]:
    return {name: getattr(row, name) for name in AlertBody.model_fields}


def _noted(row: Alert) -> dict[str, Any]:
    """Return what the audit log has of an alert: addresses masked, of a webhook nothing that may be a secret."""
    url = row.webhook_url
    return {
        **_fields(row),
        "environment": row.environment,
        "email_to": [masked(address) for address in row.email_to],
        "webhook_url": None if url is None else shown_destination("webhook", url),
    }
