"""The services that show things: dashboards, discovery, embeds and samples, wired to one another."""

from __future__ import annotations

from typing import Any

from emban.auth.embed_keys import EmbedKeys
from emban.auth.embed_tokens import EmbedTokens
from emban.billing.meters import QueryMeter
from emban.dashboards.answers import DashboardAnswers, WidgetAnswers
from emban.dashboards.discovery import Discovery
from emban.dashboards.downloads import DashboardExports
from emban.dashboards.publishing import Publishing
from emban.dashboards.service import Dashboards
from emban.db import Database
from emban.db.changes import Changes
from emban.embed.live import LiveEmbeds
from emban.embed.sessions import EmbedSessions
from emban.embed.views import EmbedViews
from emban.ingest.service import Ingest
from emban.onboarding.service import Onboarding
from emban.query.detail import Details
from emban.query.service import QueryService
from emban.query.watermarks import Watermarks
from emban.settings import Settings
from emban.store.client import EventStore


def display_services(
    settings: Settings,
    database: Database,
    store: EventStore,
    ingest: Ingest,
    queries: QueryService,
    meter: QueryMeter,
    changes: Changes,
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
