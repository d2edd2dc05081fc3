"""The composition root: settings in, a FastAPI application out. Nothing happens on import."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from emban import __version__
from emban.accounts import endpoints as accounts_endpoints
from emban.app import health, pages
from emban.app.asgi.compression import EmbedCompression
from emban.app.asgi.cors import EmbedCors
from emban.app.asgi.hot_dispatch import HotDispatch
from emban.app.asgi.limits import RequestLimits
from emban.app.asgi.request_context import RequestContext
from emban.app.control_plane import ControlPlane
from emban.app.display import display_services
from emban.app.openapi import document as openapi
from emban.app.openapi import reference
from emban.app.services import Services
from emban.audit import endpoints as audit_endpoints
from emban.billing import endpoints as billing_endpoints
from emban.dashboards import endpoints as dashboards_endpoints
from emban.dashboards.discovery import endpoints as discover_endpoints
from emban.db import Database
from emban.db.change_listener import ChangeListener
from emban.db.urls import app_url
from emban.demo import endpoints as demo_endpoints
from emban.embed import endpoints as embed_endpoints
from emban.http import responses as error_handlers
from emban.ingest import endpoints as ingest_endpoints
from emban.ingest.service import Ingest
from emban.kit.periodic_task import PeriodicTask
from emban.library import endpoints as library_endpoints
from emban.onboarding import endpoints as onboarding_endpoints
from emban.orgs import endpoints as orgs_endpoints
from emban.orgs import people_endpoints
from emban.query import endpoints as query_endpoints
from emban.query.answer.cache import AnswerCache
from emban.query.run.watermarks import Watermarks
from emban.query.scheduling.scheduler import QueryScheduler, SchedulerLimits
from emban.query.service import QueryService
from emban.rollup.eraser import QuietEraser
from emban.rollup.keeper import RollupKeeper
from emban.rollup.state import RollupStates
from emban.settings import Settings
from emban.sqlbox import endpoints as sqlbox_endpoints
from emban.sqlbox.service import Sqlbox
from emban.store.client import EventStore
from emban.store.erase import Eraser
from emban.store.rollup_tables import RollupTables

ROUTERS = (
    ingest_endpoints.router,  # First, because routes are looked through in order and this one is asked for most.
    health.router,
    reference.router,
    accounts_endpoints.router,
    accounts_endpoints.invite_router,
    orgs_endpoints.router,
    people_endpoints.router,
    billing_endpoints.router,
    audit_endpoints.router,
    sqlbox_endpoints.router,
    query_endpoints.router,
    library_endpoints.router,
    onboarding_endpoints.router,
    discover_endpoints.router,
    dashboards_endpoints.router,
    embed_endpoints.router,
    embed_endpoints.browser_router,
    embed_endpoints.data_router,
    pages.router,
)


def build_app(settings: Settings) -> FastAPI:
    """Return the application. Needs the addresses of both stores and the secret key; connects when it starts."""
    app = FastAPI(
        title="Emban",
        version=__version__,
        description="Embedded analytics: post events, design one dashboard, show each customer only its own data.",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.settings = settings
    error_handlers.install(app)
    app.add_middleware(HotDispatch, routers=ROUTERS)
    app.add_middleware(RequestLimits)
    app.add_middleware(EmbedCompression)
    app.add_middleware(EmbedCors)
    app.add_middleware(RequestContext)
    for router in (*ROUTERS, demo_endpoints.router) if settings.demo else ROUTERS:
        app.include_router(router)
    openapi.install(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    changes = ChangeListener(app_url(settings))
    database = Database(app_url(settings), pool_size=settings.database_pool_size, changes=changes)
    store = EventStore(settings)
    ingest = Ingest(settings, database, store)
    states = RollupStates(database)
    rollups = RollupKeeper(states, RollupTables(store))
    keeping = PeriodicTask("rollups", rollups.keep, settings.rollup_interval_s)
    control_plane = ControlPlane(settings, database, QuietEraser(states, Eraser(store)))
    cache = AnswerCache(changes, settings.cache_mb << 20)
    fair = QueryScheduler(store, SchedulerLimits.of(settings))
    queries = QueryService(fair, Watermarks(database), cache=cache, admission=fair)
    sqlbox = Sqlbox(settings, database, store, control_plane.services["query_meter"])
    app.state.services = Services(
        settings=settings,
        database=database,
        changes=changes,
        store=store,
        ingest=ingest,
        queries=queries,
        rollups=rollups,
        sqlbox=sqlbox,
        **control_plane.services,
        **display_services(settings, database, store, ingest, queries, control_plane.services["query_meter"], changes),
    )
    await app.state.services.embed_keys.start()
    changes.start()
    control_plane.start()
    ingest.start()
    keeping.start()
    try:
        yield
    finally:
        await ingest.close()
        await keeping.stop(last_run=False)
        await app.state.services.embed_keys.stop()
        await control_plane.stop()
        await sqlbox.close()
        await store.close()
        await changes.stop()
        await database.close()
