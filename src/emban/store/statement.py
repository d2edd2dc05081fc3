"""What goes to the event store and what comes back: text with bound values, rows with what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Org, environment and tenant for the row policies; the locks.
SCOPE_SETTINGS = frozenset({"log_comment", "additional_table_filters"})


@dataclass(frozen=True, slots=True)
class Statement:
    """One SELECT. Every value is in `parameters` and stands in `sql` as `{name:Type}`; the text itself is fixed.

    `settings` are the engine's own, for this statement alone (limits, say). What carries the scope is not
    among them, and is set from nowhere else.
    """

    sql: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, str | int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not SCOPE_SETTINGS.isdisjoint(self.settings):
            raise ValueError("log_comment and additional_table_filters carry the scope; a statement does not set them")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an answer: its name and ClickHouse type."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Rows:
    """An answer: columns, rows as lists of JSON values, rows read by the engine, milliseconds as seen from here."""

    columns: tuple[Column, ...]
    rows: list[list[Any]]
    read_rows: int
    ms: float
