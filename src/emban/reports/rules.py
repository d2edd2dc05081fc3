"""What of a report needs more than one field to be right or wrong: each problem names its field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from emban.dashboards.document import FilterBar
from emban.dashboards.view_choice import ChoiceBody
from emban.dashboards.widget_queries import View, read_view
from emban.errors import EmbanError, FieldError, invalid
from emban.mail.recipients import recipient_problems
from emban.models import Report
from emban.query.time.span import DEFAULT_PERIOD
from emban.reports.schedule import Schedule, ScheduleKind, previous_days
from emban.reports.schemas import ReportBody

PREVIOUS = "previous"


def schedule_of(body: ReportBody) -> Schedule:
    """Return the schedule of a checked body."""
    return Schedule(body.schedule_kind, body.hour, body.timezone, body.day_of_week, body.day_of_month)


def schedule_of_row(report: Report) -> Schedule:
    """Return the schedule of a stored report, which was checked when it was saved."""
    kind = cast("ScheduleKind", report.schedule_kind)
    return Schedule(kind, report.hour, report.timezone, report.day_of_week, report.day_of_month)


def check_body(body: ReportBody, allowed_domains: Sequence[str] | None) -> None:
    """Raise 400 naming each field that is wrong beside another; dashboard and webhook are not looked at."""
    problems = [
        *_schedule_problems(body),
        *_format_problems(body),
        *_filter_problems(body),
        *recipient_problems(body.email_to, allowed_domains),
    ]
    if not body.email_to and body.webhook_url is None:
        problems.append(FieldError("email_to", "is required, unless there is a webhook_url: send it where?"))
    if problems:
        raise invalid(*problems)


def check_period(body: ReportBody, bar: FilterBar) -> None:
    """Raise 400 for a period that the dashboard does not offer."""
    if body.period in {None, PREVIOUS} or body.period in bar.periods or body.period == bar.default_period:
        return
    offered = ", ".join([*bar.periods, PREVIOUS])
    raise invalid(FieldError("period", f"is not one of the dashboard's: {offered}"))


def read_report_view(report: Report, bar: FilterBar, slot: datetime) -> View:
    """Return what a report asks of its dashboard's widgets; `previous` is of the days before the run's slot."""
    period = report.period or bar.default_period or DEFAULT_PERIOD
    choice = ChoiceBody.model_validate(
        {"period": None if period == PREVIOUS else period, "filters": report.filters or {}}
    )
    view = read_view(choice, default_period=DEFAULT_PERIOD, timezone=report.timezone)
    return view if period != PREVIOUS else replace(view, span=previous_days(schedule_of_row(report), slot))


def _schedule_problems(body: ReportBody) -> Iterator[FieldError]:
    for field, kind in (("day_of_week", "weekly"), ("day_of_month", "monthly")):
        given = getattr(body, field) is not None
        if body.schedule_kind == kind and not given:
            yield FieldError(field, f"is required for a {kind} report")
        elif body.schedule_kind != kind and given:
            yield FieldError(field, f"belongs to a {kind} report")


def _format_problems(body: ReportBody) -> Iterator[FieldError]:
    if body.csv_zip and body.format != "csv":
        yield FieldError("csv_zip", f"belongs to csv, not to {body.format}")


def _filter_problems(body: ReportBody) -> Iterable[FieldError]:
    try:
        read_view(ChoiceBody(filters=body.filters), default_period=DEFAULT_PERIOD, timezone=body.timezone)
    except EmbanError as error:
        return error.fields
    return ()
