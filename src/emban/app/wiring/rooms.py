"""The services of a process by room, as frozen values: what `wire` makes and everything else takes from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass

from emban.accounts.invite_acceptance import InviteAcceptance
from emban.accounts.own_account import OwnAccount
from emban.accounts.service import Accounts
from emban.alerts.preview import AlertPreview
from emban.alerts.service import Alerts
from emban.alerts.trial import AlertTrial
from emban.app.wiring.reports import ReportServices
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
from emban.delivery.attempt_log import DeliveryLog
from emban.delivery.outbound.client import OutboundHttp
from emban.delivery.outbox import Outbox
from emban.delivery.service import Delivery
from emban.delivery.webhook_secrets import WebhookSecrets
from emban.embed.sessions import EmbedSessions
from emban.embed.views import EmbedViews
from emban.ingest.service import Ingest
from emban.jobs.kinds import Handler
from emban.jobs.queue import JobQueue
from emban.jobs.run_counts import RunCounts
from emban.jobs.status import QueueWatch
from emban.library.saved_queries import SavedQueries
from emban.library.widgets import Widgets
from emban.onboarding.service import Onboarding
from emban.orgs.api_keys import ApiKeys
from emban.orgs.environments import Environments
from emban.orgs.erasure import Erasure
from emban.orgs.invites import Invites
from emban.orgs.members import Members
from emban.orgs.service import Orgs
from emban.orgs.tenants import Tenants
from emban.query.run.details import Details
from emban.query.run.watermarks import Watermarks
from emban.query.scheduling.scheduler import QueryScheduler
from emban.query.service import QueryService
from emban.render.renderer import Renderer
from emban.rollup.eraser import EventEraser
from emban.rollup.keeper import RollupKeeper
from emban.settings import Settings
from emban.sqlbox.service import Sqlbox
from emban.store.client import EventStore
from emban.trust.isolation_gate import IsolationGate
from emban.views.exports import DashboardExports
from emban.views.widget_answers import DashboardAnswers


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

    scheduler: QueryScheduler
    watermarks: Watermarks
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
    renderer: Renderer
    embed_sessions: EmbedSessions
    embed_views: EmbedViews


@dataclass(frozen=True, slots=True)
class JobServices:
    """Adding jobs and watching the queue. Workers alone do jobs: what they need for it is `WorkerServices`."""

    queue: JobQueue
    watch: QueueWatch
    counts: RunCounts


@dataclass(frozen=True, slots=True)
class DeliveryServices:
    """What leaves Emban on its own: the one way out over HTTP, the outbox, what signs, what sends, and the log."""

    outbound: OutboundHttp
    outbox: Outbox
    secrets: WebhookSecrets
    delivery: Delivery
    log: DeliveryLog


@dataclass(frozen=True, slots=True)
class AlertServices:
    """Rules about figures: read and changed, tried out on the past, and tested on their destinations."""

    alerts: Alerts
    preview: AlertPreview
    trial: AlertTrial


@dataclass(frozen=True, slots=True)
class WorkerServices:
    """What a worker process does: jobs by kind, and chores again and again (their names, seconds between two)."""

    handlers: Mapping[str, Handler]
    chores: tuple[tuple[str, Callable[[], Awaitable[None]], float], ...]


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
    jobs: JobServices
    deliveries: DeliveryServices
    alerts: AlertServices
    reports: ReportServices

    def services(self) -> Iterator[object]:
        """Yield every service once, for the registry that handlers are served from."""
        for room in fields(self):
            value = getattr(self, room.name)
            if is_dataclass(value):
                yield from (getattr(value, field.name) for field in fields(value))
            else:
                yield value
