"""Queries answered: one call for any number of them, side by side, all as of the same watermark."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from emban.errors import EmbanError
from emban.kit.clock import truncate_ms
from emban.kit.scope import Scope
from emban.query.answer import Answer
from emban.query.plan import NOTHING_YET, ask, plan
from emban.query.run import Store, fetch
from emban.query.shape import shape
from emban.query.spec import QuerySpec
from emban.store.errors import StoreError

log = structlog.get_logger("emban.query")


class WatermarkSource(Protocol):
    """Where the service learns what was acknowledged."""

    async def newest(self, org_id: str, environment: str) -> datetime | None:
        """Return the newest watermark; see `Watermarks.newest`."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers in the order of the queries, each an answer or the error of that query alone.

    `as_of` is the watermark that all of them cover which did not name an older one; None where there is none yet.
    """

    answers: tuple[Answer | EmbanError, ...]
    as_of: datetime | None


class QueryService:
    """Answers structured queries. One per API process."""

    def __init__(self, store: Store, watermarks: WatermarkSource) -> None:
        self._store = store
        self._watermarks = watermarks

    async def run(
        self, scope: Scope, specs: Sequence[QuerySpec], *, now: datetime, as_of: datetime | None = None
    ) -> Answered:
        """Answer queries side by side. `now` is where periods end; `as_of` limits all of them, if given.

        A query that fails has its `EmbanError` in its place and the others are answered: 400 where its window or its
        cost is refused, 503 where the store is away. Raises `EmbanError` 503 where the control plane is.
        """
        newest = await self._watermarks.newest(scope.org_id, scope.environment)
        covered = _covered(newest, as_of)
        answers = await asyncio.gather(*(self._answer(scope, spec, now, covered) for spec in specs))
        return Answered(tuple(answers), None if covered == NOTHING_YET else covered)

    async def run_named(
        self, scope: Scope, specs: Mapping[str, QuerySpec], *, now: datetime, as_of: datetime | None = None
    ) -> tuple[dict[str, Answer | EmbanError], datetime | None]:
        """Answer all widgets of a dashboard, by their ids; as `run` otherwise. Returns the answers and their as_of."""
        answered = await self.run(scope, list(specs.values()), now=now, as_of=as_of)
        return dict(zip(specs, answered.answers, strict=True)), answered.as_of

    async def one(self, scope: Scope, spec: QuerySpec, *, now: datetime) -> Answer:
        """Answer one query; raises its `EmbanError`."""
        (answer,) = (await self.run(scope, [spec], now=now)).answers
        if isinstance(answer, EmbanError):
            raise answer
        return answer

    async def _answer(self, scope: Scope, spec: QuerySpec, now: datetime, covered: datetime) -> Answer | EmbanError:
        started = time.perf_counter()
        try:
            chosen = plan(ask(spec, scope, now, _covered(covered, spec.as_of)))
            fetched = await fetch(self._store, chosen)
        except EmbanError as error:
            return error
        except StoreError as error:
            log.exception("query.refused", code=error.code)
            return EmbanError("internal_error", "the event store did not understand the query; it is logged")
        return shape(chosen, fetched, (time.perf_counter() - started) * 1000)


def _covered(newest: datetime | None, asked: datetime | None) -> datetime:
    """Return the older one of what there is and what was asked for: a watermark of the future covers no more."""
    if newest is None:
        return NOTHING_YET
    newest = truncate_ms(newest)
    return newest if asked is None else min(newest, truncate_ms(asked))
