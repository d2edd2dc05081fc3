"""The accounts of a ClickHouse server: made from the policies, and written down as they are made."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from emban.store.accounts import account_statements
from emban.store.policies import QUERY_ROLE, READER_ROLE, readable_tables

PAGE = Path(__file__).parents[3] / "docs/operations/clickhouse-server.md"
PASSWORD = "the readers' password"
HASH = hashlib.sha256(PASSWORD.encode()).hexdigest()
STATEMENTS = account_statements(engine_user="emban", reader_password=PASSWORD)


def test_the_page_has_the_statements_that_are_run() -> None:
    written = re.search(r"<!-- accounts -->\n```sql\n(.*?)```\n<!-- end -->", PAGE.read_text(), re.DOTALL)
    assert written is not None
    made = "".join(f"{statement};\n" for statement in STATEMENTS).replace(HASH, "<SHA-256 of the readers' password>")
    assert written.group(1) == made


def test_every_readable_table_has_its_policy_and_its_grants_and_nothing_else_has() -> None:
    policies = [one for one in STATEMENTS if "ROW POLICY OR REPLACE emban_scope" in one]
    columns, whole = (one for one in STATEMENTS if one.startswith("GRANT"))
    assert len(policies) == len(readable_tables()) == whole.count("SELECT ON")
    assert columns.count("SELECT(") == sum(bool(table.columns) for table in readable_tables()) == columns.count(" ON ")
    for table in readable_tables():
        name = f"emban.{table.name}"
        assert f"CREATE ROW POLICY OR REPLACE emban_scope ON {name} USING {table.condition} TO ALL" in policies
        assert (f"SELECT({', '.join(table.columns)}) ON {name}" in columns) == bool(table.columns)
        assert f"SELECT ON {name}" in whole
        assert not {"org_id", "environment"} & set(table.columns)
    assert columns.endswith(f" TO {READER_ROLE} WITH REPLACE OPTION"), "what was granted before is taken back"
    assert whole.endswith(f" TO {QUERY_ROLE} WITH REPLACE OPTION")


def test_the_engine_is_let_past_before_a_policy_hides_rows_from_it() -> None:
    for table in readable_tables():
        past = STATEMENTS.index(f"CREATE ROW POLICY OR REPLACE emban_engine ON emban.{table.name} USING 1 TO `emban`")
        hides = next(place for place, one in enumerate(STATEMENTS) if f"emban_scope ON emban.{table.name} " in one)
        assert past < hides


def test_no_password_is_in_a_statement_and_an_odd_name_stays_a_name() -> None:
    made = account_statements(engine_user="a`; DROP USER x; --", reader_password=PASSWORD)
    assert not [one for one in made if PASSWORD in one]
    assert "`a\\`; DROP USER x; --`" in made[1]
