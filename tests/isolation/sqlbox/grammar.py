"""Statements made from a grammar: mostly what analysts write, with hostile pieces in every place that takes one.

`Generator(seed)` gives the same statements each time. Answers do not depend on the order of rows: there is no `any`
and no `groupArray` without a sort, and sums are of quarters, which doubles hold exactly.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")

STRINGS = ("tenant_id", "event_name", "user_id", "event_id", "string_props['plan']", "string_props['country']")
NUMBERS = ("numeric_props['amount']", "numeric_props['items']", "length(event_id)", "toUInt64OrZero(string_props['n'])")
TIMES = (
    "timestamp",
    "toDate(timestamp)",
    "toStartOfHour(timestamp)",
    "toStartOfMonth(timestamp)",
    "toYYYYMM(timestamp)",
)
VALUES = ("'t1'", "'pro'", "'page_view'", "'zzz'", "''", "'own-7'", "'CANARY'", "'DE'")
HOSTILE_EXPRESSIONS = (
    "org_id",
    "environment",
    "e.org_id",
    "_part",
    "_partition_id",
    "event_key",
    "file('/etc/passwd')",
    "getSetting('log_comment')",
    "hostName()",
    "version()",
    "(SELECT count() FROM emban.schema_migrations)",
    "(SELECT count() FROM system.processes)",
    "(SELECT any(org_id) FROM emban.events)",
    "toUInt8(tenant_id)",
    "toUInt64(string_props['n'])",
    "toDate(user_id)",
    "intDiv(1, length(tenant_id) < 4)",
    "intDiv(1, timestamp >= '2026-01-01 00:00:00')",
    "throwIf(1)",
    "sleep(0.1)",
    "rand()",
    "blockNumber()",
    "lowCardinalityKeys(event_name)",
    "CAST(tenant_id, 'UInt8')",
    "CAST(tenant_id, 'AggregateFunction(count)')",
    "JSONExtract(tenant_id, 'JSON')",
    "dictGet('d', 'x', 1)",
    "joinGet('emban.events', 'tenant_id', 'x')",
    "uniqState(tenant_id)",
    "parseDateTime(tenant_id, '%Y')",
    "toDecimal32(numeric_props['amount'], 4)",
    "arrayElement([1, 2], (SELECT count() FROM emban.events))",
    "{p:String}",
)
HOSTILE_SOURCES = (
    "emban.schema_migrations",
    "emban.start_probe",
    "system.processes",
    "system.one",
    "numbers(10)",
    "merge('emban', '.*')",
    "mergeTreeIndex('emban', 'events')",
    "file('/etc/passwd', 'LineAsString')",
    "information_schema.tables",
    "(EXPLAIN SELECT 1)",
    "remote('localhost', emban.events)",
    "events_daily",
)
HOSTILE_TAILS = (
    " SETTINGS log_comment = 'x|prod|*'",
    " SETTINGS max_threads = 1",
    " FORMAT JSON",
    " INTO OUTFILE '/tmp/emban-hostile/out.txt'",
    "; SELECT 1",
    " -- ; SET ROLE ALL",
    " UNION ALL SELECT org_id FROM emban.events",
    " LIMIT (SELECT count() FROM system.tables)",
)


class Generator:
    """A source of statements; `hostility` is the share of pieces that are hostile."""

    def __init__(self, seed: int, hostility: float = 0.06) -> None:
        self._random = random.Random(seed)
        self._hostility = hostility

    def statement(self) -> str:
        """Return the next statement."""
        made = self._pick((self._grouped, self._plain, self._with, self._joined, self._windowed, self._united))()
        return made + (self._pick(HOSTILE_TAILS) if self._chance(self._hostility / 2) else "")

    def _grouped(self, depth: int = 0) -> str:
        key, other = self._key(), self._key()
        having = f" HAVING {self._aggregate()} > {self._number()}" if self._chance(0.3) else ""
        how = self._pick(("", "", "", " WITH TOTALS", " WITH ROLLUP", " WITH CUBE"))
        return (
            f"SELECT {key} AS k, {other} AS o, {self._aggregate()} AS a, {self._aggregate()} AS b "
            f"FROM {self._source(depth)} AS e{self._where(depth)} GROUP BY k, o{how}{having} ORDER BY k, o, a, b"
            f"{self._limit()}"
        )

    def _plain(self, depth: int = 0) -> str:
        columns = ", ".join(f"{self._scalar(depth)} AS c{number}" for number in range(self._random.randint(1, 3)))
        star = self._pick(("", "", ", *", ", e.*", ", * EXCEPT(string_props)", ", COLUMNS('_id$')", ", COLUMNS('.*')"))
        return (
            f"SELECT {self._pick(('', 'DISTINCT '))}{columns}{star} FROM {self._source(depth)} AS e"
            f"{self._where(depth)} ORDER BY ALL{self._limit()}"
        )

    def _with(self, depth: int = 0) -> str:
        inner = f"SELECT {self._key()} AS k, {self._aggregate()} AS a FROM {self._source(depth + 1)} AS e GROUP BY k"
        third = self._pick(("a", "bound", "length(toString(k))"))
        bound = self._pick(("bound", "(SELECT avg(a) FROM w)"))
        return (
            f"WITH w AS ({inner}), {self._number()} AS bound SELECT k, a, {third} AS z FROM w "
            f"WHERE a {self._comparison()} {bound} ORDER BY k, a"
        )

    def _joined(self, depth: int = 0) -> str:
        kind = self._pick(("INNER", "LEFT", "LEFT SEMI", "LEFT ANTI", "RIGHT", "FULL"))
        left, right = (
            f"(SELECT {self._key()} AS k, {self._aggregate()} AS a FROM {self._source(depth)} AS e GROUP BY k)"
            for _ in range(2)
        )
        return (
            f"SELECT x.k, count(), sum(x.a) FROM {left} AS x {kind} JOIN {right} AS y "
            "ON toString(x.k) = toString(y.k) GROUP BY x.k ORDER BY x.k"
        )

    def _windowed(self, depth: int = 0) -> str:
        function = self._pick(("row_number()", "rank()", "dense_rank()", "sum({n})", "max({n})", "lagInFrame({n})"))
        call = function.format(n=self._pick(NUMBERS))
        return (
            f"SELECT event_id, {call} OVER (PARTITION BY {self._key()} ORDER BY timestamp, event_id) AS w "
            f"FROM {self._source(depth)} AS e{self._where(depth)} ORDER BY event_id, w "
            f"LIMIT {self._random.randint(1, 50)}"
        )

    def _united(self, depth: int = 0) -> str:
        how = self._pick(("UNION ALL", "UNION DISTINCT", "INTERSECT", "EXCEPT"))
        parts = [
            f"SELECT toString({self._key()}) AS k FROM {self._source(depth)} AS e{self._where(depth)}" for _ in "ab"
        ]
        return f"SELECT k, count() FROM ({parts[0]} {how} {parts[1]}) GROUP BY k ORDER BY k"

    def _source(self, depth: int) -> str:
        if self._chance(self._hostility):
            return self._pick(HOSTILE_SOURCES)
        if depth < 2 and self._chance(0.2):
            return f"(SELECT * FROM {self._source(depth + 1)} AS e{self._where(depth + 1)})"
        return self._pick(("emban.events", "events", "`emban`.`events`"))

    def _where(self, depth: int) -> str:
        if self._chance(0.35):
            return ""
        return f" {self._pick(('WHERE', 'WHERE', 'PREWHERE'))} {self._condition(depth)}"

    def _condition(self, depth: int) -> str:
        if self._chance(0.3):
            how = self._pick(("AND", "OR"))
            return f"({self._condition(depth + 1)} {how} {self._condition(depth + 1)})" if depth < 3 else "1"
        if self._chance(0.1):
            return f"NOT ({self._condition(depth + 1)})"
        choices: tuple[Callable[[], str], ...] = (
            lambda: f"{self._text()} {self._comparison()} {self._pick(VALUES)}",
            lambda: f"{self._text()} {self._pick(('LIKE', 'ILIKE', 'NOT LIKE'))} {self._pick(('%1%', 't%', 'CAN%'))!r}",
            lambda: f"{self._text()} {self._pick(('IN', 'NOT IN'))} ({self._pick(VALUES)}, {self._pick(VALUES)})",
            lambda: f"{self._numeric()} {self._comparison()} {self._number()}",
            lambda: (
                f"timestamp {self._comparison()} '2026-0{self._random.randint(1, 3)}-1{self._random.randint(0, 9)}'"
            ),
            lambda: f"user_id IN (SELECT user_id FROM {self._source(depth + 1)} AS e WHERE {self._text()} != '')",
            lambda: f"{self._scalar(depth)} = {self._scalar(depth)}",
        )
        return self._pick(choices)()

    def _scalar(self, depth: int) -> str:
        if self._chance(self._hostility):
            return self._pick(HOSTILE_EXPRESSIONS)
        choices: tuple[Callable[[], str], ...] = (
            self._text,
            self._numeric,
            lambda: self._pick(TIMES),
            lambda: f"if({self._text()} = {self._pick(VALUES)}, {self._numeric()}, 0)",
            lambda: f"upper({self._text()})",
            lambda: f"CASE WHEN {self._numeric()} > {self._number()} THEN 'big' ELSE 'small' END",
            lambda: f"arrayMap(x -> x * {self._random.randint(1, 9)}, range({self._random.randint(0, 5)}))",
            lambda: "mapKeys(string_props)",
            lambda: f"({self._text()}, {self._numeric()})",
            lambda: f"(SELECT max({self._text()}) FROM {self._source(depth + 1)} AS e)",
            lambda: f"toTypeName({self._text()})",
            lambda: f"dateDiff('day', timestamp, toDateTime('2026-03-0{self._random.randint(1, 9)} 00:00:00'))",
        )
        return self._pick(choices)()

    def _aggregate(self) -> str:
        if self._chance(self._hostility):
            return f"max({self._pick(HOSTILE_EXPRESSIONS)})"
        number, text = self._numeric(), self._text()
        return self._pick(
            (
                "count()",
                f"countIf({text} = {self._pick(VALUES)})",
                f"sum({number})",
                f"sumIf({number}, {text} != '')",
                f"min({text})",
                f"max({number})",
                f"uniqExact({text})",
                f"quantileExact(0.9)({number})",
                f"length(groupUniqArray({text}))",
                f"arraySort(groupUniqArray(3)({text})) = []",
                f"argMax({text}, (timestamp, event_id))",
                f"countDistinct({text})" if self._chance(0.1) else f"count(DISTINCT {text})",
            )
        )

    def _key(self) -> str:
        if self._chance(self._hostility / 2):
            return self._pick(HOSTILE_EXPRESSIONS)
        return self._pick((*STRINGS[:3], *STRINGS[4:], "toYYYYMM(timestamp)", "toDayOfWeek(timestamp)", "1"))

    def _text(self) -> str:
        if self._chance(self._hostility / 3):
            return self._pick(HOSTILE_EXPRESSIONS)
        return self._pick(STRINGS)

    def _numeric(self) -> str:
        return self._pick((*NUMBERS, "1", f"{self._pick(NUMBERS)} * 2", f"{self._pick(NUMBERS)} + 1"))

    def _number(self) -> str:
        return self._pick(("0", "1", "2", "10", "25.5", "1000000", "-1"))

    def _comparison(self) -> str:
        return self._pick(("=", "!=", "<", ">", "<=", ">="))

    def _limit(self) -> str:
        return self._pick(("", "", " LIMIT 5", " LIMIT 3 OFFSET 1"))

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _pick(self, choices: tuple[_T, ...]) -> _T:
        return self._random.choice(choices)
