"""Formulas over named figures: `failed / total * 100`, read into a tree and never run as code.

The grammar, in the order in which operators bind (the loosest first):

    sum     = product { ("+" | "-") product }
    product = factor { ("*" | "/") factor }
    factor  = "-" factor | number | name | "(" sum ")"

Names are those of the figures that come with the formula; there are no functions, no powers, no text. A figure that has
no value makes the whole formula null, and so does a division by zero.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

MAX_TEXT = 500
MAX_DEPTH = 32
FIGURE_NAME = r"[A-Za-z_][A-Za-z0-9_]{0,63}"
Sign = Literal["+", "-", "*", "/"]
_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_TOKEN = re.compile(rf"(?P<number>{_NUMBER})|(?P<name>{FIGURE_NAME})|(?P<sign>[-+*/()])", re.ASCII)
_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Constant:
    """A number that the formula gives."""

    value: float


@dataclass(frozen=True, slots=True)
class FigureOf:
    """The figure at a place in the list of names."""

    index: int


@dataclass(frozen=True, slots=True)
class Operation:
    """Two expressions and what is done with them."""

    sign: Sign
    left: Expression
    right: Expression


Expression = Constant | FigureOf | Operation


class FormulaError(ValueError):
    """What is wrong with a formula, as a sentence that names the character, counted from 1."""

    def __init__(self, at: int, problem: str) -> None:
        super().__init__(f"at character {at + 1}: {problem}")


def parse_formula(text: str, names: Sequence[str]) -> Expression:
    """Return the tree of a formula; raises `FormulaError` for anything that is none, or that names no figure."""
    if len(text) > MAX_TEXT:
        raise FormulaError(MAX_TEXT, f"a formula has at most {MAX_TEXT} characters")
    return _Parser(text, names).parse()


def figures_in(expression: Expression) -> frozenset[int]:
    """Return the indexes of the figures that an expression looks at."""
    if isinstance(expression, Operation):
        return figures_in(expression.left) | figures_in(expression.right)
    return frozenset({expression.index} if isinstance(expression, FigureOf) else ())


def evaluate(expression: Expression, figures: Sequence[float | None]) -> float | None:
    """Return the value of an expression, by the steps that its SQL takes; None for x/0 and where a figure is None."""
    if isinstance(expression, Constant):
        return expression.value
    if isinstance(expression, FigureOf):
        figure = figures[expression.index]
        return None if figure is None else float(figure)
    left, right = evaluate(expression.left, figures), evaluate(expression.right, figures)
    if left is None or right is None or (expression.sign == "/" and right == 0):
        return None
    return _ARITHMETIC[expression.sign](left, right)


def write_sql(expression: Expression, figures: Sequence[str], constants: list[float]) -> str:
    """Return an expression as SQL of doubles over names of figures; `{n}` stands for a constant, which is appended.

    `constants` begins with what is counted before them: the place of each is its number. Parentheses are written where
    they are needed alone: the engine's parser counts how deep it is.
    """
    if isinstance(expression, Constant):
        constants.append(expression.value)
        return f"{{{len(constants) - 1}}}"
    if isinstance(expression, FigureOf):
        return figures[expression.index]
    strength = _STRENGTH[expression.sign]
    left = write_sql(expression.left, figures, constants)
    if isinstance(expression.left, Operation) and _STRENGTH[expression.left.sign] < strength:
        left = f"({left})"
    right = write_sql(expression.right, figures, constants)
    if expression.sign == "/":
        return f"{left} / nullIf({right}, 0)"
    # On the right of the same strength they say in which order it is added up.
    if isinstance(expression.right, Operation) and _STRENGTH[expression.right.sign] <= strength:
        right = f"({right})"
    return f"{left} {expression.sign} {right}"


_STRENGTH: dict[Sign, int] = {"+": 1, "-": 1, "*": 2, "/": 2}


def _quotient(left: float, right: float) -> float:
    # A quotient beyond a double is an error in Python, and infinite in the engine.
    return left / right if math.isfinite(left) and math.isfinite(right) else math.nan


_ARITHMETIC: dict[Sign, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _quotient,
}


class _Parser:
    """Reads one formula from left to right, a token ahead."""

    def __init__(self, text: str, names: Sequence[str]) -> None:
        self._text = text
        self._names = {name: index for index, name in enumerate(names)}
        self._at = 0  # Where the token begins that is looked at.
        self._token: re.Match[str] | None = None
        self._end = 0
        self._depth = 0
        self._advance()

    def parse(self) -> Expression:
        whole = self._sum()
        if self._token is not None:
            raise FormulaError(self._at, f"expected +, -, *, / or the end, not {self._shown()}")
        return whole

    def _advance(self) -> None:
        space = _SPACE.match(self._text, self._end)
        self._at = self._end if space is None else space.end()
        if self._at == len(self._text):
            self._token = None
            return
        self._token = _TOKEN.match(self._text, self._at)
        if self._token is None:
            raise FormulaError(self._at, f"{self._text[self._at]!r} is no part of a formula")
        self._end = self._token.end()

    def _sum(self) -> Expression:
        left = self._product()
        while (sign := self._sign()) in {"+", "-"}:
            self._advance()
            left = Operation(sign, left, self._product())  # type: ignore[arg-type]  # one of the two
        return left

    def _product(self) -> Expression:
        left = self._factor()
        while (sign := self._sign()) in {"*", "/"}:
            self._advance()
            left = Operation(sign, left, self._factor())  # type: ignore[arg-type]  # one of the two
        return left

    def _factor(self) -> Expression:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FormulaError(self._at, f"more than {MAX_DEPTH} parentheses and signs inside of one another")
        made = self._inverted() if self._sign() == "-" else self._nested() if self._sign() == "(" else self._leaf()
        self._depth -= 1
        return made

    def _inverted(self) -> Expression:
        self._advance()
        return Operation("-", Constant(0.0), self._factor())

    def _nested(self) -> Expression:
        opened = self._at
        self._advance()
        inner = self._sum()
        if self._sign() != ")":
            raise FormulaError(self._at, f"expected a ) for the ( at character {opened + 1}, not {self._shown()}")
        self._advance()
        return inner

    def _leaf(self) -> Expression:
        token = self._token
        if token is None or token["sign"] is not None:
            raise FormulaError(self._at, f"expected a figure, a number or (, not {self._shown()}")
        leaf: Expression
        if token["number"] is not None:
            leaf = Constant(float(token["number"]))
            if not math.isfinite(leaf.value):
                raise FormulaError(self._at, "this number is too large")
        elif token["name"] in self._names:
            leaf = FigureOf(self._names[token["name"]])
        else:
            known = ", ".join(self._names) or "none"
            raise FormulaError(self._at, f"no figure is called {token['name']!r}; figures has: {known}")
        self._advance()
        return leaf

    def _sign(self) -> str | None:
        return None if self._token is None else self._token["sign"]

    def _shown(self) -> str:
        return "the end" if self._token is None else repr(self._token[0])
