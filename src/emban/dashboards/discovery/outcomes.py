"""Which property says whether something went well, and by which values it says that it did not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from emban.dashboards.discovery.findings import DiscoveryFindings, FoundDimension
from emban.dashboards.discovery.titles import words_of
from emban.query.spec.query_spec import ANY_EVENT, Dimension

# A property is looked at if its name ends with one of these.
_NAMES = frozenset({"status", "outcome", "result", "state", "code", "success", "ok"})
_FAILURES = frozenset(
    {
        "error", "errors", "errored", "fail", "failed", "failure", "failing", "timeout", "exception", "crash",
        "crashed", "aborted", "rejected", "declined", "denied", "refused", "unavailable", "fatal", "ko", "broken",
        "limited",
    }
)  # fmt: skip
_NEGATED = frozenset({"success", "ok"})  # Names of which "false" is the failure.
_HTTP_ERROR = re.compile(r"[45]\d\d")
_OF_HTTP = frozenset({"status", "http", "response"})
# On fewer of the events that may carry it, a share of all of them would say little.
MIN_COVERAGE = 0.9


@dataclass(frozen=True, slots=True)
class OutcomeDimension:
    """A property, those of its values that mean a failure, and the events that carry it."""

    prop: str
    failures: tuple[str, ...]
    event_names: tuple[str, ...]

    def error_rate(self) -> dict[str, Any]:
        """Return the query of the share of failures, in percent."""
        one = len(self.event_names) == 1
        named = {} if one else {"filters": {"dimensions": {"event_name": list(self.event_names)}}}
        failed = {"dimensions": {Dimension(self.prop).label: list(self.failures)}}
        return {
            "event_name": self.event_names[0] if one else ANY_EVENT,
            "metric": "formula",
            "formula": "failed / total * 100",
            "figures": {"failed": {"metric": "count", "filters": failed}, "total": {"metric": "count"}},
            **named,
        }


def find_outcome(findings: DiscoveryFindings) -> OutcomeDimension | None:
    """Return the property on most events that tells failures from the rest, or None."""
    found = [one for one in findings.dimensions if _may_be(one, findings)]
    for dimension in sorted(found, key=lambda one: (-one.count, one.name)):
        failures = tuple(sorted(_failures(dimension)))
        if failures and len(failures) < len(dimension.top_values):
            return OutcomeDimension(dimension.name, failures, dimension.event_names)
    return None


def _may_be(found: FoundDimension, findings: DiscoveryFindings) -> bool:
    words = words_of(found.name)
    carrying = sum(event.count for event in findings.events if event.name in found.event_names)
    told = bool(words) and words[-1] in _NAMES
    # Failures among values that were not looked at would be missing from the rate.
    all_known = found.cardinality <= len(found.top_values)
    return told and all_known and found.count >= MIN_COVERAGE * carrying


def _failures(found: FoundDimension) -> Iterator[str]:
    name = words_of(found.name)
    negated, of_http = name[-1] in _NEGATED, bool(_OF_HTTP.intersection(name))
    for one in found.top_values:
        words = set(words_of(one.value))
        # Written as one word or two: "timeout", "timed out", "rate_limited".
        failed = bool(words & _FAILURES) or words >= {"timed", "out"}
        refused = of_http and _HTTP_ERROR.fullmatch(one.value) is not None
        if failed or refused or (negated and one.value.strip().lower() in {"false", "no", "0"}):
            yield one.value
