"""The composition root: settings in, a FastAPI application out. Nothing happens on import."""

from __future__ import annotations

from fastapi import FastAPI

from emban import __version__
from emban.accounts import endpoints as accounts_endpoints
from emban.alerts import endpoints as alerts_endpoints
from emban.app import health, pages
from emban.app.asgi.compression import EmbedCompression
from emban.app.asgi.cors import EmbedCors
from emban.app.asgi.head_as_get import HeadAsGet
from emban.app.asgi.hot_dispatch import HotDispatch
from emban.app.asgi.limits import RequestLimits
from emban.app.asgi.request_context import RequestContext
from emban.app.lifespan import lifespan
from emban.app.openapi import document as openapi
from emban.app.openapi import reference
from emban.audit import endpoints as audit_endpoints
from emban.billing import endpoints as billing_endpoints
from emban.dashboards import endpoints as dashboards_endpoints
from emban.dashboards.discovery import endpoints as discover_endpoints
from emban.delivery import endpoints as delivery_endpoints
from emban.demo import endpoints as demo_endpoints
from emban.embed import endpoints as embed_endpoints
from emban.http.responses import install_error_handlers
from emban.ingest import endpoints as ingest_endpoints
from emban.library import endpoints as library_endpoints
from emban.onboarding import endpoints as onboarding_endpoints
from emban.orgs import endpoints as orgs_endpoints
from emban.orgs import people_endpoints
from emban.query import endpoints as query_endpoints
from emban.reports import endpoints as reports_endpoints
from emban.reports import pages as reports_pages
from emban.settings import Settings
from emban.sqlbox import endpoints as sqlbox_endpoints
from emban.views import endpoints as views_endpoints

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
    delivery_endpoints.router,
    onboarding_endpoints.router,
    discover_endpoints.router,
    dashboards_endpoints.router,
    views_endpoints.router,
    alerts_endpoints.router,
    reports_endpoints.router,
    embed_endpoints.router,
    embed_endpoints.browser_router,
    embed_endpoints.data_router,
    reports_pages.router,
    pages.router,
)


def build_app(settings: Settings) -> FastAPI:
    """Return the application. Needs the addresses of both stores and the secret key; connects when it starts."""
    app = FastAPI(
        title="Emban",
        version=__version__,
        description="Embedded analytics: post events, design one dashboard, show each customer only its own data.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.settings = settings
    install_error_handlers(app)
    app.add_middleware(HotDispatch, routers=ROUTERS)
    app.add_middleware(RequestLimits, body_timeout_s=settings.body_timeout_s)
    app.add_middleware(EmbedCompression)
    app.add_middleware(EmbedCors)
    app.add_middleware(HeadAsGet)
    app.add_middleware(RequestContext)
    for router in (*ROUTERS, demo_endpoints.router) if settings.demo else ROUTERS:
        app.include_router(router)
    openapi.install(app)
    return app
