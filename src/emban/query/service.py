"""Queries answered: one call for any number of them, side by side, from memory where that is good enough.

Each question goes the same way: an answer at hand → somebody asking the same → a place among the queries under way →
the event store, together with the request's other questions → kept for the next one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Hashable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from dataclasses import replace as dataclass_replace
from datetime import datetime
from enum import Enum

import structlog
from msgspec.structs import replace

from emban.db.change_listener import CacheEpoch
from emban.errors import EmbanError, unavailable
from emban.kit.clock import truncate_ms
from emban.kit.rfc3339 import parse_instant
from emban.kit.single_flight import Flight, SingleFlight
from emban.query.answer.answers import Answer, EncodedAnswer
from emban.query.answer.cache import AnswerCache, key_of, without_as_of
from emban.query.plan.coverage import RollupCoverage
from emban.query.plan.planner import NOTHING_YET
from emban.query.run.explanation import QueryPlanOut, explain
from emban.query.run.interfaces import Admission, StatementRunner, WatermarkSource
from emban.query.run.runner import RollupMovedError, run_together
from emban.query.spec.query_spec import QuerySpec
from emban.query.time.span import Dates
from emban.query.time.window import window_of
from emban.scope import Scope

Outcome = EncodedAnswer | EmbanError
log = structlog.get_logger("emban.query")
# Failures of a run's circumstances, not of the question: who merely joined the run asks once more.
_PASSING = frozenset({429, 500, 503})
# Whoever takes recent answers joins a run that began up to so many seconds ago, whatever came since.
_RECENT_RUN_S = 2.0
# How often questions are planned anew where the rollups were added to meanwhile, before the events alone are read.
_ATTEMPTS = 3
_PAUSE_S = 0.02


class Freshness(Enum):
    """How new an answer has to be."""

    NEWEST = "everything that is acknowledged is in it"
    RECENT = "one of a moment ago will do, for a time that goes with the length of its window"
    FORCE = "asked of the event store again, whatever is at hand"


@dataclass(frozen=True, slots=True)
class PreparedAnswers:
    """The answers in the order of the queries, encoded, each an answer or the error of that query alone.

    `as_of` is the watermark that all answers cover at least which did not name an older one; None where there is none.
    """

    outcomes: tuple[Outcome, ...]
    as_of: datetime | None


@dataclass(eq=False, slots=True, kw_only=True)
class QueryFlight(Flight[Outcome]):
    """A question that is being answered, as of `covered`; `limit` is the watermark that the caller named.

    `since` is when it began, in monotonic seconds. `epoch` is the one that the answer will be kept under.
    """

    spec: QuerySpec
    limit: datetime | None
    covered: datetime
    epoch: CacheEpoch | None
    since: float


@dataclass(frozen=True, slots=True)
class _KeyedQuery:
    """A question with its key. `limit` is the watermark that the caller named; `covered` the one to answer as of."""

    key: Hashable
    spec: QuerySpec
    limit: datetime | None
    covered: datetime = NOTHING_YET

    def at(self, newest: datetime | None) -> _KeyedQuery:
        return dataclass_replace(self, covered=_covered(newest, self.limit))


@dataclass(frozen=True, slots=True)
class _Moment:
    """The moment of a request: where periods end, and what was rolled up by then."""

    at: datetime
    rolled: RollupCoverage | None


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """As `PreparedAnswers`, with the answers as objects."""

    answers: tuple[Answer | EmbanError, ...]
    as_of: datetime | None


class QueryService:
    """Answers structured queries. One per API process. Without a cache, every question is asked anew."""

    def __init__(
        self,
        store: StatementRunner,
        watermarks: WatermarkSource,
        *,
        cache: AnswerCache | None = None,
        admission: Admission | None = None,
    ) -> None:
        self._store = store
        self._watermarks = watermarks
        self._cache = cache
        self._admission = admission
        self._flights: SingleFlight[QueryFlight] = SingleFlight()

    @property
    def store(self) -> StatementRunner:
        """The event store as queries reach it."""
        return self._store

    @property
    def admission(self) -> Admission | None:
        """Who admits questions to the event store, for reads that are made elsewhere."""
        return self._admission

    async def prepare(
        self,
        scope: Scope,
        specs: Sequence[QuerySpec],
        *,
        now: datetime,
        as_of: datetime | None = None,
        freshness: Freshness = Freshness.NEWEST,
    ) -> PreparedAnswers:
        """Answer queries side by side. `now` is where periods end; `as_of` limits all of them, if given.

        A query that fails has its `EmbanError` in its place and the others are answered: 400 where its window or its
        cost is refused, 429 where too much is under way, 503 where the store is away. Raises `EmbanError` 503 where the
        control plane is. Cancelling it stops what nobody else waits for.
        """
        started = time.perf_counter()
        make_key = key_of if self._cache is None else self._cache.key_of
        asked = []
        for spec in specs:
            limit, plain = _older(spec.as_of, as_of), without_as_of(spec)
            key = make_key(scope, plain, limit), _period_start(plain, now)
            asked.append(_KeyedQuery(key, plain, limit))
        found: list[Outcome | None] = [None] * len(asked)
        if freshness is Freshness.RECENT and self._cache is not None:
            found = [self._cache.recent(one.key, scope) for one in asked]
        covered: datetime | None = None
        if None in found:
            known = await self._watermarks.progress(scope.org_id, scope.environment)
            covered = _covered(known.watermark, as_of)
            missing = [index for index, outcome in enumerate(found) if outcome is None]
            left = [asked[index].at(known.watermark) for index in missing]
            outcomes = await self._answers(scope, left, _Moment(now, known.rolled), freshness)
            for index, outcome in zip(missing, outcomes, strict=True):
                found[index] = outcome
        answers = tuple(_timed(outcome, started) for outcome in found if outcome is not None)
        return PreparedAnswers(answers, _common(answers, specs, covered))

    async def run(
        self,
        scope: Scope,
        specs: Sequence[QuerySpec],
        *,
        now: datetime,
        as_of: datetime | None = None,
        freshness: Freshness = Freshness.NEWEST,
    ) -> AnswerSet:
        """As `prepare`, with the answers as objects."""
        prepared = await self.prepare(scope, specs, now=now, as_of=as_of, freshness=freshness)
        answers = (each if isinstance(each, EmbanError) else each.answer() for each in prepared.outcomes)
        return AnswerSet(tuple(answers), prepared.as_of)

    async def run_named(
        self,
        scope: Scope,
        specs: Mapping[str, QuerySpec],
        *,
        now: datetime,
        as_of: datetime | None = None,
        freshness: Freshness = Freshness.NEWEST,
    ) -> tuple[dict[str, Answer | EmbanError], datetime | None]:
        """Answer all widgets of a dashboard, by their ids; as `run` otherwise. Returns the answers and their as_of."""
        answered = await self.run(scope, list(specs.values()), now=now, as_of=as_of, freshness=freshness)
        return dict(zip(specs, answered.answers, strict=True)), answered.as_of

    async def explain(
        self, scope: Scope, spec: QuerySpec, *, now: datetime, as_of: datetime | None = None
    ) -> QueryPlanOut:
        """Return how a query would be answered by the event store. Raises 400 as the query would, 503."""
        known = await self._watermarks.progress(scope.org_id, scope.environment)
        covered = _covered(known.watermark, _older(spec.as_of, as_of))
        return explain(scope, spec, now, known, covered)

    async def one(self, scope: Scope, spec: QuerySpec, *, now: datetime) -> Answer:
        """Answer one query; raises its `EmbanError`."""
        (answer,) = (await self.run(scope, [spec], now=now)).answers
        if isinstance(answer, EmbanError):
            raise answer
        return answer

    async def _answers(
        self, scope: Scope, asked: Sequence[_KeyedQuery], now: _Moment, freshness: Freshness
    ) -> Sequence[Outcome]:
        """Answer questions from what is exactly right, by joining who asks the same, or from the event store."""
        outcomes: list[Outcome | None] = [None] * len(asked)
        if freshness is not Freshness.FORCE and self._cache is not None:
            outcomes = [self._cache.exact(one.key, scope, one.covered) for one in asked]
        left = [index for index, outcome in enumerate(outcomes) if outcome is None]
        for _ in range(2):
            if not left:
                break
            flights, joined = self._board(scope, [asked[index] for index in left], now, freshness)
            results = await self._flights.wait(flights)
            again = []
            for index, flight, result in zip(left, flights, results, strict=True):
                outcomes[index] = result
                # Another's run that failed for reasons of its own, or was stopped, is not this caller's answer.
                if flight in joined and isinstance(result, EmbanError) and result.status in _PASSING:
                    again.append(index)
            left = again
        return [outcome for outcome in outcomes if outcome is not None]

    def _board(
        self, scope: Scope, asked: Sequence[_KeyedQuery], now: _Moment, freshness: Freshness
    ) -> tuple[list[QueryFlight], set[QueryFlight]]:
        """Return a flight for each question, and those of them that others had started. Starts the rest together."""
        epoch = None if self._cache is None else self._cache.epoch(scope)
        started: dict[Hashable, QueryFlight] = {}
        joined: dict[Hashable, QueryFlight] = {}
        for one in asked:
            if one.key in started or one.key in joined:
                continue
            known = self._flights.find(one.key)
            if known is not None and _may_join(known, one, epoch, freshness):
                joined[one.key] = known
            else:
                started[one.key] = QueryFlight(
                    key=one.key,
                    spec=one.spec,
                    limit=one.limit,
                    covered=one.covered,
                    epoch=epoch,
                    since=time.monotonic(),
                )
        if started:
            self._flights.start(list(started.values()), lambda flights: self._outcomes(scope, flights, now))
        return [started.get(one.key) or joined[one.key] for one in asked], set(joined.values())

    async def _outcomes(self, scope: Scope, flights: Sequence[QueryFlight], now: _Moment) -> Sequence[Outcome]:
        """Answer flights; what stops all of them is the answer to each."""
        try:
            return await self._ask(scope, flights, now)
        except EmbanError as error:
            return [error] * len(flights)
        except asyncio.CancelledError:
            return [unavailable("the query was stopped")] * len(flights)
        except Exception as error:
            log.exception("query.failed", error=type(error).__name__)
            return [EmbanError("internal_error", "Emban failed to answer this query; it is logged")] * len(flights)

    async def _ask(self, scope: Scope, flights: Sequence[QueryFlight], now: _Moment) -> Sequence[Outcome]:
        """Answer flights from the event store, together, and keep the answers."""
        async with nullcontext() if self._admission is None else self._admission.admit(scope):
            answers = await self._run(scope, flights, now)
        outcomes: list[Outcome] = []
        for flight, answer in zip(flights, answers, strict=True):
            if isinstance(answer, EmbanError):
                outcomes.append(answer)
                continue
            ready = EncodedAnswer.of(answer)
            outcomes.append(ready)
            if self._cache is not None:
                self._cache.keep(flight.key, scope, ready, flight.covered, flight.epoch)
        return outcomes

    async def _run(self, scope: Scope, flights: Sequence[QueryFlight], now: _Moment) -> list[Answer | EmbanError]:
        """Run flights; those whose rollups were added to meanwhile once more, at last from the events alone."""
        answers: dict[Hashable, Answer | EmbanError] = {}
        waiting, rolled = list(flights), now.rolled
        for attempt in range(_ATTEMPTS + 1):
            asked = [(one.spec, one.covered) for one in waiting]
            results = await run_together(self._store, scope, asked, now.at, rolled if attempt < _ATTEMPTS else None)
            moved = []
            for flight, result in zip(waiting, results, strict=True):
                if isinstance(result, RollupMovedError):
                    moved.append(flight)
                else:
                    answers[flight.key] = result
            if not moved:
                break
            await asyncio.sleep(_PAUSE_S)
            known = await self._watermarks.progress(scope.org_id, scope.environment)
            waiting, rolled = moved, known.rolled
            for flight in moved:
                flight.covered = max(flight.covered, _covered(known.watermark, flight.limit))
        return [answers[flight.key] for flight in flights]


def _period_start(spec: QuerySpec, now: datetime) -> datetime | None:
    """Return when a period begins, which is another question once it begins later: today's is not yesterday's."""
    return None if isinstance(spec.span, Dates) else window_of(spec.span, spec.timezone, now).start


def _may_join(flight: QueryFlight, one: _KeyedQuery, epoch: CacheEpoch | None, freshness: Freshness) -> bool:
    """Tell whether a run under way answers the question as newly as it is freshness; not one from before an erasure."""
    if flight.epoch != epoch:
        return False
    if flight.covered >= one.covered:
        return True
    return freshness is Freshness.RECENT and time.monotonic() - flight.since <= _RECENT_RUN_S


def _covered(newest: datetime | None, asked: datetime | None) -> datetime:
    """Return the older one of what there is and what was asked for: a watermark of the future covers no more."""
    if newest is None:
        return NOTHING_YET
    newest = truncate_ms(newest)
    return newest if asked is None else min(newest, truncate_ms(asked))


def _older(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)


def _timed(outcome: Outcome, started: float) -> Outcome:
    """Write into a kept answer's meta how long it took to find."""
    if isinstance(outcome, EmbanError) or not outcome.meta.cached:
        return outcome
    ms = round((time.perf_counter() - started) * 1000, 2)
    return outcome.with_meta(replace(outcome.meta, ms=ms))


def _common(outcomes: Sequence[Outcome], specs: Sequence[QuerySpec], covered: datetime | None) -> datetime | None:
    """Return the oldest watermark among the answers to queries that named none; `covered` where nobody answered."""
    texts = {
        outcome.meta.as_of
        for outcome, spec in zip(outcomes, specs, strict=True)
        if isinstance(outcome, EncodedAnswer) and spec.as_of is None
    }
    if None in texts:
        return None
    oldest = min((parse_instant(text) for text in texts if text is not None), default=covered)
    return None if oldest == NOTHING_YET else oldest
