"""The console's downloads: a dashboard's figures as a file."""

from __future__ import annotations

from emban.auth.principal import Principal
from emban.dashboards.page_widgets import shown_theme
from emban.dashboards.repository import find
from emban.dashboards.widget_queries import read_view
from emban.db import Database
from emban.kit.clock import utcnow
from emban.query.spec.tenant_choice import choose_tenant
from emban.render.renderer import Renderer
from emban.views.draft_choice import choose_config, choose_widgets
from emban.views.export_file import Export
from emban.views.export_formats import ExportContent, render_export
from emban.views.schemas import ExportBody
from emban.views.widget_answers import WidgetAnswers


class DashboardExports:
    """Exports the dashboards of the console, answered as `DashboardAnswers` answers them."""

    def __init__(self, database: Database, answers: WidgetAnswers, renderer: Renderer) -> None:
        self._database = database
        self._answers = answers
        self._renderer = renderer

    async def of_dashboard(self, caller: Principal, dashboard_id: str, body: ExportBody) -> Export:
        """Return the file of a draft's or a snapshot's widgets; raises as `DashboardAnswers.of_dashboard` does.

        A png and a pdf also raise as `Renderer.pdf`.
        """
        tenant = choose_tenant(body.tenant_id, body.all_tenants)
        async with self._database.for_org(caller.org_id) as session:
            row = await find(session, caller, dashboard_id)
            name, config = choose_config(row, caller, draft=body.draft)
        bar, now = config.filters, utcnow()
        view = read_view(body, default_period=bar.default_period or "30d", timezone=bar.timezone)
        widgets = choose_widgets(config, None if body.widget_id is None else [body.widget_id], "widget_id")
        data = await self._answers.of(caller.scope(tenant), widgets, view, now)
        content = ExportContent(
            org_id=caller.org_id,
            name=name,
            widgets=widgets,
            view=view,
            data=data,
            now=now,
            whole=body.widget_id is None,
            bom=body.bom,
            locale=body.locale,
            tenant=body.tenant_id,
            theme=shown_theme(config.theme, caller.plan),
        )
        return await render_export(self._renderer, body.format, content)
