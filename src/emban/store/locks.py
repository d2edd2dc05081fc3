"""The locks of a scope as conditions that the engine itself puts to each table that a statement reads.

They travel in the setting `additional_table_filters`, which a reader's statement cannot change (readonly=1), and hold
inside subqueries, unions and joins. A row policy cannot carry them: the name of a locked property is a value there, so
the engine reads the whole map of properties for it (see docs/decisions/0023-locks-in-the-engine.md). That setting is
no wall against strangers' expressions, which see a row before it does; locks only ever meet statements of our own.
"""

from __future__ import annotations

from collections.abc import Iterable

from emban.scope import Lock, Scope
from emban.store.schema import DAILY, DAILY_USERS, EVENTS, HOURLY

LOCKABLE_COLUMNS = ("tenant_id", "user_id", "event_name")
_PROPERTY_PREFIX = "string_props."
# Which of the lockable columns a table has. One that is not listed shows nothing to a scope with locks.
_COLUMNS_OF = {
    EVENTS: LOCKABLE_COLUMNS,
    HOURLY: ("tenant_id", "event_name"),
    DAILY: ("tenant_id", "event_name"),
    DAILY_USERS: LOCKABLE_COLUMNS,
}
_NOTHING = "0"


def locked_column(lock: Lock) -> str | None:
    """Return the column that a lock holds, None where it holds a string property."""
    return lock.prop if lock.prop in LOCKABLE_COLUMNS else None


def locked_property(lock: Lock) -> str:
    """Return the name of the string property that a lock holds; `string_props.user_id` is one of that name."""
    return lock.prop.removeprefix(_PROPERTY_PREFIX)


def lock_filters(scope: Scope, tables: Iterable[str]) -> str:
    """Return `additional_table_filters` for these tables, such as `{'emban.events': '…'}`; '' without locks."""
    if not scope.locks:
        return ""
    conditions = {table: " AND ".join(_condition(lock, table) for lock in scope.locks) for table in sorted(set(tables))}
    return "{" + ", ".join(f"{_quoted(table)}: {_quoted(text)}" for table, text in conditions.items()) + "}"


def _condition(lock: Lock, table: str) -> str:
    if not lock.values:
        return _NOTHING
    values = f"IN ({', '.join(map(_quoted, lock.values))})"
    column = locked_column(lock)
    if column is not None:
        return f"{column} {values}" if column in _COLUMNS_OF.get(table, ()) else _NOTHING
    name = locked_property(lock)
    if table == EVENTS:
        # The one key of the map that is needed: a sixteenth of its bytes, and of the time.
        return f"string_props.{_quoted(f'key_{name}', '`')} {values}"
    # Of the rollups, only days are kept by a property, and by one at a time.
    return f"dimension = {_quoted(name)} AND value {values}" if table == DAILY else _NOTHING


def _quoted(text: str, mark: str = "'") -> str:
    return mark + text.replace("\\", "\\\\").replace(mark, f"\\{mark}") + mark
