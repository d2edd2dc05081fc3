"""What ad-hoc SQL may read: tables with their columns, types and comments, as data.

A dataset shows the caller's org and environment alone, so neither is a column of it. tests/integration/sqlbox holds the
columns against the engine's and against what the reader's account may select.
"""

from __future__ import annotations

from dataclasses import dataclass

from emban.store.policies import DATABASE


@dataclass(frozen=True, slots=True)
class DatasetColumn:
    """A column: its name, its ClickHouse type and what it means."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A table of database `DATABASE` that ad-hoc SQL may read."""

    table: str
    comment: str
    columns: tuple[DatasetColumn, ...]
    order_by: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name as it stands in FROM, with its database."""
        return f"{DATABASE}.{self.table}"

    @property
    def ddl(self) -> str:
        """A CREATE TABLE that makes an empty table of the same shape on any ClickHouse."""
        width = max(len(column.name) for column in self.columns) + 2
        lines = [
            f"    {f'`{column.name}`':<{width}} {column.type} COMMENT {_literal(column.comment)}"
            for column in self.columns
        ]
        body = ",\n".join(lines)
        order = ", ".join(self.order_by)
        return (
            f"CREATE TABLE {self.name}\n(\n{body}\n)\n"
            f"ENGINE = MergeTree\nORDER BY ({order})\nCOMMENT {_literal(self.comment)}"
        )


EVENTS = Dataset(
    table="events",
    comment="Every event of your org and environment, one row each.",
    columns=(
        DatasetColumn("tenant_id", "String", "Your customer that the event belongs to."),
        DatasetColumn("event_name", "LowCardinality(String)", "What happened, such as page_view."),
        DatasetColumn("timestamp", "DateTime64(3, 'UTC')", "When it happened, UTC, in milliseconds."),
        DatasetColumn("event_id", "String", "The id that you sent it with."),
        DatasetColumn("user_id", "String", "Who did it; empty where you sent none."),
        DatasetColumn("string_props", "Map(String, String)", "Its texts: string_props['country']."),
        DatasetColumn("numeric_props", "Map(String, Float64)", "Its numbers: numeric_props['amount']."),
        DatasetColumn("ingested_at", "DateTime64(3, 'UTC')", "When Emban stored it, UTC, in milliseconds."),
    ),
    order_by=("tenant_id", "event_name", "timestamp"),
)
DATASETS = (EVENTS,)


def find_dataset(name: str) -> Dataset | None:
    """Return the dataset of that name, with or without its database."""
    return next((dataset for dataset in DATASETS if name in {dataset.name, dataset.table}), None)


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
