"""The services that show things: dashboards, discovery, embeds and samples, wired to one another."""

from __future__ import annotations

from typing import Any

from emban.auth.embed_keys import EmbedKeys
from emban.auth.embed_tokens import EmbedTokens
from emban.billing.meters import QueryMeter
from emban.dashboards.discovery.service import Discovery
from emban.dashboards.publication import Publishing
from emban.dashboards.service import Dashboards
from emban.db import Database
from emban.db.change_listener import ChangeListener
from emban.embed.live_embeds import LiveEmbeds
from emban.embed.sessions import EmbedSessions
from emban.embed.views import EmbedViews
from emban.ingest.service import Ingest
from emban.onboarding.service import Onboarding
from emban.query.run.details import Details
from emban.query.run.watermarks import Watermarks
from emban.query.service import QueryService
from emban.settings import Settings
from emban.store.client import EventStore
from emban.views.exports import DashboardExports
from emban.views.widget_answers import DashboardAnswers, WidgetAnswers


def display_services(
    settings: Settings,
    database: Database,
    store: EventStore,
    ingest: Ingest,
    queries: QueryService,
    meter: QueryMeter,
    changes: ChangeListener,
) -> dict[str, Any]:
    """Return the services by their names in `Services`."""
    keys = EmbedKeys(database, settings)
    tokens = EmbedTokens(keys)
    answers = WidgetAnswers(queries, meter)
    dashboards = Dashboards(database)
    details = Details(queries.store, Watermarks(database), queries.admission)
    return {
        "discovery": Discovery(store),
        "dashboards": dashboards,
        "onboarding": Onboarding(database, ingest, dashboards),
        "publishing": Publishing(database),
        "dashboard_answers": DashboardAnswers(database, answers),
        "dashboard_exports": DashboardExports(database, answers),
        "embed_keys": keys,
        "embed_tokens": tokens,
        "embed_sessions": EmbedSessions(database, tokens, keys),
        "embed_views": EmbedViews(LiveEmbeds(database, changes), queries, answers, details, meter),
    }
