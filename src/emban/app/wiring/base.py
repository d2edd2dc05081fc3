"""Wiring, lowest room first: stores, events, credentials, the control plane, queries, what is shown."""

from __future__ import annotations

from emban.accounts.invite_acceptance import InviteAcceptance
from emban.accounts.own_account import OwnAccount
from emban.accounts.service import Accounts
from emban.app.wiring.rooms import ControlPlane, CredentialServices, Displays, EventServices, Queries, Stores
from emban.audit.reader import AuditReader
from emban.auth.attempts import Attempts
from emban.auth.authenticator import Authenticator
from emban.auth.embed_keys import EmbedKeys
from emban.auth.embed_tokens import EmbedTokens
from emban.auth.key_usage import KeyUsage
from emban.billing.meters import QueryMeter
from emban.billing.service import Billing
from emban.dashboards.discovery.service import Discovery
from emban.dashboards.publication import Publishing
from emban.dashboards.service import Dashboards
from emban.db import Database
from emban.db.change_listener import ChangeListener
from emban.db.urls import app_url
from emban.embed.live_embeds import LiveEmbeds
from emban.embed.sessions import EmbedSessions
from emban.embed.views import EmbedViews
from emban.ingest.service import Ingest
from emban.library.saved_queries import SavedQueries
from emban.library.widgets import Widgets
from emban.mail.sender import Mailer
from emban.onboarding.service import Onboarding
from emban.orgs.api_keys import ApiKeys
from emban.orgs.environments import Environments
from emban.orgs.erasure import Erasure
from emban.orgs.invites import Invites
from emban.orgs.members import Members
from emban.orgs.service import Orgs
from emban.orgs.tenants import Tenants
from emban.query.answer.cache import AnswerCache
from emban.query.run.details import Details
from emban.query.run.watermarks import Watermarks
from emban.query.scheduling.scheduler import QueryScheduler, SchedulerLimits
from emban.query.service import QueryService
from emban.render.renderer import Renderer
from emban.rollup.eraser import EventEraser
from emban.rollup.keeper import RollupKeeper
from emban.rollup.state import RollupStates
from emban.settings import Settings
from emban.sqlbox.service import Sqlbox
from emban.store.client import EventStore
from emban.store.erase import StoredRows
from emban.store.rollup_tables import RollupTables
from emban.trust.isolation_gate import IsolationGate
from emban.views.exports import DashboardExports
from emban.views.widget_answers import DashboardAnswers, WidgetAnswers


def wire_stores(settings: Settings) -> Stores:
    """Make the clients of both stores, and the gate that reads of events pass."""
    changes = ChangeListener(app_url(settings))
    database = Database(app_url(settings), pool_size=settings.database_pool_size, changes=changes)
    events = EventStore(settings)
    isolation = IsolationGate(events, accepted_builds=settings.accepted_engine_builds)
    events.guard_reads(isolation)
    return Stores(changes, database, events, isolation)


def wire_events(settings: Settings, stores: Stores) -> EventServices:
    """Make what writes and removes events."""
    states = RollupStates(stores.database)
    eraser = EventEraser(stores.database, states, StoredRows(stores.events))
    return EventServices(
        ingest=Ingest(settings, stores.database, stores.events),
        rollups=RollupKeeper(states, RollupTables(stores.events)),
        eraser=eraser,
        erasure=Erasure(stores.database, eraser),
    )


def wire_access(settings: Settings, stores: Stores) -> CredentialServices:
    """Make what credentials are checked by."""
    usage = KeyUsage(stores.database)
    keys = EmbedKeys(stores.database, settings)
    return CredentialServices(
        key_usage=usage,
        attempts=Attempts(stores.database, settings),
        authenticator=Authenticator(stores.database, settings, usage),
        query_meter=QueryMeter(stores.database),
        embed_keys=keys,
        embed_tokens=EmbedTokens(keys),
    )


def wire_control_plane(
    settings: Settings, stores: Stores, events: EventServices, access: CredentialServices, mailer: Mailer
) -> ControlPlane:
    """Make what people and orgs are looked after by."""
    database = stores.database
    return ControlPlane(
        accounts=Accounts(database, settings, access.attempts),
        own_account=OwnAccount(database, access.attempts),
        invite_acceptance=InviteAcceptance(database, settings, access.attempts),
        orgs=Orgs(database, events.erasure),
        members=Members(database),
        invites=Invites(database, mailer),
        environments=Environments(database, events.eraser),
        keys=ApiKeys(database, access.authenticator),
        tenants=Tenants(database, events.eraser),
        audit=AuditReader(database),
        billing=Billing(database, settings, access.authenticator),
        widgets=Widgets(database),
        saved_queries=SavedQueries(database),
    )


def wire_queries(settings: Settings, stores: Stores, access: CredentialServices) -> Queries:
    """Make what reads events: structured and ad hoc."""
    scheduler = QueryScheduler(stores.events, SchedulerLimits.of(settings))
    watermarks = Watermarks(stores.database)
    cache = AnswerCache(stores.changes, settings.cache_mb << 20)
    return Queries(
        scheduler=scheduler,
        watermarks=watermarks,
        service=QueryService(scheduler, watermarks, cache=cache, admission=scheduler),
        details=Details(scheduler, watermarks, scheduler),
        sqlbox=Sqlbox(settings, stores.database, stores.events, access.query_meter),
    )


def wire_displays(
    settings: Settings, stores: Stores, events: EventServices, access: CredentialServices, queries: Queries
) -> Displays:
    """Make what shows events."""
    database, meter = stores.database, access.query_meter
    answers = WidgetAnswers(queries.service, meter)
    dashboards = Dashboards(database)
    live_embeds = LiveEmbeds(database, stores.changes)
    renderer = Renderer.of(settings)
    return Displays(
        discovery=Discovery(stores.events),
        dashboards=dashboards,
        onboarding=Onboarding(database, events.ingest, dashboards),
        publishing=Publishing(database),
        answers=DashboardAnswers(database, answers),
        exports=DashboardExports(database, answers, renderer),
        renderer=renderer,
        embed_sessions=EmbedSessions(database, access.embed_tokens, access.embed_keys),
        embed_views=EmbedViews(live_embeds, queries.service, answers, queries.details, meter, renderer),
    )
