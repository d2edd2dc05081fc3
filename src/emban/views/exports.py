"""The console's downloads: a dashboard's figures as a file."""

from __future__ import annotations

from asyncio import to_thread

from emban.auth.principal import Principal
from emban.dashboards.repository import find
from emban.dashboards.widget_queries import read_view
from emban.db import Database
from emban.kit.clock import utcnow
from emban.query.spec.tenant_choice import choose_tenant
from emban.views.csv_export import Export, export_csv
from emban.views.draft_choice import choose_config, choose_widgets
from emban.views.schemas import ExportBody
from emban.views.widget_answers import WidgetAnswers


class DashboardExports:
    """Exports the dashboards of the console, answered as `DashboardAnswers` answers them."""

    def __init__(self, database: Database, answers: WidgetAnswers) -> None:
        self._database = database
        self._answers = answers

    async def of_dashboard(self, caller: Principal, dashboard_id: str, body: ExportBody) -> Export:
        """Return the file of a draft's or a snapshot's widgets; raises as `DashboardAnswers.of_dashboard` does."""
        tenant = choose_tenant(body.tenant_id, body.all_tenants)
        async with self._database.for_org(caller.org_id) as session:
            row = await find(session, caller, dashboard_id)
            name, config = choose_config(row, caller, draft=body.draft)
        bar, now = config.filters, utcnow()
        view = read_view(body, default_period=bar.default_period or "30d", timezone=bar.timezone)
        widgets = choose_widgets(config, None if body.widget_id is None else [body.widget_id], "widget_id")
        data = await self._answers.of(caller.scope(tenant), widgets, view, now)
        whole = body.widget_id is None
        return await to_thread(export_csv, name, widgets, view, data, now, whole=whole, bom=body.bom)
