"""Reading the log of deliveries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from emban.auth.principal import Principal
from emban.db import Database
from emban.db.paging import fetch_page
from emban.delivery.schemas import DeliveryOut, DeliveryPage, delivery_out
from emban.models import DeliveryAttempt, OutboundMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """Which attempts."""

    channel: str | None = None
    source: str | None = None
    source_id: int | None = None


class DeliveryLog:
    """Reads the attempts of the caller's environment. Those of rules that are gone are there all the same."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, caller: Principal, wanted: DeliveryFilter, limit: int, cursor: str | None) -> DeliveryPage:
        """Return a page of attempts, the newest first."""
        query = select(DeliveryAttempt).where(
            DeliveryAttempt.org_id == caller.org_id, DeliveryAttempt.environment == caller.environment
        )
        for column, value in (
            (DeliveryAttempt.channel, wanted.channel),
            (DeliveryAttempt.source, wanted.source),
            (DeliveryAttempt.source_id, wanted.source_id),
        ):
            if value is not None:
                query = query.where(column == value)
        async with self._database.for_org(caller.org_id) as session:
            rows, following = await fetch_page(session, query, DeliveryAttempt.at, DeliveryAttempt.id, limit, cursor)
        return DeliveryPage(items=[delivery_out(row[0]) for row in rows], next_cursor=following)


async def attempts_of_events(
    session: AsyncSession, org_id: str, event_ids: Collection[int]
) -> Mapping[int, Sequence[DeliveryOut]]:
    """Return the attempts at the messages of an alert's events by event, the oldest first."""
    return await _attempts(session, org_id, OutboundMessage.alert_event_id, event_ids)


async def attempts_of_runs(
    session: AsyncSession, org_id: str, run_ids: Collection[int]
) -> Mapping[int, Sequence[DeliveryOut]]:
    """Return the attempts at the messages of a report's runs by run, the oldest first."""
    return await _attempts(session, org_id, OutboundMessage.report_run_id, run_ids)


async def _attempts(
    session: AsyncSession, org_id: str, cause: InstrumentedAttribute[int | None], ids: Collection[int]
) -> Mapping[int, Sequence[DeliveryOut]]:
    found: defaultdict[int, list[DeliveryOut]] = defaultdict(list)
    if not ids:
        return found
    query = select(cause, DeliveryAttempt).join(DeliveryAttempt, DeliveryAttempt.message_id == OutboundMessage.id)
    query = query.where(OutboundMessage.org_id == org_id, DeliveryAttempt.org_id == org_id, cause.in_(ids))
    for number, row in (await session.execute(query.order_by(DeliveryAttempt.id))).tuples():
        if number is not None:
            found[number].append(delivery_out(row))
    return found
