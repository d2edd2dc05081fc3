"""What a query is answered with. Encoded as it is, by msgspec; unset fields are left out."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from emban.query.plan import PathName

Number = int | float
OTHER_LABEL = "other"


class Span(msgspec.Struct, frozen=True):
    """A window as instants."""

    from_: str = msgspec.field(name="from")
    to: str


class Meta(msgspec.Struct, frozen=True, kw_only=True):
    """How an answer came about and what it covers; see `schemas.MetaOut` for each field."""

    path: PathName
    rows_read: int | UnsetType
    ms: float
    cached: bool
    as_of: str | None
    window: Span
    granularity: str
    timezone: str
    previous_window: Span | UnsetType = UNSET


class Point(msgspec.Struct, frozen=True, gc=False):
    """One figure; `other` is set on the row of all groups that the limit left out."""

    t: str | None
    group: tuple[str, ...]
    value: Number | None
    previous_value: Number | UnsetType | None = UNSET
    delta_pct: float | UnsetType | None = UNSET
    other: bool | UnsetType = UNSET


class Points(msgspec.Struct, frozen=True):
    """The answer to a query with one metric: by group (the best first, other last), then by time."""

    points: list[Point]
    meta: Meta


class TableColumn(msgspec.Struct, frozen=True):
    """A column of a table."""

    name: str
    type: Literal["string", "integer", "number"]


class Table(msgspec.Struct, frozen=True):
    """The answer to a query with columns."""

    columns: tuple[TableColumn, ...]
    rows: list[list[str | Number | None]]
    meta: Meta


Answer = Points | Table


def encode(answer: object) -> bytes:
    """Return JSON of an answer, or of anything that holds some."""
    return _ENCODER.encode(answer)


_ENCODER = msgspec.json.Encoder()
