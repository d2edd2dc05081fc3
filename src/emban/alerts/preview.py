"""What an alert would have done over the last seven days: the same questions, judgement and state machine, in the past.

A short window slides minute by minute, read in one go as figures of so many buckets. A long one is asked once an hour:
its figure hardly moves within one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from emban.alerts.condition import Condition, Judgement, Reading, change_percent, judge
from emban.alerts.figure import questions, read
from emban.alerts.repository import WatchedWidget, require_widget
from emban.alerts.schemas import AlertBody, AlertPreviewOut, PreviewFiring, PreviewPoint
from emban.alerts.service import Alerts
from emban.alerts.state import Memory, Patience, step
from emban.auth.principal import Principal
from emban.db import Database
from emban.db.present import present
from emban.errors import EmbanError
from emban.query.answer.answers import Points
from emban.query.service import QueryService
from emban.query.spec.query_spec import QuerySpec, Rolling
from emban.query.time.buckets import MAX_BUCKETS
from emban.query.time.span import Dates
from emban.scope import ALL_TENANTS, Scope, Tenant

DAYS = 7
# The longest window that slides by the minute; each bucket is part of so many figures.
LONGEST_BY_MINUTE = 360
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PastReading:
    """What an evaluation at `at` would have read."""

    at: datetime
    reading: Reading


class AlertPreview:
    """Answers `POST /v1/alerts/preview`. Its questions are no queries of the plan."""

    def __init__(self, database: Database, alerts: Alerts, queries: QueryService) -> None:
        self._database = database
        self._alerts = alerts
        self._queries = queries

    async def of(self, caller: Principal, body: AlertBody) -> AlertPreviewOut:
        """Return points and firings of the last 7 days; raises as saving the alert would, and 429, 503."""
        async with self._database.for_org(caller.org_id) as session:
            await self._alerts.check(session, caller, body)
            watched = await require_widget(session, caller, body.dashboard_id, body.widget_id)
            now = (await present(session)).replace(second=0, microsecond=0)
        tenant = ALL_TENANTS if body.tenant_id is None else Tenant(body.tenant_id)
        by_minute = body.lookback_minutes <= LONGEST_BY_MINUTE
        past = await (self._by_minute if by_minute else self._by_hour)(caller.scope(tenant), body, watched, now)
        return replay(body, past, 1 if by_minute else 60)

    async def _by_minute(
        self, scope: Scope, body: AlertBody, watched: WatchedWidget, now: datetime
    ) -> list[PastReading]:
        """Read figures of so many minutes each, over stretches that have no more buckets than a query may."""
        lead = body.lookback_minutes * (2 if body.condition_type == "delta" else 1)
        begin, length = now - timedelta(days=DAYS), timedelta(minutes=MAX_BUCKETS - 2 * LONGEST_BY_MINUTE - 1)
        edges = [begin + index * length for index in range(-(-(now - begin) // length))] + [now]
        past: list[PastReading] = []
        for start, end in pairwise(edges):
            # A figure of the minutes up to and with the one that begins at t is what an evaluation at t + 1 min reads.
            window = Dates(start - lead * _MINUTE, end)
            specs = [_rolling(spec, window, body.lookback_minutes) for spec in self._figures(body, watched, now)]
            columns = [_values(answer) for answer in (await self._queries.run(scope, specs, now=now)).answers]
            past += _slide(columns, body.condition, start, lead, body.lookback_minutes)
        return past

    async def _by_hour(self, scope: Scope, body: AlertBody, watched: WatchedWidget, now: datetime) -> list[PastReading]:
        lookback = timedelta(minutes=body.lookback_minutes)
        moments = [now - hours * _HOUR for hours in range(DAYS * 24 - 1, -1, -1)]
        asked = [questions(watched.config, body.condition, lookback, at) for at in moments]
        answers = list((await self._queries.run(scope, [spec for specs in asked for spec in specs], now=now)).answers)
        past = []
        for at, specs in zip(moments, asked, strict=True):
            mine, answers = answers[: len(specs)], answers[len(specs) :]
            past.append(PastReading(at, read(body.condition, mine)))
        return past

    def _figures(self, body: AlertBody, watched: WatchedWidget, now: datetime) -> tuple[QuerySpec, ...]:
        """Return the questions of one evaluation, without that of the window before, which slides along."""
        asked = questions(watched.config, body.condition, timedelta(minutes=body.lookback_minutes), now)
        return asked[:1] if body.condition_type == "delta" else asked


def _rolling(spec: QuerySpec, window: Dates, minutes: int) -> QuerySpec:
    return replace(spec, span=window, granularity="minute", rolling=Rolling(minutes, total=True))


def _values(answer: object) -> list[float | None]:
    if isinstance(answer, EmbanError):
        raise answer
    if not isinstance(answer, Points):
        raise TypeError("a preview asks for points")
    return [point.value for point in answer.points]


def _slide(
    columns: Sequence[Sequence[float | None]], condition: Condition, start: datetime, lead: int, lookback: int
) -> list[PastReading]:
    """Return the reading of each minute after `start`; `lead` buckets come before it."""
    past = []
    for index in range(lead, len(columns[0])):
        values = [column[index] for column in columns]
        if condition.type == "no_data":
            reading = Reading(rows=int(sum(value or 0 for value in values)))
        else:
            before = columns[0][index - lookback] if condition.type == "delta" else None
            reading = Reading(value=values[0], previous=before)
        past.append(PastReading(start + (index - lead + 1) * _MINUTE, reading))
    return past


def replay(body: AlertBody, past: Sequence[PastReading], step_minutes: int) -> AlertPreviewOut:
    """Return what the state machine says to these readings, and the figure of each that the condition compares."""
    patience = Patience(
        timedelta(minutes=body.for_minutes),
        timedelta(minutes=body.cooldown_minutes),
        notify_resolved=True,
        interval=timedelta(minutes=step_minutes),
    )
    memory, firings = Memory(), list[PreviewFiring]()
    points = []
    for one in past:
        verdict = judge(body.condition, one.reading)
        points.append(PreviewPoint(t=one.at, value=_compared(body.condition, verdict)))
        memory, transitions = step(memory, verdict, patience, one.at)
        for transition in transitions:
            if transition.kind == "fired":
                firings.append(PreviewFiring(fired_at=one.at, resolved_at=None, value=verdict.value))
            elif transition.kind == "resolved":
                firings[-1] = firings[-1].model_copy(update={"resolved_at": one.at})
    return AlertPreviewOut(points=points, firings=firings, evaluated=len(past), step_minutes=step_minutes)


def _compared(condition: Condition, verdict: Judgement) -> float | None:
    """Return what the threshold is compared with: of a delta the change in percent, signed."""
    return change_percent(verdict.value, verdict.previous) if condition.type == "delta" else verdict.value
