"""Calls whose cost the engine's limits do not bound: it stops between blocks, never inside one call on one block.

Gone through function by function (27 November 2026, engine 26.9): what took over a second for texts and arrays that
fit into a statement's memory is bounded here. What else takes long ends the engine after all, see `suspension`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from emban.sqlbox.pattern_cost import pattern_cost
from emban.sqlbox.refusal import refused
from emban.sqlbox.syntax_tree import Node
from emban.sqlbox.words import words

LONGEST_PATTERN = 1000
LARGEST_PATTERN = 500
LARGEST_WIDTH = 1000
LONGEST_NEEDLE = 1000
LONGEST_LIST = 100
LONGEST_TEXT = 100_000
MOST_REPEATS = 1_000_000
LARGEST_ARRAY = 100_000
# Repetitions up to which a pattern is no matter even for long texts.
_SMALL_COUNT = 20

# Function → the argument that is the pattern.
_PATTERN_AT = dict.fromkeys(
    words(
        """
        match matchcaseinsensitive notmatch notmatchcaseinsensitive regexp_matches extract extractgroups regexpextract
        regexp_extract regexp_substr replaceregexpone countmatches countmatchescaseinsensitive extractall
        extractallgroups extractallgroupshorizontal extractallgroupsvertical replaceregexpall regexp_replace
        regexpposition regexp_instr regexpinstr
        """
    ),
    1,
) | {"splitbyregexp": 0}
_EVERY_MATCH = words(
    """
    countmatches countmatchescaseinsensitive extractall extractallgroups extractallgroupshorizontal
    extractallgroupsvertical replaceregexpall regexp_replace regexpposition regexp_instr regexpinstr splitbyregexp
    """
)
_LIKE = words(
    "like ilike notlike notilike mapcontainskeylike mapcontainsvaluelike mapextractkeylike mapextractvaluelike"
)
_SEARCH = words(
    """
    position positionutf8 positioncaseinsensitive positioncaseinsensitiveutf8 locate instr countsubstrings
    countsubstringscaseinsensitive countsubstringscaseinsensitiveutf8
    """
)
# Function → the argument that says how long the result gets, and how much that may be.
_LENGTH_AT = {
    **dict.fromkeys(words("leftpad leftpadutf8 rightpad rightpadutf8 lpad rpad tofixedstring"), (1, LONGEST_TEXT)),
    "repeat": (1, MOST_REPEATS),
    "ngrams": (1, LONGEST_NEEDLE),
    "arraywithconstant": (0, LARGEST_ARRAY),
    "arrayresize": (1, LARGEST_ARRAY),
}
# What makes texts longer than events have any.
_MAKES_LONG_TEXTS = words(
    """
    repeat leftpad leftpadutf8 rightpad rightpadutf8 lpad rpad arraystringconcat array_to_string groupconcat
    group_concat string_agg printf format concat concatassumeinjective concatwithseparator
    concatwithseparatorassumeinjective concat_ws hex bin base32encode base64encode to_base64 base64urlencode
    encodeurlcomponent encodexmlcomponent tojsonstring range arraywithconstant arrayresize replicate
    """
)
# Look at each element of an array, for each row: with long arrays made into rows that is the square.
_SCANS = words("has nothas indexof countequal hasany hasall")
LONGEST_SCANNED = 10_000
_EXACT_TEST = "kolmogorovsmirnovtest"
_FAST_METHODS = frozenset({"asymp", "asymptotic"})
_CONVERSION = re.compile(r"%%|%[-+ #0]*(\*|\d*)(?:\.(\*|\d*))?")
_WRITTEN_OUT = frozenset({"array", "tuple", "negate"})


def check_costs(functions: Iterable[Node]) -> None:
    """Refuse calls that could take the engine for long, among all calls of a statement."""
    called = list(functions)
    long_range = any(_is_long_range(node) for node in called)
    growing = next((node.text for node in called if node.text.lower() in _MAKES_LONG_TEXTS), None)
    for node in called:
        name = node.text.lower()
        if long_range and name in _SCANS:
            raise _refused(
                node,
                "looks at each element of an array, for each row: it cannot stand in a statement that also calls range "
                f"for over {LONGEST_SCANNED:,} elements",
            )
        if name in _PATTERN_AT:
            _check_pattern(node, name, growing)
        elif name in _LENGTH_AT:
            _check_length(node, *_LENGTH_AT[name])
        elif name.startswith(_EXACT_TEST):
            _check_method(node)
        elif (check := _CHECKS.get(name)) is not None:
            check(node)
        elif name in _SEARCH:
            _check_needle(node, growing)


def _is_long_range(node: Node) -> bool:
    return node.text.lower() == "range" and any((each.number or 0) > LONGEST_SCANNED for each in node.arguments)


def _check_pattern(node: Node, name: str, growing: str | None) -> None:
    at = _PATTERN_AT[name]
    if len(node.arguments) <= at:
        return  # The engine says what is missing.
    pattern = node.arguments[at].string
    if pattern is None:
        raise _refused(node, "takes its regular expression as plain text, not from an expression or a column")
    if len(pattern) > LONGEST_PATTERN:
        raise _refused(node, f"takes a regular expression of at most {LONGEST_PATTERN:,} characters")
    cost = pattern_cost(pattern)
    if cost is None:
        return
    if cost.size > LARGEST_PATTERN:
        raise _refused(
            node,
            f"cannot take this regular expression: with its repetitions written out it has {cost.size:,} parts, "
            f"and {LARGEST_PATTERN} are allowed",
        )
    if growing is None:
        return
    if cost.largest_count > _SMALL_COUNT:
        raise _refused(
            node,
            f"cannot repeat a part over {_SMALL_COUNT} times in a statement that also calls {growing}: "
            "on long texts that takes the engine for minutes",
        )
    if cost.gives_up and name in _EVERY_MATCH:
        raise _refused(
            node,
            "looks for every match, and an alternative or optional part of the expression has no end (* or +): "
            f"it cannot stand in a statement that also calls {growing}, since on long texts that takes the engine for "
            "minutes",
        )


def _check_length(node: Node, at: int, most: int) -> None:
    arguments = node.arguments
    number = arguments[at].number if at < len(arguments) else None
    if number is not None and number > most:
        raise _refused(node, f"takes at most {most:,} here")


def _check_method(node: Node) -> None:
    parameters = [parameter.string for parameter in node.parameters]
    if len(parameters) < 2 or parameters[1] not in _FAST_METHODS:
        raise _refused(
            node,
            "is available as kolmogorovSmirnovTest('two-sided', 'asymp')(…): the exact method takes time in the square "
            "of the rows",
        )


def _check_format(node: Node) -> None:
    text = node.arguments[0].string if node.arguments else None
    if text is None:
        raise _refused(node, "takes its format as plain text")
    for figures in _CONVERSION.findall(text):
        for figure in figures:
            if figure == "*" or (figure and int(figure) > LARGEST_WIDTH):
                raise _refused(node, f"takes widths and precisions of at most {LARGEST_WIDTH:,}")


def _check_like(node: Node) -> None:
    pattern = node.arguments[1].string if len(node.arguments) > 1 else None
    if pattern is not None and len(pattern) > LONGEST_PATTERN:
        raise _refused(node, f"takes a pattern of at most {LONGEST_PATTERN:,} characters")


def _check_needle(node: Node, growing: str | None) -> None:
    needles = [argument.string for argument in node.arguments[:2]]
    if node.text.lower() != "locate":
        needles = needles[1:]
    if any(needle is not None and len(needle) <= LONGEST_NEEDLE for needle in needles) or growing is None:
        return
    raise _refused(
        node,
        f"takes what to look for as plain text of at most {LONGEST_NEEDLE:,} characters in a statement that also calls "
        f"{growing}",
    )


def _check_lists(node: Node) -> None:
    if any(_written_length(argument) <= LONGEST_LIST for argument in node.arguments):
        return
    raise _refused(
        node,
        "compares each element with each: one of its arrays has to be written out, "
        f"with at most {LONGEST_LIST} elements",
    )


def _check_polygon(node: Node) -> None:
    for argument in node.arguments[1:]:
        if any(part.kind != "Literal" and not _is_list(part) for part in argument.walk()):
            raise _refused(node, "takes its polygon written out as numbers")


def _is_list(node: Node) -> bool:
    return node.kind == "ExpressionList" or (node.kind == "Function" and node.text.lower() in _WRITTEN_OUT)


def _written_length(node: Node) -> float:
    """Return how many elements a list in the statement's text has at most; infinity for any other expression."""
    if node.kind == "Function" and node.text.lower() == "array":
        return len(node.arguments)
    return node.text.count(",") + 1 if node.kind == "Literal" and node.text.startswith("Array_") else float("inf")


_CHECKS: dict[str, Callable[[Node], None]] = {
    "printf": _check_format,
    "hasall": _check_lists,
    "hasany": _check_lists,
    "pointinpolygon": _check_polygon,
    **dict.fromkeys(_LIKE, _check_like),
}


def _refused(node: Node, why: str) -> Exception:
    return refused(f"{node.text} {why}", construct=node.text)
