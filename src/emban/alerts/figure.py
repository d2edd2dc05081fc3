"""What an alert asks of its widget: one figure of a window that ends now, through the query model of all figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from emban.alerts.condition import Condition, Reading
from emban.dashboards.document import WidgetConfig
from emban.errors import EmbanError
from emban.query.answer.answers import Answer, Number, Points
from emban.query.spec.query_spec import Metric, QuerySpec
from emban.query.time.span import Dates

_SEVERAL = "shows several figures, and an alert watches one: watch a widget of one figure, or for no_data"


def watch_problem(widget: WidgetConfig, condition: Condition) -> str | None:
    """Return why a widget can't be watched for a condition, None where it can: a comparison needs its one figure."""
    spec = widget.spec
    if condition.type != "no_data" and (spec.table is not None or spec.series):
        return _SEVERAL
    return None


def questions(widget: WidgetConfig, condition: Condition, lookback: timedelta, now: datetime) -> tuple[QuerySpec, ...]:
    """Return what to ask for the window [now - lookback, now): the figure; for a delta also that of the window before;
    for `no_data` the number of rows that each of the widget's figures looks at.
    """
    spec = widget.spec
    window = Dates(now - lookback, now)
    if condition.type == "no_data":
        counts = dict.fromkeys(Metric("count", rows=figure.rows) for figure in spec.figures)
        return tuple(_scalar(spec, metric, window) for metric in counts)
    figure = _scalar(spec, spec.metric, window)
    if condition.type == "threshold":
        return (figure,)
    return figure, replace(figure, span=Dates(now - 2 * lookback, now - lookback))


def _scalar(spec: QuerySpec, metric: Metric, window: Dates) -> QuerySpec:
    plain = replace(spec.scalar(), table=None, series=(), order="desc", timezone="UTC", as_of=None)
    return replace(plain, metrics=(metric,), span=window)


def read(condition: Condition, answers: Sequence[Answer | EmbanError]) -> Reading:
    """Return what the answers to `questions` say. Raises the `EmbanError` that is among them."""
    for answer in answers:
        if isinstance(answer, EmbanError):
            raise answer
    values = [_value(answer) for answer in answers if not isinstance(answer, EmbanError)]
    if condition.type == "no_data":
        return Reading(rows=int(sum(value or 0 for value in values)))
    return Reading(value=values[0], previous=values[1] if condition.type == "delta" else None)


def _value(answer: Answer) -> Number | None:
    """Return the one figure of an answer without groups and buckets; no point at all is no value."""
    if not isinstance(answer, Points):
        raise TypeError("an alert asks for one figure")
    return answer.points[0].value if answer.points else None
