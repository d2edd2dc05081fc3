"""What a query is answered with. Encoded as it is, by msgspec; unset fields are left out."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from emban.query.plan.planner import PathName

Number = int | float
OTHER_LABEL = "other"


class Span(msgspec.Struct, frozen=True):
    """A window as instants, and what a clock in the query's time zone shows at them."""

    from_: str = msgspec.field(name="from")
    to: str
    local_from: str
    local_to: str


class Meta(msgspec.Struct, frozen=True, kw_only=True):
    """How an answer came about and what it covers; see `schemas.MetaOut` for each field."""

    path: PathName
    rows_read: int | UnsetType = UNSET
    ms: float
    cached: bool
    as_of: str | None
    window: Span
    granularity: str
    timezone: str
    previous_window: Span | UnsetType = UNSET
    compare: str | UnsetType = UNSET
    previous_unpaired: int | UnsetType = UNSET
    overflow: bool | UnsetType = UNSET
    relative_error: float | UnsetType = UNSET


class Point(msgspec.Struct, frozen=True, gc=False):
    """One figure; `other` is set on the row of all groups that the limit left out, `series` where there are several.

    `local` goes with `t`: where the bucket starts by the clock of the query's time zone, so that whoever shows it needs
    no zone tables of its own, which may be older than those that cut the buckets.
    """

    t: str | None
    group: tuple[str, ...]
    value: Number | None
    previous_value: Number | UnsetType | None = UNSET
    delta_pct: float | UnsetType | None = UNSET
    other: bool | UnsetType = UNSET
    local: str | UnsetType = UNSET
    series: str | UnsetType = UNSET


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


class EncodedAnswer(msgspec.Struct, frozen=True):
    """An answer whose figures are encoded: immutable all through, and no work to send once more.

    `figures` are the members of the answer's JSON object before `meta`, that is `"points":[…]` or
    `"columns":[…],"rows":[…]`.
    """

    figures: bytes
    meta: Meta

    @classmethod
    def of(cls, answer: Answer) -> EncodedAnswer:
        if isinstance(answer, Points):
            return cls(b'"points":' + encode(answer.points), answer.meta)
        return cls(b'"columns":' + encode(answer.columns) + b',"rows":' + encode(answer.rows), answer.meta)

    def with_meta(self, meta: Meta) -> EncodedAnswer:
        """Return the same figures with another meta."""
        return EncodedAnswer(self.figures, meta)

    def encoded(self) -> bytes:
        """Return the whole answer as JSON."""
        return b'{%b,"meta":%b}' % (self.figures, encode(self.meta))

    def answer(self) -> Answer:
        """Return the answer as objects, made anew."""
        decoder: msgspec.json.Decoder[Answer]
        decoder = _POINTS if self.figures.startswith(b'"points"') else _TABLE  # type: ignore[assignment]
        return decoder.decode(self.encoded())


_POINTS = msgspec.json.Decoder(Points)
_TABLE = msgspec.json.Decoder(Table)
