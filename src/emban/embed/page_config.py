"""A snapshot as the browser gets to know it: how to draw each widget, and nothing of where its rows come from."""

from __future__ import annotations

from emban.dashboards.layout import COLUMNS
from emban.dashboards.page_widgets import page_widgets, shown_theme
from emban.embed.live_embeds import LiveEmbed
from emban.embed.permission_checks import list_visible_widgets
from emban.embed.permissions import Permissions
from emban.embed.schemas import (
    BrandingOut,
    EmbedDashboardOut,
    EmbedPermissionsOut,
    GridOut,
)
from emban.plans import PLANS, Feature


def show_dashboard(live: LiveEmbed) -> EmbedDashboardOut:
    """Return the dashboard less its hidden widgets, no two of the rest overlapping."""
    config = live.snapshot.config
    widgets = list_visible_widgets(config, live.permissions)
    return EmbedDashboardOut(
        id=live.principal.dashboard_id,
        name=live.snapshot.name,
        theme=shown_theme(config.theme, live.plan),
        branding=BrandingOut(powered_by=not PLANS[live.plan].has(Feature.NO_BRANDING)),
        layout=GridOut(columns=COLUMNS),
        timezone=config.filters.timezone or "UTC",
        widgets=page_widgets(widgets),
    )


def show_permissions(permissions: Permissions) -> EmbedPermissionsOut:
    """Return the permissions without locks and hidden widgets."""
    return EmbedPermissionsOut(**permissions.public())
