"""What handlers work with: one frozen bag of services per API process, made by `emban.app.build`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from starlette.requests import Request

if TYPE_CHECKING:
    from emban.accounts.invite_acceptance import InviteAcceptance
    from emban.accounts.own_account import OwnAccount
    from emban.accounts.service import Accounts
    from emban.audit.reader import AuditReader
    from emban.auth.authenticator import Authenticator
    from emban.auth.embed_keys import EmbedKeys
    from emban.auth.embed_tokens import EmbedTokens
    from emban.billing.meters import QueryMeter
    from emban.billing.service import Billing
    from emban.dashboards.discovery.service import Discovery
    from emban.dashboards.publication import Publishing
    from emban.dashboards.service import Dashboards
    from emban.db import Database
    from emban.db.change_listener import ChangeListener
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
    from emban.query.service import QueryService
    from emban.rollup.keeper import RollupKeeper
    from emban.settings import Settings
    from emban.sqlbox.service import Sqlbox
    from emban.store.client import EventStore
    from emban.views.exports import DashboardExports
    from emban.views.widget_answers import DashboardAnswers


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Every service of one API process."""

    settings: Settings
    database: Database
    changes: ChangeListener
    store: EventStore
    ingest: Ingest
    authenticator: Authenticator
    accounts: Accounts
    own_account: OwnAccount
    joining: InviteAcceptance
    orgs: Orgs
    members: Members
    invites: Invites
    environments: Environments
    keys: ApiKeys
    tenants: Tenants
    erasure: Erasure
    audit: AuditReader
    billing: Billing
    query_meter: QueryMeter
    discovery: Discovery
    onboarding: Onboarding
    dashboards: Dashboards
    publishing: Publishing
    dashboard_answers: DashboardAnswers
    dashboard_exports: DashboardExports
    embed_keys: EmbedKeys
    embed_tokens: EmbedTokens
    embed_sessions: EmbedSessions
    embed_views: EmbedViews
    queries: QueryService
    rollups: RollupKeeper
    sqlbox: Sqlbox
    mailer: Mailer
    widgets: Widgets
    saved_queries: SavedQueries


def services_of(request: Request) -> Services:
    """Return the services of the app that serves this request."""
    return cast("Services", request.app.state.services)


def base_url(request: Request) -> str:
    """Return the address under which browsers reach Emban, without a slash at its end."""
    configured = services_of(request).settings.public_url
    return str(configured if configured is not None else request.base_url).rstrip("/")
