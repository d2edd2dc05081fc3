"""Formulas: read, refused with the place, or computed as fractions are; and nothing else is to be had of them."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from emban.query.spec.formula import MAX_DEPTH, MAX_TEXT, FormulaError, evaluate, figures_in, parse_formula, write_sql

NAMES = ["failed", "total", "_x9", "e5"]
FIGURES = [3.0, 8.0, None, -0.5]
VALUES = [
    ("failed / total * 100", 37.5),
    ("2 + 3 * 4 - 6 / 2", 11),
    ("(2 + 3) * (4 - 6) / 2", -5),
    ("8 / 2 / 2", 2),
    ("8 - 2 - 2", 4),
    ("-failed", -3),
    ("--failed", 3),
    ("2*-total", -16),
    ("-(failed + total)*2", -22),
    ("  .5*1e3+1.\t", 501),
    ("e5 - 1e5", -100_000.5),
    ("failed / (total - 8)", None),
    ("failed / 0", None),
    ("0 / 0", None),
    ("_x9 + 1", None),
    ("_x9 * 0", None),
    ("((((1))))", 1),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_values(text: str, value: float | None) -> None:
    assert evaluate(parse_formula(text, NAMES), FIGURES) == value


REFUSED = [
    ("", 1, "expected a figure, a number or (, not the end"),
    ("   ", 4, "not the end"),
    ("1 +", 4, "not the end"),
    ("(1", 3, "expected a ) for the ( at character 1, not the end"),
    ("1)", 2, "expected +, -, *, / or the end, not ')'"),
    ("()", 2, "not ')'"),
    ("1 2", 3, "not '2'"),
    ("failed total", 8, "not 'total'"),
    ("2failed", 2, "not 'failed'"),
    ("+1", 1, "not '+'"),
    ("* 2", 1, "not '*'"),
    ("1 // 2", 4, "not '/'"),
    ("2 ** 3", 4, "not '*'"),
    ("unknown", 1, "no figure is called 'unknown'; figures has: failed, total, _x9, e5"),
    ("Failed", 1, "no figure is called 'Failed'"),
    ("failed % 2", 8, "'%' is no part of a formula"),
    ("1 < 2", 3, "'<' is no part"),
    ("1,5", 2, "',' is no part"),
    ("٣ + 1", 1, "is no part"),
    ("1e999", 1, "this number is too large"),
    ("1e", 2, "expected +, -, *, / or the end, not 'e'"),
]


@pytest.mark.parametrize(("text", "at", "problem"), REFUSED)
def test_what_is_no_formula_is_refused_with_its_place(text: str, at: int, problem: str) -> None:
    with pytest.raises(FormulaError) as refused:
        parse_formula(text, NAMES)
    assert str(refused.value).startswith(f"at character {at}: ")
    assert problem in str(refused.value)


ATTACKS = [
    "__import__('os').system('id')",
    "().__class__.__bases__[0].__subclasses__()",
    "failed.__class__",
    "failed.__globals__",
    "total['x']",
    "[x for x in (1,)]",
    "lambda: 1",
    "(lambda: 1)()",
    "exec(total)",
    "count()",
    "sleep(10)",
    "getSetting('readonly')",
    "failed; SELECT 1",
    "failed) FROM events --",
    "(SELECT count() FROM events)",
    "{p0:String}",
    "{0}",
    "{failed.__init__.__globals__}",
    "failed /* total */",
    "f'{total}'",
    '"x"',
    "`total`",
    "10**10**10",
    "9" * 400 + "e99",
    "\x00",
    "total\x00",
    "if(1, failed, total)",
    "@@version",
    "$total",
    "failed = total",
    "failed := 1",
    "failed | total",
    "~failed",
    "失敗 / total",
    "total/*",
    "nan + inf",
    "toString(1)",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_there_is_no_code_to_be_had(text: str) -> None:
    with pytest.raises(FormulaError, match=r"at character [0-9]+: "):
        parse_formula(text, NAMES)


def test_two_minus_signs_are_no_comment() -> None:
    constants: list[float] = []
    sql = write_sql(parse_formula("failed --total", NAMES), ["a", "b"], constants)
    assert "--" not in sql
    assert sql == "a - ({0} - b)"
    assert constants == [0]


WRITTEN = [
    ("(failed + total) + e5", "a + b + d"),
    ("failed + (total + e5)", "a + (b + d)"),
    ("failed - (total - e5)", "a - (b - d)"),
    ("(failed + total) * e5", "(a + b) * d"),
    ("failed * (total / e5)", "a * (b / nullIf(d, 0))"),
    ("failed / total / e5", "a / nullIf(b, 0) / nullIf(d, 0)"),
    ("failed / (total - e5)", "a / nullIf(b - d, 0)"),
    ("((failed))", "a"),
    ("-failed * 2", "({0} - a) * {1}"),
]


@pytest.mark.parametrize(("text", "sql"), WRITTEN)
def test_sql_has_the_parentheses_that_it_needs(text: str, sql: str) -> None:
    """A sum of 250 figures is no deeper than one of two: the engine refuses what is 1,000 deep."""
    assert write_sql(parse_formula(text, NAMES), ["a", "b", "c", "d"], []) == sql


def test_neither_length_nor_depth_takes_more_than_it_should() -> None:
    assert evaluate(parse_formula("(" * (MAX_DEPTH - 1) + "1" + ")" * (MAX_DEPTH - 1), []), []) == 1
    for opened in ("(" * MAX_DEPTH + "1", "-" * MAX_DEPTH + "1"):
        with pytest.raises(FormulaError, match=f"at character {MAX_DEPTH + 1}: more than {MAX_DEPTH} parentheses"):
            parse_formula(opened, [])
    with pytest.raises(FormulaError, match=f"at most {MAX_TEXT} characters"):
        parse_formula("1" + "+1" * MAX_TEXT, [])
    longest = "1" + "+1" * ((MAX_TEXT - 1) // 2)
    assert evaluate(parse_formula(longest, []), []) == len(longest) // 2 + 1


def test_which_figures_are_used() -> None:
    assert figures_in(parse_formula("total - (1 + total) / e5", NAMES)) == {1, 3}


expressions = st.recursive(
    st.one_of(
        st.sampled_from(["failed", "total", "e5"]),
        st.integers(0, 20).map(str),
        st.sampled_from(["0.5", "2.25", "1e2", ".125"]),
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", "-", "*", " / "]), inner).map("".join),
        inner.map("({})".format),
        inner.map("-{}".format),
    ),
    max_leaves=7,
)
# Anything that looks like a formula, and mostly is none.
noise = st.text(st.sampled_from("  ft()+-*/.0159eE_;'{}\\"), max_size=24)


@settings(max_examples=1_000)
@given(text=st.one_of(expressions, noise), figures=st.lists(st.integers(-50, 50), min_size=4, max_size=4))
def test_a_formula_is_refused_with_its_place_or_computed_as_fractions_do(text: str, figures: list[int]) -> None:
    names = ["failed", "total", "t", "e5"]
    try:
        parsed = parse_formula(text, names)
    except FormulaError as error:
        event("refused")
        place = int(str(error).split(":")[0].removeprefix("at character "))
        assert 1 <= place <= max(len(text), MAX_TEXT) + 1
        return
    exact = _exact(ast.parse(text.strip(), mode="eval").body, dict(zip(names, figures, strict=True)))
    value = evaluate(parsed, figures)
    event("x/0" if exact is None else "computed")
    assert (value is None) == (exact is None)
    if value is not None and exact is not None:
        assert math.isclose(value, exact, rel_tol=1e-6, abs_tol=1e-6)


def _exact(node: ast.expr, figures: dict[str, int]) -> Fraction | None:
    """Python's own grammar and its fractions."""
    if isinstance(node, ast.Constant):
        return Fraction(str(node.value))
    if isinstance(node, ast.Name):
        return Fraction(figures[node.id])
    if isinstance(node, ast.UnaryOp):
        inner = _exact(node.operand, figures)
        return None if inner is None else -inner
    assert isinstance(node, ast.BinOp)
    left, right = _exact(node.left, figures), _exact(node.right, figures)
    if left is None or right is None:
        return None
    if isinstance(node.op, ast.Div):
        # Of thirds and the like doubles may be next to 0 where fractions are 0, and the quotient is then anything.
        assume(abs(right) > Fraction(1, 100) or not any(isinstance(one, ast.Div) for one in ast.walk(node.right)))
        if right == 0:
            return None
    signs: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
        ast.Add: Fraction.__add__,
        ast.Sub: Fraction.__sub__,
        ast.Mult: Fraction.__mul__,
        ast.Div: Fraction.__truediv__,
    }
    return signs[type(node.op)](left, right)
