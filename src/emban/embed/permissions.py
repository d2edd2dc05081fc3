"""What an embed session may not do. Every permission narrows; together they intersect and never widen.

The API contract's table of permissions is the source of each field's meaning and default.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import orjson
from pydantic import ConfigDict, Field, field_validator

from emban.dashboards.view_choice import WidgetId
from emban.errors import invalid_field
from emban.http.body import RequestModel
from emban.query.spec.query_spec import Dimension
from emban.query.spec.schemas import DimensionName, Values
from emban.query.time.span import PERIOD_DAYS, PeriodName
from emban.scope import Lock

MAX_JSON_BYTES = 8192
MAX_LOCKS = 16
MAX_LOCK_VALUES = 100
MAX_RANGE_DAYS = 3650
# By which other systems say "everything": as a lock they would lock nothing, or nothing but that very text.
WILDCARD = re.compile(r"[.\s]*[*%?][*%?.\s]*")
RESERVED_DIMENSIONS = frozenset({"tenant_id", "org_id", "environment"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """Parsed permissions; None means "no restriction", an empty tuple "nothing at all"."""

    allow_drill_down: bool = True
    allow_export: bool = True
    locks: tuple[Lock, ...] = ()
    allowed_dimensions: tuple[str, ...] | None = None
    hidden_widgets: tuple[str, ...] = ()
    allowed_periods: tuple[str, ...] | None = None
    max_date_range_days: int = 0

    @property
    def are_defaults(self) -> bool:
        """Tell whether nothing is restricted, which every plan includes."""
        return self == Permissions()

    def allows_period(self, period: PeriodName) -> bool:
        """Tell whether a preset is allowed by name and fits into the longest range."""
        named = self.allowed_periods is None or period in self.allowed_periods
        return named and (not self.max_date_range_days or PERIOD_DAYS[period] <= self.max_date_range_days)

    def public(self) -> dict[str, Any]:
        """Return what the token says and the browser may know: no lock, and no id of a widget that it cannot see."""
        return {
            "allow_drill_down": self.allow_drill_down,
            "allow_export": self.allow_export,
            "allowed_dimensions": None if self.allowed_dimensions is None else list(self.allowed_dimensions),
            "allowed_periods": None if self.allowed_periods is None else list(self.allowed_periods),
            "max_date_range_days": self.max_date_range_days,
        }

    def stored(self) -> dict[str, Any]:
        """Return the document kept in the session's row: every field there is, under the name that the body has.

        Made from the fields: one that was added and forgotten here would restrict nothing once it is read back.
        """
        document = {one.name: _plain(getattr(self, one.name)) for one in fields(self)}
        del document["locks"]
        return {**document, "locked_filters": {lock.prop: list(lock.values) for lock in self.locks}}


class PermissionsBody(RequestModel):
    """`permissions` of `POST /v1/embed-sessions`. An unknown key is a 400, and so is a lock that locks nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    allow_drill_down: bool = Field(default=True, description="Whether drill requests are answered.")
    allow_export: bool = Field(default=True, description="Whether figures may be downloaded as a file.")
    locked_filters: dict[DimensionName, Values] = Field(
        default_factory=dict,
        max_length=MAX_LOCKS,
        description="Dimension to value or values; ANDed into every query and never shown to the browser.",
    )
    allowed_dimensions: list[DimensionName] | None = Field(
        default=None, max_length=100, description="Dimensions that the browser may filter by; default all."
    )
    hidden_widgets: list[WidgetId] = Field(
        default_factory=list, max_length=200, description="Ids of widgets left out of everything."
    )
    allowed_periods: list[str] | None = Field(
        default=None, min_length=1, description="Some of 1h, 24h, 7d, 30d, 90d; default all."
    )
    max_date_range_days: int = Field(
        default=0, ge=0, le=MAX_RANGE_DAYS, description="Longest range in days; 0 sets no limit."
    )

    @field_validator("locked_filters")
    @classmethod
    def _locks_lock(cls, locks: dict[str, list[str]]) -> dict[str, list[str]]:
        for name, values in locks.items():
            _check_lock_name(name)
            if not values or len(values) > MAX_LOCK_VALUES:
                raise ValueError(f"{name!r} must have 1 to {MAX_LOCK_VALUES} values; a lock on nothing is a mistake")
            for value in values:
                _check_lock_value(name, value)
        return locks

    @field_validator("allowed_periods")
    @classmethod
    def _known_periods(cls, periods: list[str] | None) -> list[str] | None:
        for period in periods or []:
            if period not in PERIOD_DAYS:
                raise ValueError(f"{period!r} is not one of {', '.join(PERIOD_DAYS)}")
        return periods

    def parsed(self) -> Permissions:
        """Return the permissions; raises 400 where they contradict each other or are too large for a token."""
        given = {name: _frozen(getattr(self, name)) for name in type(self).model_fields}
        given["locks"] = tuple(
            Lock(name, tuple(sorted(set(values)))) for name, values in sorted(given.pop("locked_filters").items())
        )
        if self.allowed_periods is not None:
            given["allowed_periods"] = tuple(period for period in PERIOD_DAYS if period in self.allowed_periods)
        permissions = Permissions(**given)
        if not any(permissions.allows_period(period) for period in PERIOD_DAYS):
            raise invalid_field("permissions.allowed_periods", "none of them fits into max_date_range_days")
        if len(orjson.dumps(permissions.stored())) > MAX_JSON_BYTES:
            raise invalid_field("permissions", f"must be at most {MAX_JSON_BYTES} bytes as JSON")
        return permissions


def from_document(stored: Mapping[str, Any]) -> Permissions:
    """Read permissions back from a session's row; raises pydantic's `ValidationError`.

    A key that this version does not know is an error and not ignored: it was meant to restrict something.
    """
    return PermissionsBody.model_validate(stored).parsed()


def _check_lock_name(name: str) -> None:
    if not name.strip() or len(Dimension.named(name).name) > 64:
        raise ValueError("a dimension's name has 1 to 64 characters")
    if name in RESERVED_DIMENSIONS:
        raise ValueError(f"{name!r} cannot be locked: the session's own tenant and environment already are")


def _check_lock_value(name: str, value: str) -> None:
    if not value.strip() or WILDCARD.fullmatch(value):
        raise ValueError(f"{name!r} must name a value; an empty or wildcard lock locks nothing")
    if len(value) > 1024:
        raise ValueError(f"{name!r} has a value of more than 1,024 characters")


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _frozen(value: Any) -> Any:
    """Return a list as a tuple without repeats, everything else as it is."""
    return tuple(dict.fromkeys(value)) if isinstance(value, list) else value
