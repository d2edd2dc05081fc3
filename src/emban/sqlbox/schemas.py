"""Bodies of the ad-hoc SQL routes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from emban.http.body import Body
from emban.sqlbox.statement_text import MAX_BYTES


class AdhocQuery(Body):
    """One SELECT over the datasets."""

    sql: Annotated[str, StringConstraints(min_length=1, max_length=MAX_BYTES)] = Field(
        description="One ClickHouse SELECT, at most 64 KiB.",
        examples=["SELECT event_name, count() AS events FROM emban.events GROUP BY event_name ORDER BY events DESC"],
    )


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


class DatasetPage(BaseModel):
    """Every dataset; there is one page."""

    items: list[DatasetBody]
    next_cursor: str | None = None


class DatasetDdl(BaseModel):
    """A dataset's CREATE TABLE."""

    name: str
    ddl: str
