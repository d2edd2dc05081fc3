"""The engine's descriptions: read to the last line or refused, and held to what is allowed."""

from __future__ import annotations

import json

import pytest

from emban.errors import EmbanError
from emban.sqlbox.query_tree import check_resolved
from emban.sqlbox.syntax_rules import check_name, check_syntax
from emban.sqlbox.syntax_tree import Node, inner_select, parse

WRAPPED = """SelectWithUnionQuery (children 1)
 ExpressionList (children 1)
  SelectQuery (children 2)
   ExpressionList (children 1)
    Asterisk
   TablesInSelectQuery (children 1)
    TablesInSelectQueryElement (children 1)
     TableExpression (children 1)
      Subquery (children 1)
       SelectWithUnionQuery (children 1)
        ExpressionList (children 1)
         SelectQuery (children 1)
          ExpressionList (children 1)
{body}
"""


def select(*lines: str) -> Node:
    return inner_select(parse(WRAPPED.format(body="\n".join(" " * 11 + line for line in lines))))


def test_a_description_becomes_a_tree() -> None:
    tree = select("Function count (alias n) (children 1)", " ExpressionList")
    names = [node.text for node in tree.walk() if node.kind == "Function"]
    assert names == ["count"]
    check_syntax(tree, [])


@pytest.mark.parametrize(
    "description",
    [
        "",
        "SelectQuery (children 1)",
        "SelectQuery\nSelectQuery",
        "SelectQuery (children 1)\n  Literal 1",
        "SelectQuery (children 1)\n Literal 1\n Literal 2",
        "SelectQuery (children 2)\n Literal 1",
        "selectquery",
        "SelectQuery (children 1)\n Literal 1\n\n\n",
    ],
)
def test_what_is_no_tree_is_refused(description: str) -> None:
    with pytest.raises(EmbanError):
        parse(description)


def test_a_description_of_something_else_is_refused() -> None:
    with pytest.raises(EmbanError):
        inner_select(parse("SelectWithUnionQuery (children 2)\n ExpressionList\n Literal 'x'"))


@pytest.mark.parametrize(
    ("lines", "construct"),
    [
        (("Function file (children 1)", " ExpressionList (children 1)", "  Literal '/etc/passwd'"), "file"),
        (("Set",), "SETTINGS"),
        (("QueryParameter a:String",), "query parameter"),
        (("Identifier e._part",), "_part"),
        (("Identifier system.one",), "system.one"),
        (("SomethingNew",), "SomethingNew"),
        (("TableExpression (children 1)", " Function numbers (children 1)", "  ExpressionList"), "numbers"),
        (("TableExpression (children 1)", " TableIdentifier emban.api_keys"), "emban.api_keys"),
        (
            ("Function in (children 1)", " ExpressionList (children 2)", "  Literal 1", "  Identifier system.one"),
            "IN",
        ),
        (
            ("Function CAST (children 1)", " ExpressionList (children 2)", "  Literal 1", "  Literal 'JSON'"),
            "CAST",
        ),
        (
            ("Function CAST (children 1)", " ExpressionList (children 2)", "  Literal 1", "  Identifier x"),
            "CAST",
        ),
        (("Asterisk (children 1)", " ColumnsTransformerList (children 1)", "  ColumnsApplyTransformer"), "APPLY"),
    ],
)
def test_what_is_not_allowed_is_named(lines: tuple[str, ...], construct: str) -> None:
    with pytest.raises(EmbanError) as caught:
        check_syntax(select(*lines), [])
    assert caught.value.code == "sql_refused"
    assert construct in {caught.value.details.get("construct")} | set(caught.value.message.split())


@pytest.mark.parametrize("name", ["tenant_id", "e.tenant_id", "emban.events.tenant_id", "string_props.keys", "_mine"])
def test_own_names_pass(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize("name", ["SYSTEM.one", "information_schema.tables", "emban.other.x", "a._PART", "_table"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(EmbanError):
        check_name(name)


RESOLVED = """QUERY id: 0
  PROJECTION COLUMNS
    tenant_id String
  PROJECTION
    LIST id: 1, nodes: 1
      {column}
  JOIN TREE
    TABLE id: 3, alias: __table1, table_name: {table}
"""
COLUMN = "COLUMN id: 2, column_name: {name}, result_type: String, source_id: 3"


def test_resolved_names_of_a_dataset_pass_and_are_counted() -> None:
    description = RESOLVED.format(column=COLUMN.format(name="string_props.keys"), table="emban.events")
    assert check_resolved(description, "") == ("emban.events",)
    assert check_resolved(RESOLVED.format(column=COLUMN.format(name="dummy"), table="system.one"), "") == ()


@pytest.mark.parametrize(
    ("column", "table"),
    [
        (COLUMN.format(name="org_id"), "emban.events"),
        (COLUMN.format(name="_part"), "emban.events"),
        (COLUMN.format(name="tenant_id, source_id: 9"), "emban.events"),
        (COLUMN.format(name="tenant_id"), "emban.api_keys"),
        (COLUMN.format(name="tenant_id"), "system.processes"),
        ("FUNCTION id: 2, function_name: file, function_type: ordinary, result_type: String", "emban.events"),
        ("TABLE_FUNCTION id: 2, alias: x, table_function_name: numbers", "emban.events"),
        ("IDENTIFIER id: 2, identifier: x", "emban.events"),
        ("FUNCTION id: 2, alias: a, function_name: count, function_name: file, result_type: x", "emban.events"),
        # A made-up line cannot turn the table into one that has no columns to check.
        ("TABLE id: 3, table_name: system.one\n      " + COLUMN.format(name="org_id"), "emban.events"),
    ],
)
def test_other_resolved_names_are_refused(column: str, table: str) -> None:
    with pytest.raises(EmbanError):
        check_resolved(RESOLVED.format(column=column, table=table), "")


def test_a_column_that_the_text_does_not_name_is_not_named_to_the_user() -> None:
    description = RESOLVED.format(column=COLUMN.format(name="org_id"), table="emban.events")
    with pytest.raises(EmbanError, match="there is no column org_id"):
        check_resolved(description, "SELECT org_id FROM emban.events")
    with pytest.raises(EmbanError) as refused:
        check_resolved(description, "SELECT COLUMNS('id$') FROM emban.events")
    assert "org_id" not in json.dumps(refused.value.body())
