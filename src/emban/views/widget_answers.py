"""All widgets of a dashboard answered at once: one request, side by side on the engine, as of one watermark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import UNSET
from msgspec.structs import replace

from emban.auth.principal import Principal
from emban.billing.meters import QueryMeter, UncountedQueries
from emban.dashboards.document import WidgetConfig
from emban.dashboards.repository import find
from emban.dashboards.widget_queries import View, apply_view, read_view
from emban.db import Database
from emban.errors import EmbanError
from emban.kit.clock import utcnow
from emban.kit.rfc3339 import format_instant
from emban.query.answer.answers import Answer, EncodedAnswer, encode
from emban.query.service import Freshness, QueryService
from emban.query.spec.tenant_choice import choose_tenant
from emban.scope import Scope
from emban.views.draft_choice import choose_config, choose_widgets
from emban.views.schemas import DataBody

# Statuses that are the whole request's answer when every widget has the same.
_REFUSALS = ({429}, {503})


@dataclass(frozen=True, slots=True)
class WidgetFailure:
    """What stands in the place of a widget's answer that could not be made."""

    error: str
    code: str


@dataclass(frozen=True, slots=True)
class WidgetData:
    """The answer to a data request, encoded as it is."""

    widgets: dict[str, Answer | WidgetFailure]
    as_of: str | None


@dataclass(frozen=True, slots=True)
class EncodedWidgetData:
    """As `WidgetData`, with answers that are encoded."""

    widgets: dict[str, EncodedAnswer | WidgetFailure]
    as_of: str | None

    def encoded(self) -> bytes:
        """Return the JSON of `WidgetData`: the widgets' figures put together as they are, not encoded once more."""
        members = (
            encode(widget_id) + b":" + (one.encoded() if isinstance(one, EncodedAnswer) else encode(one))
            for widget_id, one in self.widgets.items()
        )
        return b'{"widgets":{%b},"as_of":%b}' % (b",".join(members), encode(self.as_of))


class WidgetAnswers:
    """Answers widgets within a scope and counts them. Shared by the console's and the embed's routes and by reports."""

    def __init__(self, queries: QueryService, meter: QueryMeter | UncountedQueries) -> None:
        self._queries = queries
        self._meter = meter

    async def of(
        self,
        scope: Scope,
        widgets: Sequence[WidgetConfig],
        view: View,
        now: datetime,
        *,
        with_costs: bool = True,
        reload: bool = False,
        as_of: datetime | None = None,
    ) -> WidgetData:
        """Return an answer or a failure for each widget, as objects; see `ready`."""
        ready = await self.ready(scope, widgets, view, now, with_costs=with_costs, reload=reload, as_of=as_of)
        answers = {
            widget_id: one if isinstance(one, WidgetFailure) else one.answer()
            for widget_id, one in ready.widgets.items()
        }
        return WidgetData(answers, ready.as_of)

    async def ready(
        self,
        scope: Scope,
        widgets: Sequence[WidgetConfig],
        view: View,
        now: datetime,
        *,
        with_costs: bool = True,
        reload: bool = False,
        as_of: datetime | None = None,
    ) -> EncodedWidgetData:
        """Return an answer or a failure for each widget: one that fails does not take the others along.

        Answers of a moment ago will do, unless `reload` asks for new ones, or `as_of` for those of one watermark.
        Without costs, how many rows the engine read is left out: it reads in blocks that hold others' rows, too.

        Raises 402 where the plan's queries are used up, 429 or 503 where all of them are refused for the same reason.
        """
        specs = {str(widget.id): apply_view(widget.spec, view, now) for widget in widgets}
        wanted = Freshness.FORCE if reload else Freshness.RECENT if as_of is None else Freshness.NEWEST
        async with self._meter.counted(scope.org_id, len(specs)) as count:
            prepared = await self._queries.prepare(scope, list(specs.values()), now=now, as_of=as_of, freshness=wanted)
            failed = [outcome for outcome in prepared.outcomes if isinstance(outcome, EmbanError)]
            if failed and len(failed) == len(specs) and {error.status for error in failed} in _REFUSALS:
                raise failed[0]
            count.answered(len(specs) - len(failed))
        shown = (_shown(outcome, with_costs=with_costs) for outcome in prepared.outcomes)
        covered = None if prepared.as_of is None else format_instant(prepared.as_of)
        return EncodedWidgetData(dict(zip(specs, shown, strict=True)), covered)


class DashboardAnswers:
    """Answers the dashboards of the console."""

    def __init__(self, database: Database, answers: WidgetAnswers) -> None:
        self._database = database
        self._answers = answers

    async def of_dashboard(self, caller: Principal, dashboard_id: str, body: DataBody) -> EncodedWidgetData:
        """Answer the widgets of a draft or a snapshot.

        Raises 400 for no tenant or an unknown widget, 403 for a viewer who asks for a draft, 404, and 409 for the
        snapshot of a dashboard that has none.
        """
        tenant = choose_tenant(body.tenant_id, body.all_tenants)
        async with self._database.for_org(caller.org_id) as session:
            _, config = choose_config(await find(session, caller, dashboard_id), caller, draft=body.draft)
        bar = config.filters
        view = read_view(body, default_period=bar.default_period or "30d", timezone=bar.timezone)
        widgets = choose_widgets(config, body.widgets)
        return await self._answers.ready(caller.scope(tenant), widgets, view, utcnow(), reload=body.reload)


def _shown(outcome: EncodedAnswer | EmbanError, *, with_costs: bool) -> EncodedAnswer | WidgetFailure:
    if isinstance(outcome, EmbanError):
        return WidgetFailure(outcome.message, outcome.code)
    return outcome if with_costs else outcome.with_meta(replace(outcome.meta, rows_read=UNSET))
