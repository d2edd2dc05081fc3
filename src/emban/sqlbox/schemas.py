"""Bodies of the ad-hoc SQL routes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from emban.http.body import Body
from emban.query.spec.schemas import QueryIn, Storable
from emban.sqlbox.statement_text import MAX_BYTES


class AdhocQuery(Body):
    """One SELECT over the datasets."""

    sql: Annotated[str, StringConstraints(min_length=1, max_length=MAX_BYTES)] = Field(
        description="One ClickHouse SELECT, at most 64 KiB.",
        examples=["SELECT event_name, count() AS events FROM emban.events GROUP BY event_name ORDER BY events DESC"],
    )

    run_id: Annotated[str, StringConstraints(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")] | None = Field(
        default=None,
        description="A name of your own for the run, to cancel it by: 8 to 64 letters, digits, `_` and `-`. The org "
        "may have one run of an id under way; a later one takes the place of your own earlier one in the history.",
        examples=["3f0c6f1e-3a57-4e0b-9f6e-0f2f5d1c9a11"],
    )


class StructuredQuery(Body):
    """A structured query, to be written as SQL."""

    query: QueryIn
    tenant_id: Annotated[str, StringConstraints(min_length=1, max_length=256), Storable] | None = Field(
        default=None, description="The one tenant whose events are asked for."
    )
    all_tenants: bool | None = Field(default=None, description="True asks for every tenant; there is no default.")


class StructuredSql(BaseModel):
    """The SELECT that answers it, for `POST /v1/query/adhoc`."""

    sql: str


class AdhocRunOut(BaseModel):
    """A run of your own: what was asked, when, and what came of it."""

    run_id: str
    sql: str
    started_at: datetime
    ms: float | None = Field(description="Milliseconds until it ended; null while it runs.")
    rows_returned: int | None
    rows_read: int | None
    status: Literal["running", "ok", "failed", "cancelled"]
    error_code: str | None = Field(description="The code of the error that it ended with.")
    error: str | None
    starred: bool


class AdhocRunPage(BaseModel):
    """Your last 30 runs and those with a star, newest first; there is one page."""

    items: list[AdhocRunOut]
    next_cursor: str | None = None


class AdhocRunPatch(Body):
    """A run's star. A run with a star is kept until it is taken away; 100 runs may have one."""

    starred: bool


class ResultColumn(BaseModel):
    """A column of an answer."""

    name: str
    type: str = Field(description="Its ClickHouse type.")


class AdhocStats(BaseModel):
    """What a statement took."""

    wall_ms: float = Field(description="Milliseconds in the event store, the checks before it not counted.")
    rows_returned: int
    rows_read: int = Field(
        description="Rows of your own that the statement had before it: those of each dataset, once for each place "
        "where it stands in the statement. What indexes skipped is not taken off."
    )
    truncated: bool = Field(description="Whether rows are missing because of the limits on an answer.")


class AdhocAnswer(BaseModel):
    """An answer: rows are lists in the order of `columns`."""

    columns: list[ResultColumn]
    rows: list[list[Any]]
    totals: list[Any] | None = Field(default=None, description="The row of WITH TOTALS; null without it.")
    stats: AdhocStats
    warnings: list[str] = Field(
        description="What the statement may not have meant: an alias that hides a column of the same name in WHERE, "
        "GROUP BY or HAVING.",
    )


class DatasetColumnBody(BaseModel):
    """A column of a dataset."""

    name: str
    type: str
    comment: str


class DatasetBody(BaseModel):
    """A table that ad-hoc SQL may read."""

    name: str = Field(examples=["emban.events"])
    comment: str
    columns: list[DatasetColumnBody]


class FunctionBody(BaseModel):
    """A function that ad-hoc SQL may call."""

    name: str = Field(description="As ClickHouse spells it.")
    aggregate: bool = Field(
        description="Whether it makes one value of many rows. Aggregate functions take the endings of "
        "`aggregate_endings` as well: sumIf, uniqArray."
    )


class DatasetPage(BaseModel):
    """Every dataset; there is one page. `functions` are all that a statement may call."""

    items: list[DatasetBody]
    functions: list[FunctionBody]
    aggregate_endings: list[str]
    next_cursor: str | None = None


class DatasetDdl(BaseModel):
    """A dataset's CREATE TABLE."""

    name: str
    ddl: str
