"""Aliases that hide a column: legal, and seldom meant.

In ClickHouse an alias of SELECT holds in WHERE and GROUP BY, too, before the column of that name: `SELECT
upper(tenant_id) AS tenant_id … WHERE tenant_id = 'm'` compares upper case with 'm' and finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from emban.sqlbox.datasets import DATASETS
from emban.sqlbox.syntax_tree import Node

_COLUMNS = frozenset(column.name for dataset in DATASETS for column in dataset.columns)
# ORDER BY means aliases wherever SQL is spoken, and a subquery does not see them.
_ELSEWHERE = frozenset({"OrderByElement", "Subquery"})


def hidden_column_warnings(statement: Node) -> tuple[str, ...]:
    """Return a sentence for each alias that stands for a column's name in a clause of its SELECT."""
    found: dict[str, None] = {}
    for select in statement.walk():
        if select.kind == "SelectQuery":
            found.update(dict.fromkeys(_hidden_in(select)))
    return tuple(
        f"{name} in WHERE, GROUP BY or HAVING means the expression that is called so in SELECT, not the column {name}; "
        "give the expression another name, or write the column with its table's, as in events." + name
        for name in sorted(found)
    )


def _hidden_in(select: Node) -> Iterator[str]:
    kinds = [child.kind for child in select.children]
    if "TablesInSelectQuery" not in kinds:
        return
    tables = kinds.index("TablesInSelectQuery")
    aliases = {
        node.alias
        for child in select.children[:tables]
        for node in _within(child)
        if node.alias in _COLUMNS and not _is_column(node, node.alias)
    }
    for clause in select.children[tables + 1 :]:
        yield from (node.text for node in _within(clause) if node.kind == "Identifier" and node.text in aliases)


def _is_column(node: Node, name: str) -> bool:
    return node.kind == "Identifier" and node.text.rpartition(".")[2] == name


def _within(node: Node) -> Iterator[Node]:
    if node.kind in _ELSEWHERE:
        return
    yield node
    for child in node.children:
        yield from _within(child)
