"""What a measure is, read off its name and its range: how to add it up, in what unit, and what to call it.

A latency is not summed and a price is not averaged. The tables below are ordered: the first that fits decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from emban.dashboards.discovery.findings import FoundMeasure
from emban.dashboards.discovery.titles import in_sentence, phrase, words_of

Nature = Literal["duration", "money", "bytes", "share", "level", "amount"]
Metric = Literal["sum", "avg", "p50", "p95"]

_TIME_UNITS = {
    **dict.fromkeys(("ms", "msec", "millis", "milliseconds"), "ms"),
    **dict.fromkeys(("us", "micros", "microseconds"), "µs"),
    **dict.fromkeys(("s", "sec", "secs", "seconds"), "s"),
    **dict.fromkeys(("min", "mins", "minutes"), "min"),
    **dict.fromkeys(("hours", "hrs"), "h"),
}
_DURATION_WORDS = frozenset({"latency", "duration", "elapsed", "ttfb", "runtime", "delay", "lag", "took"})
_CURRENCIES = frozenset({"usd", "eur", "gbp", "chf", "jpy", "inr", "cad", "aud", "sek", "nok", "dkk", "brl", "cny"})
_MONEY_WORDS = frozenset(
    {"cost", "costs", "price", "revenue", "spend", "spent", "fee", "fees", "mrr", "arr", "gmv", "refund", "earnings"}
)
_EARNED_WORDS = frozenset({"revenue", "mrr", "arr", "gmv", "earnings"})
_BYTE_UNITS = {"bytes": "bytes", "byte": "bytes", "kb": "kB", "mb": "MB", "gb": "GB", "kib": "KiB", "mib": "MiB"}
_SHARE_WORDS = frozenset({"pct", "percent", "percentage", "ratio", "rate", "share", "utilization", "utilisation"})
_LEVEL_WORDS = frozenset(
    {
        "score", "rating", "temperature", "temp", "level", "depth", "age", "confidence", "probability", "similarity",
        "speed", "load", "rank", "position", "balance", "size", "length", "width", "height", "weight", "distance",
    }
)  # fmt: skip
_EPOCH_SECONDS = 946_684_800  # The year 2000: whole numbers from here up are instants, not amounts.
_FAILURE_WORDS = frozenset({"error", "errors", "failure", "failures", "failed", "retries", "timeouts", "crashes"})
_UNIT_WORDS = frozenset({"tokens", "credits", "messages", "requests", "rows", "files", "lines", "pages", "seats"})
_NO_MEASURE = frozenset(
    {
        "id", "ids", "uid", "pid", "port", "zip", "postcode", "year", "month", "day", "hour", "weekday", "code",
        "version", "timestamp", "epoch", "ts", "lat", "latitude", "lon", "lng", "longitude", "index", "idx", "seq",
        "offset", "hash",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure as a dashboard shows it. `unit` is "" where none is known; `percent` says how to write shares.

    `good` says which way a change is welcome, None where nobody can tell from a name.
    """

    prop: str
    label: str
    nature: Nature
    unit: str
    good: Literal["up", "down"] | None
    event_name: str
    count: int

    @property
    def metric(self) -> Metric:
        """How its trend and breakdowns are added up."""
        return _METRICS[self.nature]

    @property
    def headline_metric(self) -> Metric:
        """How a single figure of it is made: the median for durations, because that is what a user feels."""
        return "p50" if self.nature == "duration" else self.metric

    @property
    def format(self) -> str | None:
        """The display format that its unit alone does not say: shares between 0 and 1."""
        return "ratio" if self.nature == "share" and self.unit == "" else None

    def titled(self, metric: Metric | None = None) -> str:
        """Name the measure with its metric: "Tokens in", "Latency (p95)", "Median latency", "Average rating"."""
        lower = in_sentence(self.label)
        names = {"sum": self.label, "p95": f"{self.label} (p95)", "p50": f"Median {lower}", "avg": f"Average {lower}"}
        return names[metric or self.metric]


_METRICS: dict[Nature, Metric] = {
    "duration": "p95",
    "money": "sum",
    "bytes": "sum",
    "share": "avg",
    "level": "avg",
    "amount": "sum",
}
# Which natures come first on a dashboard: what is used, what it costs, how fast it is.
NATURE_ORDER: tuple[Nature, ...] = ("amount", "money", "duration", "bytes", "share", "level")


def understand(found: FoundMeasure) -> Measure | None:
    """Return what the measure is, or None for one that says nothing: constant, an id, a code, a coordinate."""
    words = words_of(found.name)
    if found.distinct < 2 or found.min == found.max or not words or words[-1] in _NO_MEASURE:
        return None
    if found.whole and found.min >= _EPOCH_SECONDS:
        return None
    nature, unit, rest = _classify(words, found)
    return Measure(
        prop=found.name,
        label=phrase(rest or words),
        nature=nature,
        unit=unit,
        good=_welcome(words, nature),
        event_name=found.event_names[0] if len(found.event_names) == 1 else "*",
        count=found.count,
    )


def _classify(words: list[str], found: FoundMeasure) -> tuple[Nature, str, list[str]]:
    """Return nature, unit and the words that are left for the label."""
    last, known = words[-1], set(words)
    if last in _TIME_UNITS and len(words) > 1 and found.min >= 0:
        return "duration", _TIME_UNITS[last], words[:-1]
    if known & _DURATION_WORDS or (last == "time" and found.min >= 0):
        return "duration", "", words
    if currency := next((word for word in words if word in _CURRENCIES), None):
        return "money", currency.upper(), [word for word in words if word != currency]
    if known & _MONEY_WORDS and not known & _SHARE_WORDS:
        return "money", "", words
    if last in _BYTE_UNITS and found.min >= 0:
        return "bytes", _BYTE_UNITS[last], words if len(words) == 1 or last == "bytes" else words[:-1]
    if known & _SHARE_WORDS:
        return _share(words, found)
    if known & _LEVEL_WORDS or (found.min < 0 and not found.whole):
        return "level", "", words
    if not found.whole and found.min >= 0 and found.max <= 1:
        return "share", "", words
    return "amount", next((word for word in words if word in _UNIT_WORDS), ""), words


def _share(words: list[str], found: FoundMeasure) -> tuple[Nature, str, list[str]]:
    """A share is in percent if its name says so, `ratio` from 0 to 1. Above 1 it is no part of a whole but some rate.

    Utilization is the exception: it is measured in percent as often as not, and up to 100 nothing else is meant.
    """
    named = set(words) & {"pct", "percent", "percentage"}
    rest = [word for word in words if word not in {"pct", "percent", "percentage"}]
    if named and found.max > 1:
        return "share", "%", rest
    if found.min >= 0 and found.max <= 1:
        return "share", "", rest
    if found.min >= 0 and found.max <= 100 and set(words) & {"utilization", "utilisation"}:
        return "share", "%", rest
    return "level", "", rest


def _welcome(words: list[str], nature: Nature) -> Literal["up", "down"] | None:
    known = set(words)
    if nature == "duration" or known & _FAILURE_WORDS:
        return "down"
    if known & _EARNED_WORDS or known & {"score", "rating"}:
        return "up"
    return None
