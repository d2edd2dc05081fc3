"""Aliases that hide a column are told of, where they are used and not where they are meant."""

from __future__ import annotations

import pytest

from emban.sqlbox.hidden_columns import hidden_column_warnings
from emban.sqlbox.syntax_tree import Node

TABLES = Node("TablesInSelectQuery", "")
UPPER = Node("Function", "upper", [Node("ExpressionList", "", [Node("Identifier", "tenant_id")])], alias="tenant_id")


def named(name: str, alias: str = "") -> Node:
    return Node("Identifier", name, alias=alias)


def select(result: Node, *clauses: Node) -> Node:
    return Node("SelectQuery", "", [Node("ExpressionList", "", [result]), TABLES, *clauses])


def equals(name: str) -> Node:
    return Node("Function", "equals", [Node("ExpressionList", "", [named(name), Node("Literal", "'m'")])])


@pytest.mark.parametrize("clause", [equals("tenant_id"), Node("ExpressionList", "", [named("tenant_id")])])
def test_an_alias_in_place_of_a_column_is_told(clause: Node) -> None:
    (warning,) = hidden_column_warnings(select(UPPER, clause))
    assert "not the column tenant_id" in warning
    assert "events.tenant_id" in warning


@pytest.mark.parametrize(
    "statement",
    [
        select(UPPER),
        select(UPPER, equals("e.tenant_id")),
        select(UPPER, Node("ExpressionList", "", [Node("OrderByElement", "", [named("tenant_id")])])),
        select(UPPER, Node("Subquery", "", [select(named("user_id"), equals("tenant_id"))])),
        select(named("e.tenant_id", alias="tenant_id"), equals("tenant_id")),
        select(Node("Function", "count", alias="n"), equals("n")),
        Node("SelectQuery", "", [Node("ExpressionList", "", [UPPER])]),
    ],
)
def test_nothing_is_said_where_nothing_is_hidden(statement: Node) -> None:
    assert hidden_column_warnings(statement) == ()


def test_each_name_is_told_once_at_any_depth() -> None:
    inner = select(UPPER, equals("tenant_id"), equals("tenant_id"))
    outer = Node("SelectWithUnionQuery", "", [inner, select(UPPER, equals("tenant_id"))])
    assert len(hidden_column_warnings(outer)) == 1
