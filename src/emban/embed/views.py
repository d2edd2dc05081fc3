"""What a browser in an embed is answered: the page's config, and the widgets' data for its one tenant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from emban.auth.principal import EmbedPrincipal
from emban.billing.meters import QueryMeter
from emban.dashboards.page_widgets import shown_theme
from emban.dashboards.view_choice import ChoiceBody, ViewBody
from emban.dashboards.widget_queries import View, read_view
from emban.embed.drill import detail_spec, find_drill_widget
from emban.embed.live_embeds import LiveEmbed, LiveEmbeds
from emban.embed.page_config import show_dashboard, show_permissions
from emban.embed.permission_checks import (
    check_export,
    check_view,
    choose_widgets,
    list_dimensions,
    list_periods,
    shown_numbers,
)
from emban.embed.schemas import (
    DrillBody,
    EmbedConfigOut,
    EmbedExportBody,
    EmbedFiltersOut,
    EmbedSessionOut,
    FilterDimensionOut,
)
from emban.errors import EmbanError
from emban.kit.clock import utcnow
from emban.query.answer.answers import Points
from emban.query.run.details import Details, DetailTable
from emban.query.service import Freshness, QueryService
from emban.query.spec.query_spec import ANY_EVENT, Dimension, Metric, QuerySpec
from emban.query.time.span import PERIOD_DAYS, Period
from emban.render.renderer import Renderer
from emban.scope import Scope
from emban.views.export_file import Export
from emban.views.export_formats import ExportContent, render_export
from emban.views.widget_answers import EncodedWidgetData, WidgetAnswers

MAX_FILTER_VALUES = 200


class EmbedViews:
    """Answers the embed's routes. Every read is in the scope of the token: its tenant, narrowed by its locks."""

    def __init__(
        self,
        live: LiveEmbeds,
        queries: QueryService,
        answers: WidgetAnswers,
        details: Details,
        meter: QueryMeter,
        renderer: Renderer,
    ) -> None:
        self._live = live
        self._queries = queries
        self._answers = answers
        self._details = details
        self._meter = meter
        self._renderer = renderer

    async def dashboard(self, principal: EmbedPrincipal) -> EmbedConfigOut:
        """Return the published snapshot as this session may see it; raises as `LiveEmbeds.open` does."""
        live = await self._live.open(principal)
        now = utcnow()
        periods, default = list_periods(live.snapshot.config.filters, live.permissions)
        return EmbedConfigOut(
            dashboard=show_dashboard(live),
            filters=EmbedFiltersOut(
                periods=list(periods),
                default_period=default,
                dimensions=await self._dimensions(live, now),
                numeric=shown_numbers(live.snapshot.config.filters, live.permissions),
            ),
            permissions=show_permissions(live.permissions),
            session=EmbedSessionOut(expires_in=max(0, int((principal.expires_at - now).total_seconds()))),
        )

    async def data(self, principal: EmbedPrincipal, body: ViewBody) -> EncodedWidgetData:
        """Answer the widgets; raises 400 for a malformed and 403 for a refused wish, else as `LiveEmbeds.open`."""
        live = await self._live.open(principal)
        now = utcnow()
        view = _view(live, body, now)
        widgets = choose_widgets(live.snapshot.config, live.permissions, body.widgets)
        with _plan_untold():
            return await self._answers.ready(_scope(live), widgets, view, now, with_costs=False, reload=body.reload)

    async def drill(self, principal: EmbedPrincipal, body: DrillBody) -> DetailTable:
        """Return the events behind a slice of a widget; raises as `data`, and 403 where drilling is not allowed."""
        live = await self._live.open(principal)
        now = utcnow()
        widget = find_drill_widget(live, body.widget_id)
        wanted = detail_spec(live, widget, _view(live, body, now), body.dimension, body.value, now)
        with _plan_untold():
            async with self._meter.counted(principal.org_id) as count:
                rows = await self._details.rows(_scope(live), wanted, now=now)
                count.answered()
        return rows

    async def export(self, principal: EmbedPrincipal, body: EmbedExportBody) -> Export:
        """Return the file of all visible widgets or of one.

        Raises as `data`, 403 where exports are not allowed, and for a png and a pdf as `Renderer.pdf`.
        """
        live = await self._live.open(principal)
        check_export(live.permissions)
        now = utcnow()
        view = _view(live, body, now)
        wanted = None if body.widget_id is None else [body.widget_id]
        config = live.snapshot.config
        widgets = choose_widgets(config, live.permissions, wanted)
        with _plan_untold():
            data = await self._answers.of(_scope(live), widgets, view, now, with_costs=False)
        content = ExportContent(
            org_id=principal.org_id,
            name=live.snapshot.name,
            widgets=widgets,
            view=view,
            data=data,
            now=now,
            whole=wanted is None,
            bom=body.bom,
            locale=body.locale,
            theme=shown_theme(config.theme, live.plan),
        )
        return await render_export(self._renderer, body.format, content)

    async def _dimensions(self, live: LiveEmbed, now: datetime) -> list[FilterDimensionOut]:
        """Return the drop-downs with their values, found by the same compiler in the same scope as the widgets."""
        names = list_dimensions(live.snapshot.config.filters, live.permissions)
        specs = {name: _values_spec(name, live) for name in names}
        answers, _ = await self._queries.run_named(_scope(live), specs, now=now, freshness=Freshness.RECENT)
        shown = []
        for name, answer in answers.items():
            if isinstance(answer, EmbanError):
                raise answer
            if isinstance(answer, Points):
                values = [point.group[0] for point in answer.points if point.group[0]]
                shown.append(FilterDimensionOut(name=name, values=values))
        return shown


@contextmanager
def _plan_untold() -> Iterator[None]:
    """Tell a customer that there is nothing to see, not what the org's plan is."""
    try:
        yield
    except EmbanError as error:
        if error.status != 402:
            raise
        raise EmbanError(error.code, "the figures cannot be shown for the rest of this month") from error


def _scope(live: LiveEmbed) -> Scope:
    return live.principal.scope(live.permissions.locks)


def _view(live: LiveEmbed, body: ChoiceBody, now: datetime) -> View:
    bar = live.snapshot.config.filters
    _, default = list_periods(bar, live.permissions)
    view = read_view(body, default_period=default, timezone=bar.timezone)
    check_view(view, live.snapshot.config, live.permissions, now)
    return view


def _values_spec(name: str, live: LiveEmbed) -> QuerySpec:
    # The longest allowed period, so that values stay when a shorter one is chosen, and none is from outside.
    # One that ends now if there is one: a year that has just begun has hardly any.
    allowed = [period for period in PERIOD_DAYS if live.permissions.allows_period(period)]
    longest = max(allowed, key=lambda period: (period[0].isdigit(), PERIOD_DAYS[period]))
    return QuerySpec(
        event_name=ANY_EVENT,
        metrics=(Metric("count"),),
        group_by=(Dimension.named(name),),
        span=Period(longest),
        limit=MAX_FILTER_VALUES,
    )
