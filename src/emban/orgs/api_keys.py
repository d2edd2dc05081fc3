"""API keys: made, listed, deleted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from emban.audit.service import record_by
from emban.auth.api_keys import make_key
from emban.auth.authenticator import Authenticator
from emban.auth.principal import Principal
from emban.billing.limits import require_room
from emban.db import Database
from emban.db.paging import fetch_page
from emban.errors import invalid_field, not_found
from emban.kit.clock import utcnow
from emban.kit.ids import new_id
from emban.kit.rfc3339 import format_instant
from emban.models import ApiKey, Environment
from emban.orgs.schemas import KeyBody, KeyOut, KeyPage, NewKeyOut
from emban.plans import Limit


class ApiKeys:
    """Reads and changes the API keys of the caller's org."""

    def __init__(self, database: Database, authenticator: Authenticator) -> None:
        self._database = database
        self._authenticator = authenticator

    async def page(self, caller: Principal, limit: int, cursor: str | None) -> KeyPage:
        """Return a page of keys, of all environments."""
        query = select(ApiKey).where(ApiKey.org_id == caller.org_id)
        async with self._database.for_org(caller.org_id) as session:
            rows, following = await fetch_page(session, query, ApiKey.created_at, ApiKey.id, limit, cursor)
        return KeyPage(items=[_key(row[0]) for row in rows], next_cursor=following)

    async def add(self, caller: Principal, body: KeyBody) -> NewKeyOut:
        """Make a key; raises 402 where the plan has no room for it, 400 for an unknown environment."""
        environment = body.environment or caller.environment
        made = make_key(body.scope)
        row = ApiKey(
            id=new_id("key"),
            org_id=caller.org_id,
            label=body.label,
            scope=body.scope,
            environment=environment,
            prefix=made.prefix,
            key_hash=made.hash,
            created_by=caller.actor,
            created_at=utcnow(),
            environment_only=body.environment_only,
            expires_at=body.expires_at,
            allowed_cidrs=body.allowed_cidrs,
        )
        known = select(Environment).where(Environment.org_id == caller.org_id, Environment.name == environment)
        async with self._database.for_org(caller.org_id) as session:
            await require_room(session, caller.org_id, Limit.API_KEYS)
            if (await session.execute(known.with_for_update(read=True))).scalar_one_or_none() is None:
                raise invalid_field("environment", "is not an environment of this org")
            session.add(row)
            metadata = {
                "label": row.label,
                "prefix": row.prefix,
                "scope": row.scope,
                "environment": row.environment,
                **_limits(row),
            }
            await record_by(session, caller, "api_key.create", "api_key", row.id, metadata)
        return NewKeyOut(**_key(row).model_dump(), key=made.raw)

    async def delete(self, caller: Principal, key_id: str) -> None:
        """Delete a key: at once in this process, within `KEY_CACHE_S` in the others."""
        async with self._database.for_org(caller.org_id) as session:
            query = select(ApiKey).where(ApiKey.org_id == caller.org_id, ApiKey.id == key_id)
            row = (await session.execute(query.with_for_update())).scalar_one_or_none()
            if row is None:
                raise not_found("API key")
            await session.delete(row)
            metadata = {"label": row.label, "prefix": row.prefix}
            await record_by(session, caller, "api_key.delete", "api_key", key_id, metadata)
        self._authenticator.forget_keys()


def _limits(row: ApiKey) -> dict[str, Any]:
    """Return what the key is held to, for the audit log: nothing for a key that is held to nothing."""
    limits = {
        "environment_only": row.environment_only or None,
        "expires_at": None if row.expires_at is None else format_instant(row.expires_at),
        "allowed_cidrs": row.allowed_cidrs,
    }
    return {name: value for name, value in limits.items() if value is not None}


def _key(row: ApiKey) -> KeyOut:
    return KeyOut.model_validate(row, from_attributes=True)
