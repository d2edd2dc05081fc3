"""`POST /v1/alerts/{id}/test`: one message to each destination, now, with what the widget shows now."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from emban.alerts.condition import Reading
from emban.alerts.figure import questions, read
from emban.alerts.messages import messages, tell_story
from emban.alerts.repository import PublishedWidgets, WatchedWidget, find_alert
from emban.alerts.rules import condition_of
from emban.alerts.schemas import AlertTestOut
from emban.auth.principal import Principal
from emban.db import Database
from emban.db.present import present
from emban.delivery.service import Delivery
from emban.errors import EmbanError
from emban.kit.clock import truncate_ms
from emban.models import Alert, AlertEvent
from emban.query.service import QueryService
from emban.scope import ALL_TENANTS, Tenant


class AlertTrial:
    """Sends test messages. `base_url` is Emban's own address."""

    def __init__(self, database: Database, queries: QueryService, delivery: Delivery, base_url: str) -> None:
        self._database = database
        self._queries = queries
        self._delivery = delivery
        self._base_url = base_url
        self._widgets = PublishedWidgets()

    async def send(self, caller: Principal, alert_id: int) -> AlertTestOut:
        """Return how each destination took it; raises 404. The alert's state and history stay as they are."""
        async with self._database.for_org(caller.org_id) as session:
            row = await find_alert(session, caller, alert_id)
            key = (row.dashboard_id, row.widget_id)
            widget = (await self._widgets.find(session, row.environment, [key]))[key]
            now = truncate_ms(await present(session))
        reading = await self._reading(caller, row, widget, now)
        event = AlertEvent(
            at=now,
            state="firing",
            value=reading.rows if row.condition_type == "no_data" else reading.value,
            previous_value=reading.previous,
            as_of=None,
        )
        story = tell_story(row, event, widget, self._base_url, test=True, fired_at=now)
        sent = await asyncio.gather(*(self._delivery.send_now(new) for new in messages(row, story, event_id=None)))
        return AlertTestOut(deliveries=list(sent))

    async def _reading(self, caller: Principal, row: Alert, widget: WatchedWidget | str, now: datetime) -> Reading:
        """Return what the alert would see now; nothing where it sees nothing, which is no reason not to test."""
        if isinstance(widget, str):
            return Reading()
        condition = condition_of(row)
        asked = questions(widget.config, condition, timedelta(minutes=row.lookback_minutes), now)
        scope = caller.scope(ALL_TENANTS if row.tenant_id is None else Tenant(row.tenant_id))
        try:
            return read(condition, (await self._queries.run(scope, asked, now=now)).answers)
        except EmbanError:
            return Reading()
