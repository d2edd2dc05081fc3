"""What a browser in an embed is answered: the page's config, and the widgets' data for its one tenant."""

from __future__ import annotations

from datetime import datetime

from emban.auth.principal import EmbedPrincipal
from emban.dashboards.answers import Data, WidgetAnswers
from emban.dashboards.filters import ViewBody
from emban.dashboards.queries import View, read_view
from emban.embed.live import LiveEmbed, LiveEmbeds
from emban.embed.narrowing import check_view, chosen_widgets, shown_dimensions, shown_periods
from emban.embed.schemas import DimensionOut, EmbedConfigOut, EmbedFiltersOut, EmbedSessionOut
from emban.embed.shown import show_dashboard, show_permissions
from emban.errors import EmbanError
from emban.kit.clock import utcnow
from emban.query.answer import Points
from emban.query.service import QueryService
from emban.query.spec import ANY_EVENT, PERIODS, Dimension, Metric, Period, QuerySpec

MAX_FILTER_VALUES = 200


class EmbedViews:
    """Answers the embed's routes. Every read is in the scope of the token: its tenant, narrowed by its locks."""

    def __init__(self, live: LiveEmbeds, queries: QueryService, answers: WidgetAnswers) -> None:
        self._live = live
        self._queries = queries
        self._answers = answers

    async def dashboard(self, principal: EmbedPrincipal) -> EmbedConfigOut:
        """Return the published snapshot as this session may see it; raises as `LiveEmbeds.open` does."""
        live = await self._live.open(principal)
        now = utcnow()
        periods, default = shown_periods(live.snapshot.config.filters, live.permissions)
        return EmbedConfigOut(
            dashboard=show_dashboard(live),
            filters=EmbedFiltersOut(
                periods=list(periods), default_period=default, dimensions=await self._dimensions(live, now)
            ),
            permissions=show_permissions(live.permissions),
            session=EmbedSessionOut(expires_in=max(0, int((principal.expires_at - now).total_seconds()))),
        )

    async def data(self, principal: EmbedPrincipal, body: ViewBody) -> Data:
        """Answer the widgets; raises 400 for a malformed and 403 for a refused wish, else as `LiveEmbeds.open`."""
        live = await self._live.open(principal)
        now = utcnow()
        view = _view(live, body, now)
        widgets = chosen_widgets(live.snapshot.config, live.permissions, body.widgets)
        scope = principal.scope(live.permissions.locks)
        try:
            return await self._answers.of(scope, widgets, view, now, with_costs=False)
        except EmbanError as error:
            if error.status != 402:
                raise
            # A customer is told that there is nothing to see, not what the org's plan is.
            raise EmbanError(error.code, "the figures cannot be shown for the rest of this month") from error

    async def _dimensions(self, live: LiveEmbed, now: datetime) -> list[DimensionOut]:
        """Return the drop-downs with their values, found by the same compiler in the same scope as the widgets."""
        names = shown_dimensions(live.snapshot.config.filters, live.permissions)
        specs = {name: _values_spec(name, live) for name in names}
        scope = live.principal.scope(live.permissions.locks)
        answers, _ = await self._queries.run_named(scope, specs, now=now)
        shown = []
        for name, answer in answers.items():
            if isinstance(answer, EmbanError):
                raise answer
            if isinstance(answer, Points):
                values = [point.group[0] for point in answer.points if point.group[0]]
                shown.append(DimensionOut(name=name, values=values))
        return shown


def _view(live: LiveEmbed, body: ViewBody, now: datetime) -> View:
    bar = live.snapshot.config.filters
    _, default = shown_periods(bar, live.permissions)
    view = read_view(body, default_period=default, timezone=bar.timezone)
    check_view(view, bar, live.permissions, now)
    return view


def _values_spec(name: str, live: LiveEmbed) -> QuerySpec:
    # The longest allowed period, so that values stay when a shorter one is chosen, and none is from outside.
    longest = next(period for period in reversed(PERIODS) if live.permissions.allows_period(period))
    return QuerySpec(
        event_name=ANY_EVENT,
        metrics=(Metric("count"),),
        group_by=(Dimension.named(name),),
        span=Period(longest),
        limit=MAX_FILTER_VALUES,
    )
