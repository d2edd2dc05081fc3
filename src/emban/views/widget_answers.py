"""All widgets of a dashboard answered at once: one request, side by side on the engine, as of one watermark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import UNSET
from msgspec.structs import replace

from emban.auth.principal import Principal, UserPrincipal
from emban.billing.meters import QueryMeter, UncountedQueries
from emban.dashboards.document import WidgetConfig, check_widgets
from emban.dashboards.markdown import TextBlock
from emban.dashboards.repository import find
from emban.dashboards.value_colours import Colours, places_of
from emban.dashboards.widget_queries import View, apply_view, read_view
from emban.db import Database
from emban.errors import EmbanError, invalid_field
from emban.kit.clock import utcnow
from emban.kit.rfc3339 import format_instant
from emban.query.answer.answers import Answer, EncodedAnswer, encode
from emban.query.service import Freshness, QueryService
from emban.query.spec.tenant_choice import choose_tenant
from emban.scope import Scope
from emban.views.draft_choice import choose_config, choose_widgets
from emban.views.schemas import DataBody, PreviewBody

# Statuses that are the whole request's answer when every widget has the same.
_REFUSALS = ({429}, {503})
_UNCOUNTED = UncountedQueries()


@dataclass(frozen=True, slots=True)
class WidgetFailure:
    """What stands in the place of a widget's answer that could not be made."""

    error: str
    code: str


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """What stands in the place of figures for a text: its blocks, so that no browser reads Markdown."""

    blocks: tuple[TextBlock, ...]


@dataclass(frozen=True, slots=True)
class WidgetData:
    """The answer to a data request, encoded as it is."""

    widgets: dict[str, Answer | TextAnswer | WidgetFailure]
    as_of: str | None


@dataclass(frozen=True, slots=True)
class EncodedWidgetData:
    """As `WidgetData`, with answers that are encoded."""

    widgets: dict[str, EncodedAnswer | TextAnswer | WidgetFailure]
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
        colours: Colours | None = None,
        counted: bool = True,
    ) -> WidgetData:
        """Return an answer or a failure for each widget, as objects; see `ready`."""
        ready = await self.ready(
            scope,
            widgets,
            view,
            now,
            with_costs=with_costs,
            reload=reload,
            as_of=as_of,
            colours=colours,
            counted=counted,
        )
        answers = {
            widget_id: one.answer() if isinstance(one, EncodedAnswer) else one
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
        colours: Colours | None = None,
        counted: bool = True,
    ) -> EncodedWidgetData:
        """Return an answer or a failure for each widget: one that fails does not take the others along.

        A text is answered with its blocks, which costs nothing; a heading not at all.

        Answers of a moment ago will do, unless `reload` asks for new ones, or `as_of` for those of one watermark.
        Without costs, how many rows the engine read is left out: it reads in blocks that hold others' rows, too.
        `colours` are the dashboard's places in the palette; an answer is told those of the values that are in it.
        `counted` of false leaves the plan's meter alone: neither asked nor moved.

        Raises 402 where the plan's queries are used up, 429 or 503 where all of them are refused for the same reason.
        """
        asked = [widget for widget in widgets if widget.has_figures]
        specs = {str(widget.id): apply_view(widget.spec, view, now) for widget in asked}
        wanted = Freshness.FORCE if reload else Freshness.RECENT if as_of is None else Freshness.NEWEST
        meter = self._meter if counted else _UNCOUNTED
        async with meter.counted(scope.org_id, len(specs)) as count:
            prepared = await self._queries.prepare(scope, list(specs.values()), now=now, as_of=as_of, freshness=wanted)
            failed = [outcome for outcome in prepared.outcomes if isinstance(outcome, EmbanError)]
            if failed and len(failed) == len(specs) and {error.status for error in failed} in _REFUSALS:
                raise failed[0]
            count.answered(len(specs) - len(failed))
        shown = (
            _shown(outcome, places_of(widget, colours or {}), with_costs=with_costs)
            for widget, outcome in zip(asked, prepared.outcomes, strict=True)
        )
        covered = None if prepared.as_of is None else format_instant(prepared.as_of)
        texts = {str(widget.id): TextAnswer(widget.blocks) for widget in widgets if widget.kind == "text"}
        return EncodedWidgetData({**dict(zip(specs, shown, strict=True)), **texts}, covered)


class DashboardAnswers:
    """Answers the dashboards of the console."""

    def __init__(self, database: Database, answers: WidgetAnswers) -> None:
        self._database = database
        self._answers = answers

    async def of_dashboard(self, caller: Principal, dashboard_id: str, body: DataBody) -> EncodedWidgetData:
        """Answer the widgets of a draft or a snapshot, or those of a preview in their place.

        Raises 400 for no tenant, an unknown widget or one that could not be saved, 403 for a viewer who asks for a
        draft, 404, and 409 for the snapshot of a dashboard that has none.
        """
        tenant = choose_tenant(body.tenant_id, body.all_tenants)
        if body.preview is not None and body.widgets is not None:
            raise invalid_field("widgets", "a preview is answered whole; leave this out, or the preview")
        if body.preview is not None and body.draft is False:
            raise invalid_field("draft", "a preview is of a draft")
        draft = body.draft if body.preview is None else True
        async with self._database.for_org(caller.org_id) as session:
            chosen = choose_config(await find(session, caller, dashboard_id), caller, draft=draft)
        bar = chosen.config.filters
        view = read_view(body, default_period=bar.default_period or "30d", timezone=bar.timezone)
        if body.preview is None:
            widgets = choose_widgets(chosen.config, body.widgets)
        else:
            widgets = check_widgets(body.preview, "preview")
        return await self._answers.ready(
            caller.scope(tenant),
            widgets,
            view,
            utcnow(),
            reload=body.reload,
            colours=chosen.config.colours,
            counted=chosen.counted,
        )

    async def of_preview(self, caller: Principal, body: PreviewBody) -> EncodedWidgetData:
        """Answer widgets that belong to no dashboard; raises 400 for no tenant or one that could not be saved."""
        tenant = choose_tenant(body.tenant_id, body.all_tenants)
        view = read_view(body, default_period="30d", timezone=None)
        widgets = check_widgets(body.preview, "preview")
        counted = not isinstance(caller, UserPrincipal)
        return await self._answers.ready(caller.scope(tenant), widgets, view, utcnow(), counted=counted)


def _shown(
    outcome: EncodedAnswer | EmbanError, places: Mapping[str, int], *, with_costs: bool
) -> EncodedAnswer | WidgetFailure:
    if isinstance(outcome, EmbanError):
        return WidgetFailure(outcome.message, outcome.code)
    meta = outcome.meta if with_costs else replace(outcome.meta, rows_read=UNSET)
    if places:
        # Values that are not in this answer may be another customer's.
        meta = replace(meta, colours={value: places[value] for value in outcome.first_groups() if value in places})
    return outcome if meta is outcome.meta else outcome.with_meta(meta)
