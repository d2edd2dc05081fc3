"""From the headers of a request to a principal: bearer key or session cookie, never both, never a guess.

One round trip each: a function in the database finds the key or session by its hash and returns the caller with role,
org and plan (and slides the session). Keys are remembered for `KEY_CACHE_S` seconds, which is how long a deleted one
may live on in another process.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from cachetools import TLRUCache
from sqlalchemy import text
from starlette.requests import Request

from emban.auth.api_keys import looks_like_key
from emban.auth.key_limits import check_use, read_networks
from emban.auth.key_usage import KeyUsage
from emban.auth.principal import ROLE_RANKS, KeyPrincipal, Principal, Rank, UserPrincipal
from emban.auth.sessions import COOKIE, client_address, renew_with_answer
from emban.db import Database
from emban.errors import EmbanError, forbidden, unauthorized
from emban.kit.clock import utcnow
from emban.kit.crypto import sha256_hex
from emban.kit.single_flight import Flight, SingleFlight
from emban.settings import Settings

ENVIRONMENT_HEADER = "x-emban-environment"
DEFAULT_ENVIRONMENT = "prod"
KEY_CACHE_S = 2.0
KEY_CACHE_SIZE = 10_000
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ENVIRONMENT_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")

_FIND_KEY = text("SELECT * FROM emban_open_key(:credential)")
_ENTER_SESSION = text("SELECT * FROM emban_enter_session(:credential, :environment, :days)")


@dataclass(frozen=True, slots=True)
class _CachedPrincipal:
    principal: KeyPrincipal
    asked: float


class Authenticator:
    """Finds out who is calling. One per API process."""

    def __init__(self, database: Database, settings: Settings, usage: KeyUsage) -> None:
        self._database = database
        self._settings = settings
        self._usage = usage
        # Good from when the database was asked, not from when it answered.
        self._keys: TLRUCache[str, _CachedPrincipal] = TLRUCache(
            KEY_CACHE_SIZE, ttu=lambda _key, found, _now: found.asked + KEY_CACHE_S, timer=time.monotonic
        )
        self._finding: SingleFlight[Flight[_CachedPrincipal]] = SingleFlight()

    async def authenticate(self, request: Request) -> Principal:
        """Return the caller; raises 401 for no or a wrong credential, 403 for a cross-site state change."""
        bearer = bearer_token(request)
        if bearer is not None:
            return await self.by_key(bearer, client_address(request))
        token = request.cookies.get(COOKIE)
        if not token:
            raise unauthorized("send an API key as a bearer token, or sign in")
        if request.method not in SAFE_METHODS:
            refuse_cross_site(request, self._settings, required=True)
        return await self.by_session(token, request)

    async def by_key(self, raw: str, address: str | None = None) -> KeyPrincipal:
        """Return the machine behind an API key, which calls from an address.

        Raises 401 for a key that is unknown, deleted or expired, 403 for an address that it may not be used from.
        """
        if not looks_like_key(raw):
            raise unauthorized("the bearer token is not an Emban API key")
        credential = sha256_hex(raw)
        known = self._keys.get(credential)
        if known is None:
            # Looked up once for all that ask at this moment: a busy key would else ask the database a hundredfold.
            finding = self._finding.find(credential)
            if finding is None:
                finding = Flight(key=credential)
                self._finding.start([finding], self._look_up)
            (known,) = await self._finding.wait([finding])
        check_use(known.principal, address, utcnow())
        self._usage.note(known.principal)
        return replace(known.principal, address=address)

    async def _look_up(self, flights: Sequence[Flight[_CachedPrincipal]]) -> Sequence[_CachedPrincipal]:
        (flight,) = flights
        credential, asked = str(flight.key), time.monotonic()
        found = _CachedPrincipal(await self._find_key(credential), asked)
        if self._finding.find(credential) is flight:  # Not if keys were to be forgotten meanwhile.
            self._keys[credential] = found
        return [found]

    async def _find_key(self, credential: str) -> KeyPrincipal:
        row = await self._database.call(_FIND_KEY, {"credential": credential})
        if row is None:
            self._keys.pop(credential, None)
            raise unauthorized("the API key is unknown or was deleted")
        return KeyPrincipal(
            org_id=row["org_id"],
            environment=row["environment"],
            rank=Rank.ADMIN if row["scope"] == "admin" else Rank.INGEST,
            plan=row["plan"],
            key_id=row["key_id"],
            prefix=row["prefix"],
            key_scope=row["scope"],
            org_name=row["org_name"],
            environment_only=row["environment_only"],
            expires_at=row["expires_at"],
            networks=read_networks(row["allowed_cidrs"]),
        )

    async def by_session(self, token: str, request: Request) -> UserPrincipal:
        """Return the person behind a session token; raises 401, or 400 for an environment the org has not got."""
        environment = request.headers.get(ENVIRONMENT_HEADER, DEFAULT_ENVIRONMENT)
        if not ENVIRONMENT_NAME.fullmatch(environment):
            raise EmbanError("unknown_environment", f"{ENVIRONMENT_HEADER} does not name an environment")
        wanted = {
            "credential": sha256_hex(token),
            "environment": environment,
            "days": self._settings.session_days,
        }
        row = await self._database.call(_ENTER_SESSION, wanted)
        if row is None:
            raise unauthorized("the session has ended; sign in again")
        if row["moved_on"]:
            renew_with_answer(request, token)
        if not row["environment_known"]:
            raise EmbanError("unknown_environment", f"the org has no environment named {environment!r}")
        return _user(row, environment, request)

    def forget_keys(self) -> None:
        """Forget every remembered key: after one was deleted, or a plan changed, in this process."""
        self._keys.clear()
        self._finding.forget_all()


def _user(row: Any, environment: str, request: Request) -> UserPrincipal:
    return UserPrincipal(
        org_id=row["org_id"],
        environment=environment,
        rank=ROLE_RANKS[row["role"]],
        plan=row["plan"],
        address=client_address(request),
        user_id=row["user_id"],
        email=row["email"],
        name=row["name"],
        role=row["role"],
        org_name=row["org_name"],
        session_id=row["session_id"],
    )


def bearer_token(request: Request) -> str | None:
    """Return the bearer token of a request, None without an Authorization header; raises 401 for another scheme."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthorized("the Authorization header must be `Bearer` and a token")
    return token.strip()


def refuse_cross_site(request: Request, settings: Settings, *, required: bool) -> None:
    """Raise 403 unless the browser says that the request comes from Emban's own pages.

    `required` refuses a request that says nothing: one that carries a cookie must say where it comes from.
    """
    origin = request.headers.get("origin")
    if origin is not None:
        allowed = {f"{request.url.scheme}://{request.headers.get('host', '')}".lower()}
        if settings.public_url is not None:
            parts = urlsplit(str(settings.public_url))
            allowed.add(f"{parts.scheme}://{parts.netloc}".lower())
        if origin.lower() not in allowed:
            raise forbidden("a state change over a cookie must come from Emban's own pages", "cross_site_request")
        return
    site = request.headers.get("sec-fetch-site")
    if site in {"same-origin", "none"} or (site is None and not required):
        return
    raise forbidden("a state change over a cookie needs an Origin that is Emban's own", "cross_site_request")
