"""What is kept of a dashboard's drafts: one row for each save, written in the save's own transaction.

Call it with the dashboard's row locked. Saves of one actor that follow each other within `ONE_EDIT` of the first are
one version, as a builder that saves by itself would else write a thousand; what was created, restored or published is
never replaced. Kept are the newest `KEPT` and every one that was published.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from emban.auth.principal import Principal
from emban.dashboards.difference import diff_widgets
from emban.errors import not_found
from emban.kit.clock import utcnow
from emban.models import Dashboard, DashboardVersion

ONE_EDIT = timedelta(minutes=10)
KEPT = 200
_SAVE = "update"


async def keep_version(
    session: AsyncSession, caller: Principal, row: Dashboard, action: str, *, published: bool = False
) -> None:
    """Keep the draft as it is now, which `action` (such as `update`) made it; forget what is too old."""
    last, before = await _newest_two(session, row)
    now = utcnow() if last is None else max(utcnow(), last.at)  # Clocks of processes may differ; the order may not.
    began_at, replaced = now, None
    if action == _SAVE and last is not None and _is_same_edit(last, caller, row):
        replaced, began_at = last.version, last.began_at
    base = last if replaced is None else before
    if replaced is not None:
        await session.execute(_deletion(row, DashboardVersion.version == replaced))
    session.add(
        DashboardVersion(
            org_id=row.org_id,
            dashboard_id=row.id,
            version=row.version,
            at=now,
            began_at=began_at,
            actor=caller.actor,
            action=action,
            published=published,
            name=row.name,
            config=row.config,
            widgets=diff_widgets({} if base is None else base.config, row.config),
        )
    )
    await session.flush()
    await _forget(session, row)


async def note_published(session: AsyncSession, row: Dashboard) -> None:
    """Mark the draft's version as one that was published, which keeps it for good."""
    own = (*_of(row), DashboardVersion.version == row.version)
    await session.execute(update(DashboardVersion).where(*own).values(published=True))


async def find_version(session: AsyncSession, row: Dashboard, version: int, *, published: bool) -> DashboardVersion:
    """Return one version of a dashboard; raises 404, also for one that was never published if only such are wanted."""
    query = select(DashboardVersion).where(*_of(row), DashboardVersion.version == version)
    if published:
        query = query.where(DashboardVersion.published.is_(True))
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise not_found("version")
    return found


async def _newest_two(session: AsyncSession, row: Dashboard) -> tuple[DashboardVersion | None, DashboardVersion | None]:
    query = select(DashboardVersion).where(*_of(row)).order_by(DashboardVersion.version.desc()).limit(2)
    found = list((await session.execute(query)).scalars())
    return (found[0] if found else None), (found[1] if len(found) > 1 else None)


def _is_same_edit(last: DashboardVersion, caller: Principal, row: Dashboard) -> bool:
    continued = last.action == _SAVE and last.actor == caller.actor and last.version == row.version - 1
    return continued and not last.published and utcnow() - last.began_at < ONE_EDIT


async def _forget(session: AsyncSession, row: Dashboard) -> None:
    oldest_kept = (
        select(DashboardVersion.version)
        .where(*_of(row))
        .order_by(DashboardVersion.version.desc())
        .offset(KEPT - 1)
        .limit(1)
        .scalar_subquery()
    )
    await session.execute(_deletion(row, DashboardVersion.published.is_(False), DashboardVersion.version < oldest_kept))


def _deletion(row: Dashboard, *which: ColumnElement[bool]) -> Any:
    return delete(DashboardVersion).where(*_of(row), *which).execution_options(synchronize_session=False)


def _of(row: Dashboard) -> tuple[ColumnElement[bool], ...]:
    return DashboardVersion.org_id == row.org_id, DashboardVersion.dashboard_id == row.id
