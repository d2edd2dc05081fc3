"""Which syntax ad-hoc SQL may use: kinds of nodes, functions, tables and types, each from a list of what is allowed."""

from __future__ import annotations

from collections.abc import Sequence

from emban.sqlbox.costs import check_costs
from emban.sqlbox.datasets import DATASETS
from emban.sqlbox.functions import MEMBERSHIP, TYPE_ARGUMENT, is_allowed, why_not
from emban.sqlbox.refusal import refused
from emban.sqlbox.syntax_tree import Node
from emban.sqlbox.type_names import refused_type
from emban.sqlbox.words import words
from emban.store.policies import DATABASE

ALLOWED_KINDS = words(
    """
    SelectWithUnionQuery SelectIntersectExceptQuery SelectQuery ExpressionList Subquery WithElement
    TablesInSelectQuery TablesInSelectQueryElement TableExpression TableIdentifier TableJoin ArrayJoin
    Literal Identifier Function Asterisk QualifiedAsterisk
    ColumnsListMatcher ColumnsRegexpMatcher QualifiedColumnsListMatcher QualifiedColumnsRegexpMatcher
    ColumnsTransformerList ColumnsApplyTransformer ColumnsExceptTransformer
    ColumnsReplaceTransformer ColumnsReplaceTransformer::Replacement
    OrderByElement InterpolateElement WindowDefinition WindowListElement
    """
)
_KINDS_IN_WORDS = {
    "Set": ("SETTINGS", "settings are fixed by Emban"),
    "QueryParameter": ("query parameter", "write the value itself"),
    "SampleRatio": ("SAMPLE", "the datasets are not sampled"),
    "Explain": ("EXPLAIN", "only SELECT is run"),
}
_OTHER_DATABASES = frozenset({"system", "information_schema", "default", "_temporary_and_external_tables"})
# Of MergeTree tables in 26.9. The check of resolved columns would find any other.
_VIRTUAL_COLUMNS = words(
    """
    _part _part_index _part_starting_offset _part_offset _part_granule_offset _part_uuid _part_data_version
    _partition_id _partition_value _sample_factor _row_exists _block_number _block_offset _disk_name _table _database
    _distance _file _path _size _time _etag _headers _data_lake_snapshot_version
    """
)
_HIDDEN_COLUMNS = frozenset({"org_id", "environment"})
_DATASET_NAMES = frozenset(dataset.name for dataset in DATASETS)


def check_syntax(select: Node, applied: Sequence[str]) -> None:
    """Raise the refusal of the first thing that is not allowed. `applied` has the names behind each APPLY."""
    applying, functions = 0, []
    for node in select.walk():
        if node.kind not in ALLOWED_KINDS:
            construct, why = _KINDS_IN_WORDS.get(node.kind, (node.kind, "it is not part of what ad-hoc SQL runs"))
            raise refused(f"{construct} is not allowed: {why}", construct=construct)
        if node.kind == "Function":
            _check_function(node)
            functions.append(node)
        elif node.kind == "TableExpression":
            _check_source(node)
        elif node.kind == "Identifier":
            check_name(node.text)
        elif node.kind == "ColumnsApplyTransformer":
            applying += 1
    if applying > len(applied):
        raise refused("APPLY cannot be read here", construct="APPLY")
    for name in applied:
        check_function_name(name)
        functions.append(Node("Function", name))
    check_costs(functions)


def check_name(name: str) -> None:
    """Refuse names of other databases, of tables that are no dataset, and of the engine's own columns."""
    parts = name.split(".")
    if parts[0].lower() in _OTHER_DATABASES and len(parts) > 1:
        raise _no_table(name)
    if parts[0] == DATABASE and len(parts) > 1 and ".".join(parts[:2]) not in _DATASET_NAMES:
        raise _no_table(".".join(parts[:2]))
    for part in parts:
        if part.lower() in _VIRTUAL_COLUMNS:
            raise refused(f"{part} is a column of the engine's own, not of a dataset", construct=part)


def check_function_name(name: str) -> None:
    """Refuse a function that is not on the list."""
    if not is_allowed(name):
        shown = name if name.isidentifier() and len(name) <= 80 else "of that name"
        raise refused(f"the function {shown} is not available: {why_not(name)}", construct=shown)


def no_column(name: str) -> Exception:
    """Return the refusal of a column that a dataset does not have."""
    if name.split(".", maxsplit=1)[0] in _HIDDEN_COLUMNS:
        why = "a dataset shows your own org and environment alone, so neither is a column"
    else:
        why = "GET /v1/datasets lists the columns"
    return refused(f"there is no column {name}: {why}", construct=name)


def _check_function(node: Node) -> None:
    check_function_name(node.text)
    name, arguments = node.text.lower(), node.arguments
    if name in TYPE_ARGUMENT and arguments:
        at = TYPE_ARGUMENT[name]
        target = arguments[at] if at < len(arguments) else arguments[-1]
        wanted = target.string
        if wanted is None:
            raise refused(f"{node.text} takes its type as plain text", construct=node.text)
        bad = refused_type(wanted)
        if bad is not None:
            raise refused(f"values cannot be turned into {bad} here", construct=node.text)
    if name in MEMBERSHIP and len(arguments) > 1 and arguments[1].kind == "Identifier":
        other = arguments[1].text
        if "." in other and other not in _DATASET_NAMES:
            raise refused("IN takes a list of values, a subquery or a WITH name", construct="IN")


def _check_source(node: Node) -> None:
    for child in node.children:
        if child.kind == "Function":
            raise refused(
                f"table functions cannot be read from, {child.text}() neither; "
                "for a series of numbers use arrayJoin(range(…))",
                construct=child.text,
            )
        if child.kind == "TableIdentifier" and "." in child.text and child.text not in _DATASET_NAMES:
            raise _no_table(child.text)


def _no_table(name: str) -> Exception:
    return refused(f"there is no dataset {name}; there is: {', '.join(sorted(_DATASET_NAMES))}", construct=name)
