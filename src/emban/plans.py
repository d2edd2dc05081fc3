"""What each plan includes, as data. Every limit and feature is decided by reading this table, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum
from types import MappingProxyType

from emban.errors import EmbanError, payment_required


class Limit(Enum):
    """What a plan counts: the name of its column in the table, and what a person calls it."""

    EVENTS = ("events", "events per month")
    QUERIES = ("queries", "queries per month")
    PUBLISHED_DASHBOARDS = ("published_dashboards", "published dashboard")
    EDITOR_SEATS = ("editor_seats", "editor seat")
    API_KEYS = ("api_keys", "API key")

    @property
    def key(self) -> str:
        """The name in the table and in `GET /v1/billing`."""
        return self.value[0]

    @property
    def code(self) -> str:
        """The code of the refusal."""
        return f"{self.key}_limit"


class Feature(Enum):
    """What a plan has or has not: its name in the table, the refusal's code, and what a person calls it."""

    THEME = ("custom_theme", "theme_not_in_plan", "a custom theme")
    NO_BRANDING = ("no_branding", "theme_not_in_plan", 'embeds without "Powered by Emban"')
    AUDIT_LOG = ("audit_log", "audit_log_not_in_plan", "reading the audit log")
    EMBED_PERMISSIONS = ("embed_permissions", "embed_permissions_not_in_plan", "embed permissions")

    @property
    def key(self) -> str:
        """The name in the table and in `GET /v1/billing`."""
        return self.value[0]

    @property
    def code(self) -> str:
        """The code of the refusal."""
        return self.value[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One row of the price list; None is unlimited. `price_usd` a month, None by agreement."""

    price_usd: int | None
    events: int | None
    queries: int | None
    published_dashboards: int | None
    editor_seats: int | None
    api_keys: int | None
    custom_theme: bool
    no_branding: bool
    audit_log: bool
    embed_permissions: bool

    def limit(self, limit: Limit) -> int | None:
        """Return how many of something the plan allows, None for any number."""
        value: int | None = getattr(self, limit.key)
        return value

    def has(self, feature: Feature) -> bool:
        """Tell whether the plan includes a feature."""
        return bool(getattr(self, feature.key))


# In ascending order: an upgrade is looked for from left to right.
PLANS: Mapping[str, Plan] = MappingProxyType(
    {
        "free": Plan(
            price_usd=0,
            events=250_000,
            queries=2_500,
            published_dashboards=1,
            editor_seats=1,
            api_keys=2,
            custom_theme=False,
            no_branding=False,
            audit_log=False,
            embed_permissions=False,
        ),
        "starter": Plan(
            price_usd=149,
            events=1_000_000,
            queries=10_000,
            published_dashboards=3,
            editor_seats=3,
            api_keys=5,
            custom_theme=True,
            no_branding=True,
            audit_log=False,
            embed_permissions=False,
        ),
        "growth": Plan(
            price_usd=399,
            events=10_000_000,
            queries=100_000,
            published_dashboards=None,
            editor_seats=10,
            api_keys=15,
            custom_theme=True,
            no_branding=True,
            audit_log=True,
            embed_permissions=True,
        ),
        "scale": Plan(
            price_usd=None,
            events=100_000_000,
            queries=1_000_000,
            published_dashboards=None,
            editor_seats=None,
            api_keys=None,
            custom_theme=True,
            no_branding=True,
            audit_log=True,
            embed_permissions=True,
        ),
    }
)
PLAN_FIELDS = tuple(field.name for field in fields(Plan))


def limits_by_plan(limit: Limit) -> dict[str, int | None]:
    """Return one limit for every plan, as the function `emban_meter` takes it."""
    return {name: plan.limit(limit) for name, plan in PLANS.items()}


def limit_reached(plan: str, limit: Limit, used: int, needed: int = 1) -> EmbanError:
    """Return the 402 of a limit; `upgrade_to` is the cheapest later plan on which `needed` more would fit, or null."""
    allowed = PLANS[plan].limit(limit)
    upgrade = next((name for name in _later(plan) if _fits(PLANS[name].limit(limit), used + needed)), None)
    message = f"{limit.value[1]} limit reached for this plan"
    return payment_required(limit.code, message, plan=plan, upgrade_to=upgrade, limit=allowed or 0, used=used)


def require_feature(plan: str, feature: Feature) -> None:
    """Raise the 402 of a feature unless the plan includes it."""
    if PLANS[plan].has(feature):
        return
    upgrade = next((name for name in _later(plan) if PLANS[name].has(feature)), None)
    raise payment_required(feature.code, f"{feature.value[2]} is not part of this plan", plan=plan, upgrade_to=upgrade)


def _later(plan: str) -> list[str]:
    names = list(PLANS)
    return names[names.index(plan) + 1 :]


def _fits(allowed: int | None, wanted: int) -> bool:
    return allowed is None or wanted <= allowed
