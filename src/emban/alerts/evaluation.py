"""Evaluating what is due: the job `EVALUATE_ALERTS`, one for each org.

Alerts of the same rows and window are asked in one go and share scans. What is seen, what follows from it and
what is sent because of it are one transaction, so that history and messages are the same list, whoever is killed when.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select

from emban.alerts.condition import Judgement, NoAnswer, Observation, judge
from emban.alerts.figure import questions, read
from emban.alerts.ingest_lag import IngestLag
from emban.alerts.messages import AlertMessages
from emban.alerts.repository import PublishedWidgets, WatchedWidget
from emban.alerts.rules import condition_of, memory_of, next_tick, patience_of, remember
from emban.alerts.state import Transition, step
from emban.db import Database
from emban.db.present import present
from emban.errors import EmbanError
from emban.kit.clock import truncate_ms
from emban.models import Alert, AlertEvent
from emban.query.service import QueryService
from emban.query.spec.query_spec import QuerySpec
from emban.scope import ALL_TENANTS, Scope, Tenant

# The time that one group's questions have, and that each has once it is asked alone.
LIMIT_S = 20.0
SLOW = "the query took longer than an evaluation may"
# Groups of one org that are asked at once: one that is slow holds up no other.
AT_ONCE = 8
log = structlog.get_logger("emban.alerts")


@dataclass(frozen=True, slots=True)
class DueAlert:
    """An alert as it was when it was found due, with what it watches."""

    row: Alert
    widget: WatchedWidget | str

    @property
    def scope(self) -> Scope:
        """Whose rows: the alert's org and environment, and its tenant if it names one."""
        tenant = ALL_TENANTS if self.row.tenant_id is None else Tenant(self.row.tenant_id)
        return Scope(self.row.org_id, self.row.environment, tenant)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one evaluation saw, and up to which acknowledged event."""

    observation: Observation
    as_of: datetime | None


class Evaluation:
    """Handles `EVALUATE_ALERTS`. One per worker process."""

    def __init__(
        self,
        database: Database,
        queries: QueryService,
        lag: IngestLag,
        messages: AlertMessages,
        *,
        interval_s: int,
    ) -> None:
        self._database = database
        self._queries = queries
        self._lag = lag
        self._messages = messages
        self._interval_s = interval_s
        self._widgets = PublishedWidgets()

    async def run(self, org_id: str, arguments: Mapping[str, Any]) -> None:
        """Evaluate every alert of the org that is due by PostgreSQL's clock."""
        del arguments
        now, due = await self._due(org_id)
        lagging = {name: await self._lag.reason(org_id, name) for name in sorted({one.row.environment for one in due})}
        slots = asyncio.Semaphore(AT_ONCE)

        async def evaluate(group: Sequence[DueAlert]) -> None:
            async with slots:
                seen = await self._see(group, now, lagging[group[0].row.environment])
                await self._save(org_id, group, seen, now)

        outcomes = await asyncio.gather(*(evaluate(group) for group in self._groups(due)), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def _due(self, org_id: str) -> tuple[datetime, list[DueAlert]]:
        async with self._database.for_org(org_id) as session:
            now = truncate_ms(await present(session))
            query = select(Alert).where(Alert.enabled, Alert.next_evaluation_at <= now).order_by(Alert.id)
            rows = (await session.execute(query)).scalars().all()
            wanted: dict[str, set[tuple[str | None, str]]] = defaultdict(set)
            for row in rows:
                wanted[row.environment].add((row.dashboard_id, row.widget_id))
            widgets = {name: await self._widgets.find(session, name, keys) for name, keys in wanted.items()}
        due = [DueAlert(row, widgets[row.environment][row.dashboard_id, row.widget_id]) for row in rows]
        return now, due

    def _groups(self, due: Sequence[DueAlert]) -> Iterable[Sequence[DueAlert]]:
        """Return the alerts that share scans: those of the same rows and window, whatever their dashboards."""
        groups: dict[tuple[Scope, int], list[DueAlert]] = defaultdict(list)
        for one in due:
            groups[one.scope, one.row.lookback_minutes].append(one)
        return groups.values()

    async def _see(self, group: Sequence[DueAlert], now: datetime, lagging: str | None) -> dict[int, Seen]:
        """Return what each alert of a group sees; where asking all of them fails, each is asked alone."""
        seen: dict[int, Seen] = {}
        asked: list[DueAlert] = []
        for one in group:
            if isinstance(one.widget, str):
                seen[one.row.id] = Seen(NoAnswer(one.widget), None)
            elif lagging is not None and condition_of(one.row).fires_for_lack_of_data:
                seen[one.row.id] = Seen(NoAnswer(lagging), None)
            else:
                asked.append(one)
        if not asked:
            return seen
        try:
            seen |= await self._ask(asked, now)
        except (EmbanError, TimeoutError) as error:
            if len(asked) == 1:
                seen[asked[0].row.id] = Seen(NoAnswer(_reason(error)), None)
            else:
                for alone in await asyncio.gather(*(self._see([one], now, lagging) for one in asked)):
                    seen |= alone
        return seen

    async def _ask(self, group: Sequence[DueAlert], now: datetime) -> dict[int, Seen]:
        """Return what each alert sees. Raises `TimeoutError`, and `EmbanError` where nothing could be asked."""
        specs: list[QuerySpec] = []
        places: list[slice] = []
        for one in group:
            assert isinstance(one.widget, WatchedWidget)  # noqa: S101 - the others are told apart before
            lookback = timedelta(minutes=one.row.lookback_minutes)
            asked = questions(one.widget.config, condition_of(one.row), lookback, now)
            places.append(slice(len(specs), len(specs) + len(asked)))
            specs += asked
        async with asyncio.timeout(LIMIT_S):
            answered = await self._queries.run(group[0].scope, specs, now=now)
        seen: dict[int, Seen] = {}
        for one, place in zip(group, places, strict=True):
            condition = condition_of(one.row)
            try:
                verdict = judge(condition, read(condition, answered.answers[place]))
            except EmbanError as error:
                seen[one.row.id] = Seen(NoAnswer(error.message), None)
            else:
                seen[one.row.id] = Seen(verdict, answered.as_of)
        return seen

    async def _save(self, org_id: str, group: Iterable[DueAlert], seen: Mapping[int, Seen], now: datetime) -> None:
        """Write down what follows. An alert that was changed, or evaluated elsewhere, meanwhile is left alone."""
        found = {one.row.id: one for one in group}
        async with self._database.for_org(org_id) as session:
            query = select(Alert).where(Alert.id.in_(list(found))).order_by(Alert.id).with_for_update()
            for row in (await session.execute(query)).scalars():
                before = found[row.id]
                if not row.enabled or row.updated_at != before.row.updated_at:
                    continue
                if row.next_evaluation_at != before.row.next_evaluation_at:
                    continue
                event, transition = self._advance(row, seen[row.id], now)
                if event is not None and transition is not None:
                    session.add(event)
                    await session.flush()
                    log.info("alert.transition", alert=row.id, org_id=org_id, kind=transition.kind)
                    if transition.tell:
                        await self._messages.add(session, row, event, before.widget)

    def _advance(self, row: Alert, seen: Seen, now: datetime) -> tuple[AlertEvent | None, Transition | None]:
        """Move an alert's row on by one tick; returns the line of its history, if there is one."""
        memory, transitions = step(memory_of(row), seen.observation, patience_of(row, self._interval_s), now)
        remember(row, memory)
        row.next_evaluation_at = next_tick(row.org_id, now, self._interval_s)
        if not isinstance(seen.observation, Judgement):
            return None, None
        row.last_value = seen.observation.value
        if not transitions:
            return None, None
        (transition,) = transitions
        return AlertEvent(
            org_id=row.org_id,
            alert_id=row.id,
            at=now,
            state=transition.state,
            value=seen.observation.value,
            previous_value=seen.observation.previous,
            threshold_value=row.threshold_value,
            as_of=seen.as_of,
            window_from=now - timedelta(minutes=row.lookback_minutes),
            window_to=now,
            note=transition.note,
        ), transition


def _reason(error: EmbanError | TimeoutError) -> str:
    return error.message if isinstance(error, EmbanError) else SLOW
