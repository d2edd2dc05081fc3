"""What of a dashboard the console's caller asks for: its draft or its snapshot, all widgets or some."""

from __future__ import annotations

from collections.abc import Sequence

from emban.auth.principal import Principal
from emban.dashboards.document import DashboardConfig, WidgetConfig, read_config
from emban.dashboards.repository import sees_drafts
from emban.errors import FieldError, conflict, forbidden, invalid
from emban.models import Dashboard


def choose_config(row: Dashboard, caller: Principal, *, draft: bool | None) -> tuple[str, DashboardConfig]:
    """Return name and config of the draft or the snapshot; unless the caller says which, what their role works with.

    Raises 403 for a viewer who asks for a draft, 409 for the snapshot of a dashboard that has none.
    """
    if draft and not sees_drafts(caller):
        raise forbidden("reading a draft needs the role editor", required="editor")
    if sees_drafts(caller) if draft is None else draft:
        return row.name, read_config(row.config)
    if row.snapshot is None:
        raise conflict("this dashboard was never published, so there is no snapshot to read", "not_published")
    return row.snapshot["name"], read_config(row.snapshot["config"])


def choose_widgets(config: DashboardConfig, wanted: Sequence[str] | None, path: str = "widgets") -> list[WidgetConfig]:
    """Return the wanted widgets in the config's order, all for None; raises 400 naming each that is not there."""
    if wanted is None:
        return config.widgets
    known = {widget.id for widget in config.widgets}
    unknown = [
        FieldError(f"{path}[{index}]" if path == "widgets" else path, f"the dashboard has no widget {widget_id!r}")
        for index, widget_id in enumerate(wanted)
        if widget_id not in known
    ]
    if unknown:
        raise invalid(*unknown)
    return [widget for widget in config.widgets if widget.id in wanted]
