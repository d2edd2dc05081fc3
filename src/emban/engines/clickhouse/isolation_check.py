"""What the embedded engine has to prove at each start before it serves SQL.

Row policies fail open: an engine that did not take its configuration answers every reader with every row. So the
grants and policies are read back and compared, and a reader is put to the test on a table made for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from emban.engines.clickhouse.chdb_engine import READONLY, ChdbEngine, EngineError, EngineStatement, quoted

_ACCESS_DENIED = 497
_PROBE = "start_probe"


class NotIsolatedError(Exception):
    """The engine does not keep readers apart; it must serve nothing."""


def prove_isolation(
    engine: ChdbEngine,
    *,
    database: str,
    roles: Mapping[str, str],
    grants: Mapping[str, Mapping[str, Sequence[str]]],
    policies: Mapping[str, str],
) -> None:
    """Return if grants and row policies are exactly the expected ones and a reader is held to them.

    `roles` has the role names of "engine", "reader" and "query", `grants` the readable columns by role and table (none
    for the whole table), `policies` the row condition by table. Raises `NotIsolatedError` with the first difference.
    """
    check = _Check(engine, database, roles)
    check.execute(f"CREATE DATABASE IF NOT EXISTS {database}", database="default")
    check.compare_grants(grants)
    check.compare_policies(policies)
    check.execute(f"CREATE OR REPLACE TABLE {_PROBE} (id String, secret String) ENGINE = Memory")
    check.execute(f"INSERT INTO {_PROBE} VALUES ('own', 'x'), ('other', 'y')")
    check.put_reader_to_the_test()
    check.execute(f"DROP TABLE {_PROBE} SYNC")


class _Check:
    def __init__(self, engine: ChdbEngine, database: str, roles: Mapping[str, str]) -> None:
        self._engine = engine
        self._database = database
        self._roles = roles

    def execute(self, sql: str, *, database: str | None = None) -> None:
        self._rows(sql, "engine", database=database)

    def compare_grants(self, expected: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        rows = self._rows(
            "SELECT user_name, role_name, access_type, database, table, column, grant_option FROM system.grants"
        )
        found: dict[str, dict[str, list[str]]] = {}
        for user, role, access, database, table, column, option in rows:
            if role == self._roles["engine"]:
                continue
            if user is not None or role not in expected or access != "SELECT" or option:
                raise NotIsolatedError(f"unexpected grant {access} on {database}.{table} to {user or role}")
            if database != self._database or table is None:
                raise NotIsolatedError(f"{role} may select from all of {database}")
            columns = found.setdefault(role, {}).setdefault(table, [])
            columns.extend([] if column is None else [column])
        if _sorted(found) != _sorted(expected):
            raise NotIsolatedError(f"readers' grants are {found}, expected {dict(expected)}")

    def compare_policies(self, expected: Mapping[str, str]) -> None:
        rows = self._rows("SELECT table, select_filter FROM system.row_policies WHERE database = currentDatabase()")
        found = {table: self._canonical(condition) for table, condition in rows}
        if found != {table: self._canonical(condition) for table, condition in expected.items()}:
            raise NotIsolatedError(
                f"row policies are on {sorted(found)} or differ in text; expected {sorted(expected)}"
            )

    def put_reader_to_the_test(self) -> None:
        own, nobody = {"log_comment": "own"}, {"log_comment": ""}
        select = f"SELECT id FROM {_PROBE}"
        for sql, settings, answer in (
            (select, own, [["own"]]),
            (select, nobody, []),
            (select, {}, []),
            (f"SELECT toString(count()) FROM {_PROBE}", nobody, [["0"]]),
        ):
            for account in ("reader", "query"):
                if (seen := self._rows(sql, account, settings=settings)) != answer:
                    raise NotIsolatedError(f"{account} with scope {settings} saw {seen} of the probe table")
        self._expect_refusal(f"SELECT secret FROM {_PROBE}", _ACCESS_DENIED)
        for account in ("reader", "query"):
            self._expect_refusal(f"INSERT INTO {_PROBE} VALUES ('own', 'z')", READONLY, account)
            self._expect_refusal("SET log_comment = 'other'", READONLY, account)
            self._expect_refusal(f"SET ROLE {self._roles['engine']}", READONLY, account)
            self._expect_refusal(f"SELECT id FROM {_PROBE} SETTINGS log_comment = 'other'", READONLY, account)

    def _expect_refusal(self, sql: str, code: int, account: str = "reader") -> None:
        try:
            self._rows(sql, account, settings={"log_comment": "own"})
        except EngineError as error:
            if error.code == code:
                return
            raise NotIsolatedError(f"a reader's {sql!r} failed with {error.code}, expected {code}: {error}") from None
        raise NotIsolatedError(f"a reader may run {sql!r}")

    def _canonical(self, condition: str) -> str:
        """Return a condition as the engine's own formatter writes it, so that layout makes no difference."""
        rows = self._rows(f"SELECT formatQuerySingleLine({quoted(f'SELECT {condition}')})")
        return str(rows[0][0])

    def _rows(
        self,
        sql: str,
        account: str = "engine",
        *,
        database: str | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> list[list[Any]]:
        answer = self._engine.run(
            EngineStatement(
                role=self._roles[account],
                sql=sql.encode(),
                database=database or self._database,
                query_id="start",
                read_only=account != "engine",
                output_format="JSONCompactEachRow",
                settings=settings or {},
            )
        )
        return [json.loads(line) for line in answer.body.splitlines()]


def _sorted(grants: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, dict[str, list[str]]]:
    return {role: {table: sorted(columns) for table, columns in of.items()} for role, of in grants.items()}
