"""The engine's description of what a statement's names came to (EXPLAIN QUERY TREE): tables, columns, functions.

Aliases stand in it as they were written, so a line may be made up; the canonical form holds no line breaks, and all
checks only ever add to what is refused, so that a made-up line can hide nothing.
"""

from __future__ import annotations

import re

from emban.sqlbox.datasets import DATASETS
from emban.sqlbox.functions import is_allowed
from emban.sqlbox.refusal import refused
from emban.sqlbox.syntax_rules import no_column

# What a SELECT without FROM reads: one row that says nothing. Nobody can name it: the syntax rules refuse `system`.
_NOTHING = "system.one"
# What the engine puts in the place of syntax.
_INTERNAL = frozenset({"_cast", "__getscalar", "__scalarsubqueryresult", "nothing", "getsubcolumn"})
_COLUMNS = {dataset.name: frozenset(column.name for column in dataset.columns) for dataset in DATASETS}

_NODE = re.compile(r" *(TABLE|TABLE_FUNCTION|COLUMN|FUNCTION|IDENTIFIER|QUERY_PARAMETER) id: (\d+)(.*)")
_NAME_OF = {
    "TABLE": re.compile(r", table_name: ([^,]+)"),
    "COLUMN": re.compile(r", column_name: (.*?), (?:result_type|source_id): "),
    "FUNCTION": re.compile(r", function_name: ([^,]+)"),
}
_SOURCE = re.compile(r", source_id: (\d+)$")


def check_resolved(description: str, canonical: str) -> tuple[str, ...]:
    """Refuse resolved tables, columns and functions that are not allowed; only names that stand in the text are told.

    Returns the names of the datasets that are read, one for each place where a dataset is read.
    """
    tables: dict[str, set[str]] = {}
    columns: list[tuple[str, str]] = []
    for line in description.split("\n"):
        found = _NODE.match(line)
        if found is None:
            continue
        kind, identity, rest = found.groups()
        name = _name(kind, rest)
        if kind == "TABLE":
            tables.setdefault(identity, set()).add(_table(name))
        elif kind == "FUNCTION":
            _check_function(name)
        else:
            columns.append((name, _source(rest)))
    for name, source in columns:
        for table in tables.get(source, ()):
            _check_column(name, table, canonical)
    return tuple(sorted(name for names in tables.values() for name in names if name != _NOTHING))


def _name(kind: str, rest: str) -> str:
    """Return what a node names; refuses a line that could be read in two ways."""
    pattern = _NAME_OF.get(kind)
    if pattern is None:
        raise refused("a table function, a parameter or an unknown name is in the statement", construct=kind)
    found = pattern.findall(rest)
    if len(found) != 1:
        raise refused("a name cannot be read; use plain names", construct="identifier")
    return str(found[0]).strip()


def _source(rest: str) -> str:
    found = _SOURCE.findall(rest)
    if len(found) != 1 or rest.count("source_id: ") != 1:
        raise refused("a name cannot be read; use plain names", construct="identifier")
    return str(found[0])


def _table(name: str) -> str:
    if name != _NOTHING and name not in _COLUMNS:
        raise refused(f"there is no such dataset; there is: {', '.join(sorted(_COLUMNS))}", construct="FROM")
    return name


def _check_column(name: str, table: str, canonical: str) -> None:
    """Allow a column and its subcolumns, such as string_props.keys."""
    if table == _NOTHING or name.split(".", maxsplit=1)[0] in _COLUMNS[table]:
        return
    if name not in canonical:
        raise refused(
            "COLUMNS matches columns that are not part of the dataset: name the columns, or write *",
            construct="COLUMNS",
        )
    raise no_column(name)


def _check_function(name: str) -> None:
    if name.lower() not in _INTERNAL and not is_allowed(name):
        shown = name if name.isidentifier() and len(name) <= 80 else "of that name"
        raise refused(f"the function {shown} is not available", construct=shown)
