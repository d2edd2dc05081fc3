"""What of an alert needs more than one field to be right or wrong: each problem names its field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import cast
from zlib import crc32

from emban.alerts.condition import Condition, ConditionType, Operator
from emban.alerts.schemas import AlertBody
from emban.alerts.state import KnownState, Memory, Patience, State
from emban.errors import FieldError, invalid
from emban.mail.recipients import recipient_problems
from emban.models import Alert

# Says why an address may not be sent to, or None.
UrlCheck = Callable[[str], str | None]


def check_body(body: AlertBody, *, allowed_domains: Sequence[str] | None, url_problem: UrlCheck) -> None:
    """Raise 400 naming each field that is wrong in itself or beside another; the widget is not looked at."""
    problems = [*_condition_problems(body), *recipient_problems(body.email_to, allowed_domains)]
    if body.webhook_url is not None and (why := url_problem(body.webhook_url)) is not None:
        problems.append(FieldError("webhook_url", why))
    if not body.email_to and body.webhook_url is None:
        problems.append(FieldError("email_to", "is required, unless there is a webhook_url: tell whom?"))
    if problems:
        raise invalid(*problems)


def _condition_problems(body: AlertBody) -> Iterator[FieldError]:
    compares = body.condition_type != "no_data"
    for name in ("operator", "threshold_value"):
        given = getattr(body, name) is not None
        if compares and not given:
            yield FieldError(name, f"is required for {body.condition_type}")
        elif given and not compares:
            yield FieldError(name, "belongs to threshold and delta")
    if body.condition_type == "delta" and (body.threshold_value or 0) < 0:
        yield FieldError("threshold_value", "must not be negative: a delta counts both ways")


def condition_of(row: Alert) -> Condition:
    """Return the condition of a stored alert, which was checked when it was saved."""
    return Condition(
        cast("ConditionType", row.condition_type), cast("Operator | None", row.operator), row.threshold_value
    )


def patience_of(row: Alert, interval_s: int) -> Patience:
    """Return how patient a stored alert is."""
    return Patience(
        timedelta(minutes=row.for_minutes),
        timedelta(minutes=row.cooldown_minutes),
        row.notify_resolved,
        timedelta(seconds=interval_s),
    )


def memory_of(row: Alert) -> Memory:
    """Return what a stored alert remembers."""
    return Memory(
        cast("State", row.state),
        cast("KnownState", row.remembered),
        row.since,
        row.unanswered,
        row.problem,
        row.last_evaluated_at,
        row.last_fired_at,
    )


def remember(row: Alert, memory: Memory) -> None:
    """Write what an alert remembers into its row."""
    row.state, row.remembered, row.since = memory.state, memory.known, memory.since
    row.unanswered, row.problem = memory.unanswered, memory.problem
    row.last_evaluated_at, row.last_fired_at = memory.last_evaluated_at, memory.last_fired_at


def next_tick(org_id: str, now: datetime, interval_s: int) -> datetime:
    """Return the org's next tick after `now`: its alerts are due together and share scans; orgs take turns."""
    phase = crc32(org_id.encode()) % interval_s
    seconds = (int(now.timestamp()) - phase) // interval_s * interval_s + phase + interval_s
    return datetime.fromtimestamp(seconds, now.tzinfo)
