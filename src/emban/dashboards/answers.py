"""All widgets of a dashboard answered at once: one request, side by side on the engine, as of one watermark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import UNSET
from msgspec.structs import replace

from emban.auth.principal import Principal
from emban.billing.meters import QueryMeter
from emban.dashboards.config import DashboardConfig, WidgetConfig, read_config
from emban.dashboards.queries import View, read_view, viewed, widget_spec
from emban.dashboards.repository import find, sees_drafts
from emban.dashboards.schemas import DataBody
from emban.db import Database
from emban.errors import EmbanError, FieldError, conflict, forbidden, invalid
from emban.kit.clock import rfc3339, utcnow
from emban.kit.scope import Scope
from emban.models import Dashboard
from emban.query.answer import Answer
from emban.query.service import QueryService
from emban.query.tenants import chosen_tenant


@dataclass(frozen=True, slots=True)
class WidgetFailure:
    """What stands in the place of a widget's answer that could not be made."""

    error: str
    code: str


@dataclass(frozen=True, slots=True)
class Data:
    """The answer to a data request, encoded as it is."""

    widgets: dict[str, Answer | WidgetFailure]
    as_of: str | None


class WidgetAnswers:
    """Answers widgets within a scope and counts them. Shared by the console's and the embed's routes."""

    def __init__(self, queries: QueryService, meter: QueryMeter) -> None:
        self._queries = queries
        self._meter = meter

    async def of(
        self, scope: Scope, widgets: Sequence[WidgetConfig], view: View, now: datetime, *, with_costs: bool = True
    ) -> Data:
        """Return an answer or a failure for each widget: one that fails does not take the others along.

        Without costs, how many rows the engine read is left out: it reads in blocks that hold others' rows, too.

        Raises 402 where the plan's queries are used up, and 503 where the event store answers none of them.
        """
        specs = {str(widget.id): viewed(widget_spec(widget.kind, widget.query), view, now) for widget in widgets}
        async with self._meter.counted(scope.org_id, len(specs)) as count:
            answers, as_of = await self._queries.run_named(scope, specs, now=now)
            failed = [answer for answer in answers.values() if isinstance(answer, EmbanError)]
            if failed and len(failed) == len(answers) and all(error.status == 503 for error in failed):
                raise failed[0]
            count.answered(len(answers) - len(failed))
        shown = {widget_id: _shown(answer, with_costs=with_costs) for widget_id, answer in answers.items()}
        return Data(shown, None if as_of is None else rfc3339(as_of))


class DashboardAnswers:
    """Answers the dashboards of the console."""

    def __init__(self, database: Database, answers: WidgetAnswers) -> None:
        self._database = database
        self._answers = answers

    async def of_dashboard(self, caller: Principal, dashboard_id: str, body: DataBody) -> Data:
        """Answer the widgets of a draft or a snapshot.

        Raises 400 for no tenant or an unknown widget, 403 for a viewer who asks for a draft, 404, and 409 for the
        snapshot of a dashboard that has none.
        """
        tenant = chosen_tenant(body.tenant_id, body.all_tenants)
        async with self._database.for_org(caller.org_id) as session:
            config = _config(await find(session, caller, dashboard_id), caller, draft=body.draft)
        bar = config.filters
        view = read_view(body, default_period=bar.default_period or "30d", timezone=bar.timezone)
        widgets = _chosen(config, body.widgets)
        return await self._answers.of(caller.scope(tenant), widgets, view, utcnow())


def _config(row: Dashboard, caller: Principal, *, draft: bool | None) -> DashboardConfig:
    """Return the draft or the snapshot; unless the caller says which, what their role works with."""
    if draft and not sees_drafts(caller):
        raise forbidden("reading a draft needs the role editor", required="editor")
    if sees_drafts(caller) if draft is None else draft:
        return read_config(row.config)
    if row.snapshot is None:
        raise conflict("this dashboard was never published, so there is no snapshot to read", "not_published")
    return read_config(row.snapshot["config"])


def _chosen(config: DashboardConfig, wanted: Sequence[str] | None) -> list[WidgetConfig]:
    if wanted is None:
        return config.widgets
    known = {widget.id for widget in config.widgets}
    unknown = [
        FieldError(f"widgets[{place}]", f"the dashboard has no widget {widget_id!r}")
        for place, widget_id in enumerate(wanted)
        if widget_id not in known
    ]
    if unknown:
        raise invalid(*unknown)
    return [widget for widget in config.widgets if widget.id in wanted]


def _shown(answer: Answer | EmbanError, *, with_costs: bool) -> Answer | WidgetFailure:
    if isinstance(answer, EmbanError):
        return WidgetFailure(answer.message, answer.code)
    if with_costs:
        return answer
    return replace(answer, meta=replace(answer.meta, rows_read=UNSET))
