"""Proof, before a session is minted, that its tenant and locks bind on every read that the dashboard would make.

Each widget's query, and the query of each drop-down, is planned and compiled as a request would have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from emban.dashboards.config import WidgetConfig
from emban.dashboards.queries import View, viewed, widget_spec
from emban.errors import invalid_field
from emban.kit.scope import Scope
from emban.query.compile import compile_read
from emban.query.plan import NOTHING_YET, ask, plan
from emban.query.proof import carries


def prove(widgets: Sequence[WidgetConfig], scope: Scope, view: View, now: datetime) -> None:
    """Raise 400 naming the first widget whose query does not carry the scope's tenant and every lock."""
    for widget in widgets:
        question = ask(viewed(widget_spec(widget.kind, widget.query), view, now), scope, now, NOTHING_YET)
        if not all(carries(compile_read(read), scope) for read in plan(question).reads):
            message = f"the query of widget {widget.id!r} cannot carry these locks"
            raise invalid_field("permissions.locked_filters", message)
