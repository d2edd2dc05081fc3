"""Where widgets of the library are used: in dashboards whose widgets say that they were made from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from emban.auth.principal import Principal
from emban.dashboards.repository import sees_drafts
from emban.library.schemas import UsingDashboard

_WIDGETS = (
    "SELECT json_array_elements({config} -> 'widgets') ->> 'library_id' AS library_id, {name} AS name WHERE {which}"
)
_DRAFT = _WIDGETS.format(config="d.config", name="d.name", which="true")
_PUBLISHED = _WIDGETS.format(config="d.snapshot -> 'config'", name="d.snapshot ->> 'name'", which="d.published")
_USES = (
    "SELECT DISTINCT part.library_id, d.id, {name} AS name FROM dashboards d CROSS JOIN LATERAL ({parts}) AS part "
    "WHERE d.org_id = :org_id AND d.environment = :environment AND part.library_id = ANY(:ids) ORDER BY name, d.id"
)
_FOR_EDITORS = text(_USES.format(name="d.name", parts=f"{_DRAFT} UNION ALL {_PUBLISHED}"))
_FOR_VIEWERS = text(_USES.format(name="part.name", parts=_PUBLISHED))


async def dashboards_using(
    session: AsyncSession, caller: Principal, widget_ids: Sequence[str]
) -> dict[str, list[UsingDashboard]]:
    """Return id of a library's widget → dashboards of the caller's environment with a widget made from it, by name.

    The draft's or the published snapshot's; for a viewer those that are published, under their published names. Reads
    every dashboard of the environment, some 10 ms for a hundred.
    """
    if not widget_ids:
        return {}
    parameters = {"org_id": caller.org_id, "environment": caller.environment, "ids": list(widget_ids)}
    rows = await session.execute(_FOR_EDITORS if sees_drafts(caller) else _FOR_VIEWERS, parameters)
    found: defaultdict[str, list[UsingDashboard]] = defaultdict(list)
    for library_id, dashboard_id, name in rows:
        found[library_id].append(UsingDashboard(id=dashboard_id, name=name))
    return found
