"""Which dimensions make a chart that somebody can read: few values, none that is nearly all, no ids, no free text."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from emban.dashboards.discovery.findings import DiscoveryFindings, FoundDimension, FoundValue
from emban.dashboards.discovery.titles import title_of, words_of
from emban.query.spec.query_spec import Dimension

MIN_CARDINALITY = 2
MAX_CARDINALITY = 50
MAX_STACKED = 8
MAX_DONUT = 6
MAX_FILTER_CARDINALITY = 100
# A dimension must be on this share of the events that it belongs to, and in this share of tenants have several values
# (once there are enough events of a tenant to tell).
MIN_COVERAGE = 0.2
MIN_VARYING = 0.2
TELLING_EVENTS_PER_TENANT = 20
# Above this share of one value, every other slice of a chart is a hairline.
MAX_DOMINANCE = 0.98
_ID_WORDS = frozenset(
    {
        "id", "ids", "uid", "uuid", "guid", "hash", "sha", "token", "key", "email", "ip", "session", "trace", "span",
        "url", "uri", "href", "referrer", "query", "prompt", "message", "text", "body", "title", "description",
        "address", "phone", "timestamp", "time", "date", "ua", "agent", "fingerprint", "signature", "nonce", "checksum",
    }
)  # fmt: skip
_TELLING_WORDS = frozenset(
    {
        "model", "plan", "status", "type", "kind", "category", "region", "country", "channel", "source", "method",
        "endpoint", "feature", "browser", "device", "os", "platform", "tier", "language", "provider", "stage", "action",
        "result", "outcome", "environment", "service", "product", "currency", "role", "severity", "level",
    }
)  # fmt: skip
_LOOKS_LIKE_ID = re.compile(
    r"[0-9a-f]{12,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]+|\d{6,}|[^@\s]+@[^@\s]+\.[^@\s]+|\d{4}-\d\d-\d\dT.*|https?://.*",
    re.IGNORECASE,
)
_FLAGS = frozenset({"yes", "no", "true", "false", "y", "n", "0", "1", "on", "off"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionCandidate:
    """A dimension worth showing. `event_name` is the one event that carries it, or `*`."""

    prop: str
    title: str
    cardinality: int
    event_name: str
    score: float

    @property
    def label(self) -> str:
        """How a query names it: a property may be called like a metric, a column or the name of another property."""
        return label_of(self.prop)

    @property
    def stacks(self) -> bool:
        """Tell whether a chart with one series a value stays readable."""
        return self.cardinality <= MAX_STACKED


def label_of(prop: str) -> str:
    """Return how queries name a string property."""
    return Dimension(prop).label


def choose_dimensions(findings: DiscoveryFindings) -> list[DimensionCandidate]:
    """Return the dimensions that make readable charts, best first."""
    chosen = [_judge(found, findings) for found in findings.dimensions]
    return sorted((one for one in chosen if one is not None), key=lambda one: (-one.score, one.prop))


def choose_filters(findings: DiscoveryFindings, limit: int = 5) -> list[str]:
    """Return the names of dimensions for the filter bar; event_name leads where there are several events."""
    names = ["event_name"] if 2 <= len(findings.events) <= MAX_CARDINALITY else []
    usable = [one for one in findings.dimensions if MIN_CARDINALITY <= one.cardinality <= MAX_FILTER_CARDINALITY]
    judged = [(one, _judge(one, findings, MAX_FILTER_CARDINALITY)) for one in usable]
    ranked = sorted((dimension.score, one.name) for one, dimension in judged if dimension is not None)
    return (names + [label_of(name) for _, name in reversed(ranked)])[:limit]


def _judge(
    found: FoundDimension, findings: DiscoveryFindings, most: int = MAX_CARDINALITY
) -> DimensionCandidate | None:
    if not MIN_CARDINALITY <= found.cardinality <= most:
        return None
    if found.varying < MIN_VARYING and findings.scanned >= TELLING_EVENTS_PER_TENANT * findings.tenants:
        return None
    if _is_identifier(found) or _coverage(found, findings) < MIN_COVERAGE:
        return None
    biggest = max((one.count for one in found.top_values), default=0)
    if biggest > MAX_DOMINANCE * found.count:
        return None
    return DimensionCandidate(
        prop=found.name,
        title=title_of(found.name),
        cardinality=found.cardinality,
        event_name=found.event_names[0] if len(found.event_names) == 1 else "*",
        score=_score(found, findings),
    )


def _coverage(found: FoundDimension, findings: DiscoveryFindings) -> float:
    """Return the share of events with the dimension among the events whose names ever carry it."""
    carrying = sum(event.count for event in findings.events if event.name in found.event_names)
    return found.count / carrying if carrying else 0.0


def _is_identifier(found: FoundDimension) -> bool:
    words = words_of(found.name)
    if not words or words[-1] in _ID_WORDS:
        return True
    odd = sum(1 for one in found.top_values if not one.value.strip() or _LOOKS_LIKE_ID.fullmatch(one.value))
    return odd * 2 > len(found.top_values)


def _score(found: FoundDimension, findings: DiscoveryFindings) -> float:
    """Higher is better: evenly spread, on most events, a handful of values, a telling name; flags come last."""
    evenness = _evenness(found.top_values, found.count)
    share = min(1.0, found.count / max(findings.scanned, 1))
    handful = 1.0 if 3 <= found.cardinality <= 12 else 0.6 if found.cardinality <= 25 else 0.3
    telling = 0.5 if set(words_of(found.name)) & _TELLING_WORDS else 0.0
    flag = {one.value.strip().lower() for one in found.top_values} <= _FLAGS
    return evenness + share + handful + telling + min(found.varying, 1.0) * 0.5 - (1.0 if flag else 0.0)


def _evenness(values: Sequence[FoundValue], total: int) -> float:
    """Return the entropy of the top values over the greatest possible one: 0 for a single value, 1 for equal ones."""
    shares = [one.count / total for one in values if one.count > 0 and total > 0]
    if len(shares) < 2:
        return 0.0
    return -sum(share * math.log(share) for share in shares if share < 1) / math.log(len(shares))
