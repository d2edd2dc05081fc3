"""Proof that a tenant and every lock bind on every read that a dashboard would make, before anybody relies on it.

Each widget's query is planned and compiled as a request would have it, when the dashboard is published and again with
the session's own locks when one is minted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from emban.dashboards.document import WidgetConfig
from emban.dashboards.widget_queries import DEFAULT_TIMEZONE, View, apply_view
from emban.errors import invalid_field
from emban.query.plan.planner import NOTHING_YET, ask, plan
from emban.query.run.details import DetailSpec, compile_details, detail_question
from emban.query.spec.query_spec import Dimension, DimensionFilter
from emban.query.sql.compiler import compile_read
from emban.query.time.span import Period
from emban.scope import Scope
from emban.store.scope_check import carries

# The shortest window: no widget has too many buckets in it to be asked at all.
_VIEW = View(span=Period("1h"), timezone=DEFAULT_TIMEZONE)
# Stands for whichever slice will be drilled into.
_ANY_SLICE = DimensionFilter(Dimension.named("any"), ("any",))


def prove(widgets: Sequence[WidgetConfig], scope: Scope, now: datetime, path: str) -> None:
    """Raise 400 at `path` naming the first widget whose query does not carry the scope's tenant and every lock."""
    for widget in widgets:
        spec = apply_view(widget.spec, _VIEW, now)
        reads = plan(ask(spec, scope, now, NOTHING_YET)).reads
        behind = DetailSpec(spec, _ANY_SLICE, spec.group_by, ())
        statements = [*map(compile_read, reads), compile_details(behind, detail_question(behind, scope, now))]
        if not all(carries(statement, scope) for statement in statements):
            raise invalid_field(path, f"the query of widget {widget.id!r} cannot be held to a tenant and its locks")
