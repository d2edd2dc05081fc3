"""What handlers work with: one frozen bag of services per API process, made by `emban.app`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from starlette.requests import Request

if TYPE_CHECKING:
    from emban.accounts.service import Accounts
    from emban.auth.authenticator import Authenticator
    from emban.db import Database
    from emban.settings import Settings
    from emban.store.client import EventStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Every service of one API process."""

    settings: Settings
    database: Database
    store: EventStore
    authenticator: Authenticator
    accounts: Accounts


def services_of(request: Request) -> Services:
    """Return the services of the app that serves this request."""
    return cast("Services", request.app.state.services)
