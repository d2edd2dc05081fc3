"""Every service of an API process, made and wired to the others: one function for each room, lowest room first.

Nothing is started here; `emban.app.lifespan` does that, and ends it in the opposite order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

from emban.accounts.invite_acceptance import InviteAcceptance
from emban.accounts.own_account import OwnAccount
from emban.accounts.service import Accounts
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


@dataclass(frozen=True, slots=True)
class Stores:
    """The two stores, and how a process hears of changes in them."""

    changes: ChangeListener
    database: Database
    events: EventStore
    isolation: IsolationGate


@dataclass(frozen=True, slots=True)
class EventServices:
    """Events stored, rolled up and removed."""

    ingest: Ingest
    rollups: RollupKeeper
    eraser: EventEraser
    erasure: Erasure


@dataclass(frozen=True, slots=True)
class CredentialServices:
    """Who is calling, and what they may still do on their plan."""

    key_usage: KeyUsage
    attempts: Attempts
    authenticator: Authenticator
    query_meter: QueryMeter
    embed_keys: EmbedKeys
    embed_tokens: EmbedTokens


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """People, orgs and what they own."""

    accounts: Accounts
    own_account: OwnAccount
    invite_acceptance: InviteAcceptance
    orgs: Orgs
    members: Members
    invites: Invites
    environments: Environments
    keys: ApiKeys
    tenants: Tenants
    audit: AuditReader
    billing: Billing
    widgets: Widgets
    saved_queries: SavedQueries


@dataclass(frozen=True, slots=True)
class Queries:
    """Questions to the event store."""

    service: QueryService
    details: Details
    sqlbox: Sqlbox


@dataclass(frozen=True, slots=True)
class Displays:
    """What is shown of the events, in the console and in embeds."""

    discovery: Discovery
    dashboards: Dashboards
    onboarding: Onboarding
    publishing: Publishing
    answers: DashboardAnswers
    exports: DashboardExports
    embed_sessions: EmbedSessions
    embed_views: EmbedViews


@dataclass(frozen=True, slots=True)
class Wiring:
    """All of it."""

    settings: Settings
    stores: Stores
    events: EventServices
    access: CredentialServices
    control_plane: ControlPlane
    queries: Queries
    displays: Displays

    def services(self) -> Iterator[object]:
        """Yield every service once, for the registry that handlers are served from."""
        for room in fields(self):
            value = getattr(self, room.name)
            if is_dataclass(value):
                yield from (getattr(value, field.name) for field in fields(value))
            else:
                yield value


def wire(settings: Settings) -> Wiring:
    """Make every service. Opens no connection."""
    stores = wire_stores(settings)
    events = wire_events(settings, stores)
    access = wire_access(settings, stores)
    queries = wire_queries(settings, stores, access)
    return Wiring(
        settings=settings,
        stores=stores,
        events=events,
        access=access,
        control_plane=wire_control_plane(settings, stores, events, access),
        queries=queries,
        displays=wire_displays(stores, events, access, queries),
    )


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
    settings: Settings, stores: Stores, events: EventServices, access: CredentialServices
) -> ControlPlane:
    """Make what people and orgs are looked after by."""
    database = stores.database
    return ControlPlane(
        accounts=Accounts(database, settings, access.attempts),
        own_account=OwnAccount(database, access.attempts),
        invite_acceptance=InviteAcceptance(database, settings, access.attempts),
        orgs=Orgs(database, events.erasure),
        members=Members(database),
        invites=Invites(database, Mailer(settings)),
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
        service=QueryService(scheduler, watermarks, cache=cache, admission=scheduler),
        details=Details(scheduler, watermarks, scheduler),
        sqlbox=Sqlbox(settings, stores.database, stores.events, access.query_meter),
    )


def wire_displays(stores: Stores, events: EventServices, access: CredentialServices, queries: Queries) -> Displays:
    """Make what shows events."""
    database, meter = stores.database, access.query_meter
    answers = WidgetAnswers(queries.service, meter)
    dashboards = Dashboards(database)
    live_embeds = LiveEmbeds(database, stores.changes)
    return Displays(
        discovery=Discovery(stores.events),
        dashboards=dashboards,
        onboarding=Onboarding(database, events.ingest, dashboards),
        publishing=Publishing(database),
        answers=DashboardAnswers(database, answers),
        exports=DashboardExports(database, answers),
        embed_sessions=EmbedSessions(database, access.embed_tokens, access.embed_keys),
        embed_views=EmbedViews(live_embeds, queries.service, answers, queries.details, meter),
    )
