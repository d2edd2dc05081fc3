"""The secrets that sign an org's webhooks: derived from the server's key, shown once, changed without a gap."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from emban.audit.service import record_by
from emban.auth.principal import Principal
from emban.billing.limits import lock_org
from emban.db import Database
from emban.delivery.schemas import WebhookSecretOut
from emban.delivery.signature import written_secret
from emban.errors import conflict
from emban.kit.clock import utcnow
from emban.kit.crypto import random_base62
from emban.kit.rfc3339 import format_instant
from emban.models import WebhookSecret
from emban.settings import Settings

# After a rotation, receivers have so long to take the new secret.
SIGNS_FOR = timedelta(hours=24)
# Each signs every request: more than these at once make a header that receivers refuse.
MOST_SECRETS = 8


class WebhookSecrets:
    """Knows what signs, and rotates it. The table has names and salts alone."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    async def signing(self, session: AsyncSession, org_id: str) -> tuple[str, ...]:
        """Return the secrets that sign now, the newest first; makes the first one where the org has none yet."""
        rows = await _alive(session, org_id)
        if not rows:
            await lock_org(session, org_id)
            rows = await _alive(session, org_id)
        if not rows:
            rows = [await _add(session, org_id, utcnow())]
        return tuple(self._written(row) for row in rows)

    async def rotate(self, caller: Principal) -> WebhookSecretOut:
        """Make a new secret, which is shown this once; those before it sign beside it for 24 hours.

        Raises 409 where so many are signing already that one more would not fit into a header.
        """
        now = utcnow()
        async with self._database.for_org(caller.org_id) as session:
            await lock_org(session, caller.org_id)
            await session.execute(
                delete(WebhookSecret).where(
                    WebhookSecret.org_id == caller.org_id, WebhookSecret.retired_at <= now - SIGNS_FOR
                )
            )
            rows = await _alive(session, caller.org_id)
            if len(rows) >= MOST_SECRETS:
                over = format_instant(min(row.retired_at for row in rows if row.retired_at is not None) + SIGNS_FOR)
                raise conflict(f"{len(rows)} secrets sign already; the oldest stops at {over}")
            for row in rows:
                row.retired_at = row.retired_at or now
            made = await _add(session, caller.org_id, now)
            metadata = {"signing_before": len(rows)}
            await record_by(session, caller, "webhook_secret.rotate", "webhook_secret", str(made.id), metadata)
        until = now + SIGNS_FOR if rows else None
        return WebhookSecretOut(secret=self._written(made), created_at=now, previous_signs_until=until)

    def _written(self, row: WebhookSecret) -> str:
        return written_secret(bytes.fromhex(self._settings.derived_secret(f"webhooks {row.org_id} {row.salt}")))


async def _alive(session: AsyncSession, org_id: str) -> list[WebhookSecret]:
    query = select(WebhookSecret).where(
        WebhookSecret.org_id == org_id,
        WebhookSecret.retired_at.is_(None) | (WebhookSecret.retired_at > utcnow() - SIGNS_FOR),
    )
    return list((await session.execute(query.order_by(WebhookSecret.id.desc()))).scalars())


async def _add(session: AsyncSession, org_id: str, now: datetime) -> WebhookSecret:
    row = WebhookSecret(org_id=org_id, salt=random_base62(32), created_at=now, retired_at=None)
    session.add(row)
    await session.flush()
    return row
