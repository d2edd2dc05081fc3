"""How a query would be answered, for those who wonder: the path, why not another one, the statements."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from emban.kit.rfc3339 import format_instant
from emban.query.plan.planner import NOTHING_YET, ask, plan
from emban.query.run.watermarks import StreamProgress
from emban.query.spec.query_spec import QuerySpec
from emban.query.sql.compiler import compile_read
from emban.scope import Scope


class PassedPathOut(BaseModel):
    """A path that was not taken, and why."""

    path: str
    reason: str


class StatementOut(BaseModel):
    """One statement as the event store would get it."""

    sql: str = Field(description="The text, with a placeholder for each value.")
    parameters: dict[str, Any] = Field(description="The values, by placeholder.")


class QueryPlanOut(BaseModel):
    """The plan of a query: nothing of it is run."""

    path: str = Field(description="`raw`, `hourly` or `daily`: the coarsest table that the answer is read from.")
    passed: list[PassedPathOut]
    as_of: str | None = Field(description="The watermark that the answer would cover.")
    rolled_up_to: str | None = Field(description="Up to which watermark the rollups go; later events are read beside.")
    rolled_measures: list[str] = Field(description="Numeric properties that the rollups hold.")
    rolled_dimensions: list[str] = Field(description="String properties that days are kept by.")
    statements: list[StatementOut]


def explain(scope: Scope, spec: QuerySpec, now: datetime, known: StreamProgress, as_of: datetime) -> QueryPlanOut:
    """Return the plan of a query as of a watermark. Raises 400 as the query itself would."""
    chosen = plan(ask(spec, scope, now, as_of, known.rolled))
    statements = [compile_read(read) for read in chosen.reads]
    rolled = known.rolled
    return QueryPlanOut(
        path=chosen.path,
        passed=[PassedPathOut(path=path, reason=reason) for path, reason in chosen.passed],
        as_of=None if as_of == NOTHING_YET else format_instant(as_of),
        rolled_up_to=None if rolled is None else format_instant(rolled.upto),
        rolled_measures=[] if rolled is None else list(rolled.measures),
        rolled_dimensions=[] if rolled is None else sorted(rolled.dimensions),
        statements=[StatementOut(sql=one.sql, parameters=dict(one.parameters)) for one in statements],
    )
