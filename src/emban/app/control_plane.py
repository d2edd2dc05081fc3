"""The services of the control plane, wired to one another, and what they do in the background."""

from __future__ import annotations

from typing import Any

from emban.accounts.invite_acceptance import InviteAcceptance
from emban.accounts.own_account import OwnAccount
from emban.accounts.service import Accounts
from emban.audit.reader import AuditReader
from emban.auth import key_usage
from emban.auth.attempts import Attempts
from emban.auth.authenticator import Authenticator
from emban.billing import meters
from emban.billing.service import Billing
from emban.db import Database
from emban.kit.periodic_task import PeriodicTask
from emban.library.saved_queries import SavedQueries
from emban.library.widgets import Widgets
from emban.mail.sender import Mailer
from emban.orgs import erasure
from emban.orgs.api_keys import ApiKeys
from emban.orgs.environments import Environments
from emban.orgs.invites import Invites
from emban.orgs.members import Members
from emban.orgs.service import Orgs
from emban.orgs.tenants import Tenants
from emban.settings import Settings


class ControlPlane:
    """Makes the services, starts their chores and ends them, writing down what was only noted in memory."""

    def __init__(self, settings: Settings, database: Database, events: erasure.EventEraser) -> None:
        usage = key_usage.KeyUsage(database)
        attempts = Attempts(database, settings)
        authenticator = Authenticator(database, settings, usage)
        erasing = erasure.Erasure(database, events)
        meter = meters.QueryMeter(database)
        mailer = Mailer(settings)
        self.services: dict[str, Any] = {
            "authenticator": authenticator,
            "accounts": Accounts(database, settings, attempts),
            "own_account": OwnAccount(database, attempts),
            "joining": InviteAcceptance(database, settings, attempts),
            "orgs": Orgs(database, erasing),
            "members": Members(database),
            "invites": Invites(database, mailer),
            "environments": Environments(database, erasing),
            "keys": ApiKeys(database, authenticator),
            "tenants": Tenants(database, erasing),
            "erasure": erasing,
            "audit": AuditReader(database),
            "billing": Billing(database, settings, authenticator),
            "query_meter": meter,
            "mailer": mailer,
            "widgets": Widgets(database),
            "saved_queries": SavedQueries(database),
        }
        self._noting = (
            PeriodicTask("query meter", meter.flush, meters.FLUSH_EVERY_S),
            PeriodicTask("key usage", usage.flush, key_usage.FLUSH_EVERY_S),
        )
        self._sweeping = PeriodicTask("sweep", erasing.sweep, erasure.SWEEP_EVERY_S)

    def start(self) -> None:
        """Start the chores."""
        for ticker in (*self._noting, self._sweeping):
            ticker.start()

    async def stop(self) -> None:
        """End the chores, after the last request was answered."""
        await self._sweeping.stop(last_run=False)
        for ticker in self._noting:
            await ticker.stop()
