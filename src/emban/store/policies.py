"""Who may read which rows and columns of the event store, as data.

The embedded engine is given these rules as configuration (`emban.engines.clickhouse.config`), so no statement can
change them. A reader is told its rows by `log_comment`, `<org_id>|<environment>|<tenants>`, where `<tenants>` is `*`
for all of them or `t:<hex of the tenant_id's UTF-8>`. It runs with readonly=1, so it can change neither that nor
itself into the engine: the engine's way past a policy needs readonly=0.

There are two kinds of reader, both under the same row policies. `emban_reader` runs text that others wrote and has a
grant on single columns, org_id not among them. `emban_query` runs what Emban compiled, which holds no expression of a
user: it may name org_id (the second wall), and reads one key of a map without reading the whole map, a rewrite for
which the engine wants a grant on the table.
"""

from __future__ import annotations

from dataclasses import dataclass

DATABASE = "emban"
ENGINE_ROLE = "emban_engine"
READER_ROLE = "emban_reader"
QUERY_ROLE = "emban_query"
READER_PURPOSE = "clickhouse reader account"  # The readers' password is derived from the secret key.
# A macro of the embedded engine that has another value after each of its starts.
START_MACRO = "emban_start"
ALL_TENANTS_MARK = "*"
TENANT_MARK = "t:"


@dataclass(frozen=True, slots=True)
class ReadableTable:
    """A table that readers may query: the columns that ad-hoc SQL may name, and the condition of its row policy.

    Without columns it is for compiled queries alone.
    """

    name: str
    columns: tuple[str, ...]
    condition: str


def readable_tables() -> tuple[ReadableTable, ...]:
    """Return every table that readers may see. All others are refused to them."""
    rollups = (ReadableTable(name, (), cell_condition()) for name in ("hourly", "daily", "daily_users"))
    return (ReadableTable("events", _EVENT_COLUMNS, row_condition()), *rollups)


def row_condition() -> str:
    """Return the row policy of a table with org_id, environment and tenant_id: all for the engine, one scope else."""
    parts = "splitByChar('|', getSetting('log_comment'))"
    scope = f"length({parts}) = 3 AND {parts}[1] != '' AND org_id = {parts}[1] AND environment = {parts}[2]"
    all_tenants = f"{parts}[3] = '{ALL_TENANTS_MARK}'"
    one_tenant = f"startsWith({parts}[3], '{TENANT_MARK}') AND tenant_id = unhex(substring({parts}[3], 3))"
    return f"({_ENGINE}) OR ({scope} AND ({all_tenants} OR ({one_tenant})))"


def cell_condition() -> str:
    """Return the row policy of a rollup: as `row_condition`, without its checks of the setting's form.

    The setting has another form where it is of no reader, and then names no org that there is. Each word of a policy is
    planned with every scan; comparing plain columns is the quickest there is for each row.
    """
    parts = "splitByChar('|', getSetting('log_comment'))"
    tenant = f"({parts}[3] = '{ALL_TENANTS_MARK}' OR tenant_id = unhex(substring({parts}[3], 3)))"
    return f"({_ENGINE}) OR (org_id = {parts}[1] AND environment = {parts}[2] AND {tenant})"


_ENGINE = f"getSetting('readonly') = 0 AND has(currentRoles(), '{ENGINE_ROLE}')"


_EVENT_COLUMNS = (
    "tenant_id",
    "event_name",
    "timestamp",
    "event_id",
    "user_id",
    "string_props",
    "numeric_props",
    "ingested_at",
)
