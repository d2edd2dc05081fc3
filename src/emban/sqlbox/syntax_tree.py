"""The engine's description of a statement's syntax (EXPLAIN AST), read back into a tree.

Every line is a node: indentation, kind, what it holds, and how many children follow. A description that is not such a
tree to the last line is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from emban.sqlbox.refusal import refused

MAX_NODES, MAX_DEPTH = 10_000, 400
_LINE = re.compile(r"( *)([A-Z][A-Za-z:]*)(?: (.*?))??(?: \(children (\d+)\))?")
_NUMBER = re.compile(r"(?:U?Int64|Float64)_(-?[0-9.]+(?:e[+-]?[0-9]+)?)")
_ALIAS = re.compile(r"(?:^| )\(alias (.*)\)$")


@dataclass(slots=True)
class Node:
    """One node: its kind, what it holds without its alias (a name, a literal), its children, and its alias or ''."""

    kind: str
    text: str
    children: list[Node] = field(default_factory=list)
    alias: str = ""

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(node.children)

    @property
    def string(self) -> str | None:
        """The value of a string literal; None for any other node."""
        if self.kind != "Literal" or len(self.text) < 2 or not (self.text[0] == self.text[-1] == "'"):
            return None
        return re.sub(r"\\(.)", r"\1", self.text[1:-1])

    @property
    def arguments(self) -> list[Node]:
        """A function's arguments."""
        return self._list(0)

    @property
    def parameters(self) -> list[Node]:
        """What stands in an aggregate function's first parentheses, of two."""
        return self._list(1)

    @property
    def number(self) -> float | None:
        """The value of a literal that is a plain number; None for any other node."""
        found = _NUMBER.fullmatch(self.text) if self.kind == "Literal" else None
        return float(found[1]) if found else None

    def _list(self, at: int) -> list[Node]:
        child = self.children[at] if at < len(self.children) else None
        return child.children if child is not None and child.kind == "ExpressionList" else []


def parse(description: str) -> Node:
    """Return the root. Refuses what is no tree, and what is larger than an analyst's statement ever is."""
    lines = description.removesuffix("\n").split("\n")
    if len(lines) > MAX_NODES:
        raise refused(f"the statement has over {MAX_NODES:,} parts", construct="size")
    open_nodes: list[tuple[Node, int]] = []  # The path to the last node, each with the children it still waits for.
    root: Node | None = None
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is None:
            raise _unreadable()
        indent, kind, text, count = found.groups()
        while open_nodes and open_nodes[-1][1] == 0:
            open_nodes.pop()
        if len(indent) != len(open_nodes) or (root is not None and not open_nodes):
            raise _unreadable()
        if len(open_nodes) > MAX_DEPTH:
            raise refused("the statement is nested too deeply", construct="depth")
        alias = _ALIAS.search(text or "")
        node = Node(kind, _ALIAS.sub("", text or ""), alias=alias[1] if alias else "")
        if open_nodes:
            parent, left = open_nodes[-1]
            parent.children.append(node)
            open_nodes[-1] = (parent, left - 1)
        else:
            root = node
        open_nodes.append((node, int(count or 0)))
    if root is None or any(left for _, left in open_nodes):
        raise _unreadable()
    return root


def inner_select(root: Node) -> Node:
    """Return the statement inside of `SELECT * FROM (…)`, which it was wrapped in to be described."""
    node = root
    for kind, position in (
        ("SelectWithUnionQuery", 0),
        ("ExpressionList", 0),
        ("SelectQuery", 1),
        ("TablesInSelectQuery", 0),
        ("TablesInSelectQueryElement", 0),
        ("TableExpression", 0),
        ("Subquery", 0),
    ):
        if node.kind != kind or len(node.children) != position + 1:
            raise _unreadable()
        node = node.children[position]
    return node


def _unreadable() -> Exception:
    return refused("the statement cannot be described unambiguously: use plain names", construct="syntax tree")
