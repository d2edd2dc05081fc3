"""What an alert sends: the messages of a transition, put into the outbox in the transaction that writes it down."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from emban.alerts.repository import WatchedWidget
from emban.alerts.words import AlertStory
from emban.delivery.messages import Channel, NewMessage
from emban.delivery.outbox import Outbox
from emban.kit.rfc3339 import format_instant
from emban.models import Alert, AlertEvent

# What a widget's format says of a figure that has no unit of its own.
_UNITS = {"percent": "%", "bytes": "bytes"}


class AlertMessages:
    """Writes the messages of transitions. `base_url` is Emban's own address, for the link to the console."""

    def __init__(self, outbox: Outbox, base_url: str) -> None:
        self._outbox = outbox
        self._base_url = base_url

    async def add(self, session: AsyncSession, row: Alert, event: AlertEvent, widget: WatchedWidget | str) -> list[str]:
        """Add a message for each destination of the alert; returns their ids."""
        story = tell_story(row, event, widget, self._base_url)
        return [await self._outbox.add(session, new) for new in messages(row, story, event_id=event.id)]


def messages(row: Alert, story: AlertStory, *, event_id: int | None) -> list[NewMessage]:
    """Return a message for each destination: a webhook's has its body, a mail's the story that it is composed of."""
    destinations: list[tuple[Channel, str]] = [("email", str(address)) for address in row.email_to]
    if row.webhook_url is not None:
        destinations.insert(0, ("webhook", row.webhook_url))
    return [
        NewMessage(
            org_id=row.org_id,
            environment=row.environment,
            channel=channel,
            source="alert",
            source_id=row.id,
            source_name=row.name,
            destination=destination,
            body=story.payload() if channel == "webhook" else story.to_json(),
            alert_event_id=event_id,
            test=story.test,
        )
        for channel, destination in destinations
    ]


def tell_story(
    row: Alert,
    event: AlertEvent,
    widget: WatchedWidget | str,
    base_url: str,
    *,
    test: bool = False,
    fired_at: datetime | None = None,
) -> AlertStory:
    """Return what is to be told of an event, or of one that is made up for a test."""
    known = widget if isinstance(widget, WatchedWidget) else None
    fired_at = fired_at or row.last_fired_at or event.at
    return AlertStory(
        alert_id=row.id,
        name=row.name,
        environment=row.environment,
        dashboard_id=row.dashboard_id,
        dashboard=None if known is None else known.dashboard,
        widget_id=row.widget_id,
        widget=row.name if known is None else known.config.title,
        unit=None if known is None else known.config.unit or _UNITS.get(known.config.format or ""),
        tenant_id=row.tenant_id,
        condition_type=row.condition_type,
        operator=row.operator,
        threshold=row.threshold_value,
        value=event.value,
        previous_value=event.previous_value,
        state=event.state,
        lookback_minutes=row.lookback_minutes,
        fired_at=format_instant(fired_at),
        resolved_at=format_instant(event.at) if event.state == "ok" else None,
        as_of=None if event.as_of is None else format_instant(event.as_of),
        url=f"{base_url}/app/alerts/{row.id}",
        test=test,
    )
