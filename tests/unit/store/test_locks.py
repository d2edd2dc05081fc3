"""Locks as the engine is sent them: text that holds whatever the names and values are."""

from __future__ import annotations

import pytest

from emban.query.spec.query_spec import COLUMNS, STRING_PROP_PREFIX, Dimension
from emban.scope import ALL_TENANTS, Lock, Scope
from emban.store.locks import LOCKABLE_COLUMNS, lock_filters, locked_column, locked_property
from emban.store.policies import DATABASE, readable_tables
from emban.store.schema import DAILY, EVENTS
from emban.store.statement import Statement

SCOPE = Scope("org_1", "prod", ALL_TENANTS)


def test_a_scope_without_locks_sends_nothing() -> None:
    assert lock_filters(SCOPE, [EVENTS]) == ""


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        (Lock("plan", ("pro", "free")), r"{'emban.events': 'string_props.`key_plan` IN (\'pro\', \'free\')'}"),
        (Lock("tenant_id", ("a",)), r"{'emban.events': 'tenant_id IN (\'a\')'}"),
        (Lock("string_props.tenant_id", ("a",)), r"{'emban.events': 'string_props.`key_tenant_id` IN (\'a\')'}"),
        (Lock("plan", ()), "{'emban.events': '0'}"),
        (Lock("a`b", ("'",)), r"{'emban.events': 'string_props.`key_a\\`b` IN (\'\\\'\')'}"),
    ],
)
def test_what_the_events_are_held_by(lock: Lock, wanted: str) -> None:
    assert lock_filters(SCOPE.narrow(lock), [EVENTS]) == wanted


def test_rollups_that_do_not_know_a_property_show_nothing() -> None:
    tables = [f"{DATABASE}.{table.name}" for table in readable_tables()] + [f"{DATABASE}.one_of_tomorrow"]
    filters = lock_filters(SCOPE.narrow(Lock("plan", ("pro",))), tables)
    assert filters.count(": '0'") == 3
    assert f"'{DAILY}': 'dimension = \\'plan\\' AND value IN (\\'pro\\')'" in filters


def test_names_mean_here_what_they_mean_in_a_query() -> None:
    assert set(LOCKABLE_COLUMNS) == set(COLUMNS)
    for label in (*COLUMNS, "plan", "a.b", *(STRING_PROP_PREFIX + name for name in (*COLUMNS, "plan"))):
        dimension, lock = Dimension.named(label), Lock(label, ("x",))
        assert locked_column(lock) == dimension.column
        if dimension.column is None:
            assert locked_property(lock) == dimension.name


@pytest.mark.parametrize("name", ["log_comment", "additional_table_filters"])
def test_a_statement_cannot_bring_a_scope_of_its_own(name: str) -> None:
    with pytest.raises(ValueError, match="carry the scope"):
        Statement("SELECT 1", settings={name: ""})
