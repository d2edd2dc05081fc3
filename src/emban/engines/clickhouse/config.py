"""The embedded ClickHouse's configuration, written afresh at each start from `emban.store.policies`.

There is one engine user, `default`, without rights of its own; each session takes one of three roles. Their grants and
the row policies come from these files, which the engine reads by absolute path, and which no SQL can change.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from emban.store.policies import (
    DATABASE,
    ENGINE_ROLE,
    QUERY_ROLE,
    READER_ROLE,
    START_MACRO,
    ReadableTable,
    readable_tables,
)

PROBE_TABLE = "start_probe"
PROBE_CONDITION = (
    f"(getSetting('readonly') = 0 AND has(currentRoles(), '{ENGINE_ROLE}')) OR id = getSetting('log_comment')"
)

_CONFIG = """<clickhouse>
    <users_config>{users}</users_config>
    <user_files_path>{data}/user_files/</user_files_path>
    <user_scripts_path>{data}/user_files/</user_scripts_path>
    <dictionaries_lib_path>{data}/user_files/</dictionaries_lib_path>
    <format_schema_path>{data}/user_files/</format_schema_path>
    <tmp_path>{data}/tmp/</tmp_path>
    <macros><{start_macro}>{start}</{start_macro}></macros>
    <logger><level>fatal</level></logger>
    <max_server_memory_usage>{memory}</max_server_memory_usage>
    <mark_cache_size>{mark_cache}</mark_cache_size>
    <background_pool_size>{pool}</background_pool_size>
    <background_schedule_pool_size>{pool}</background_schedule_pool_size>
</clickhouse>
"""

# Machine code for expressions: the third statement of a shape pays 50 to 90 ms for it, and later ones gained nothing
# measurable on 2,000,000 events.
_USERS = """<clickhouse>
    <profiles>
        <default>
            <implicit_select>0</implicit_select>
            <allow_introspection_functions>0</allow_introspection_functions>
            <http_max_tries>1</http_max_tries>
            <compile_expressions>0</compile_expressions>
            <compile_aggregate_expressions>0</compile_aggregate_expressions>
            <compile_sort_description>0</compile_sort_description>
            <insert_allow_materialized_columns>1</insert_allow_materialized_columns>
        </default>
    </profiles>
    <quotas><default/></quotas>
    <roles>
        <{engine}><grants><query>GRANT ALL ON *.*</query></grants></{engine}>
        <{reader}><grants>{column_grants}</grants></{reader}>
        <{query}><grants>{table_grants}</grants></{query}>
    </roles>
    <users>
        <default>
            <password></password>
            <networks><ip>::/0</ip></networks>
            <profile>default</profile>
            <quota>default</quota>
            <grants><query>GRANT {engine}</query><query>GRANT {reader}</query><query>GRANT {query}</query></grants>
            <databases><{database}>{policies}</{database}></databases>
        </default>
    </users>
</clickhouse>
"""


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """What was written, and what the engine has to confirm before it serves SQL.

    `start` names this start of the engine, and `getMacro` tells it. `grants` has the tables that each reading role may
    select from, with the columns; none stands for the whole table.
    """

    config_file: Path
    start: str
    grants: dict[str, dict[str, list[str]]]
    policies: dict[str, str]


def write_config(directory: Path, *, data: Path, memory_bytes: int, background_threads: int = 4) -> EngineConfig:
    """Write config.xml and users.xml into `directory`, readable by the owner alone. Both paths must be absolute."""
    tables = [*readable_tables(), ReadableTable(PROBE_TABLE, ("id",), PROBE_CONDITION)]
    config_file, users_file = directory / "config.xml", directory / "users.xml"
    config = _CONFIG.format(
        users=escape(str(users_file)),
        data=escape(str(data)),
        memory=memory_bytes,
        mark_cache=min(memory_bytes // 8, 512 << 20),
        pool=background_threads,
        start_macro=START_MACRO,
        start=(start := secrets.token_hex(8)),
    )
    for path, text in ((config_file, config), (users_file, _users_xml(tables))):
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(text)
        path.chmod(0o400)
    return EngineConfig(
        config_file=config_file,
        start=start,
        grants={
            READER_ROLE: {table.name: sorted(table.columns) for table in tables if table.columns},
            QUERY_ROLE: {table.name: [] for table in tables},
        },
        policies={table.name: table.condition for table in tables},
    )


def _users_xml(tables: list[ReadableTable]) -> str:
    column_grants = "".join(
        f"<query>GRANT SELECT({', '.join(table.columns)}) ON {DATABASE}.{table.name}</query>"
        for table in tables
        if table.columns
    )
    table_grants = "".join(f"<query>GRANT SELECT ON {DATABASE}.{table.name}</query>" for table in tables)
    policies = "".join(f"<{table.name}><filter>{escape(table.condition)}</filter></{table.name}>" for table in tables)
    return _USERS.format(
        engine=ENGINE_ROLE,
        reader=READER_ROLE,
        query=QUERY_ROLE,
        database=DATABASE,
        column_grants=column_grants,
        table_grants=table_grants,
        policies=policies,
    )
