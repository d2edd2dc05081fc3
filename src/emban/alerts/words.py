"""An alert in words that a person understands at three in the morning: what, how much against what, since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

import msgspec

from emban.alerts.condition import change_percent
from emban.kit.rfc3339 import parse_instant

_COMPARED = {"gt": "above", "lt": "below", "gte": "at or above", "lte": "at or below"}
_PREFIXED = {"USD": "$", "$": "$", "EUR": "€", "€": "€", "GBP": "£", "£": "£"}
MINUS = "\N{MINUS SIGN}"
_LONGEST = 1e15
MINUTES_A_DAY, MINUTES_AN_HOUR = 1440, 60


class AlertStory(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a message says: the JSON of a webhook and what a mail needs beside it, fixed when it fired."""

    alert_id: int
    name: str
    environment: str
    dashboard_id: str | None
    dashboard: str | None
    widget_id: str
    widget: str
    unit: str | None
    tenant_id: str | None
    condition_type: str
    operator: str | None
    threshold: float | None
    value: float | None
    previous_value: float | None
    state: str
    lookback_minutes: int
    fired_at: str
    resolved_at: str | None
    as_of: str | None
    url: str
    test: bool = False

    @classmethod
    def from_json(cls, text: str) -> AlertStory:
        """Read what was stored with a message; raises `msgspec.DecodeError`."""
        return msgspec.json.decode(text, type=cls)

    def to_json(self) -> str:
        """Return the text that `from_json` reads."""
        return msgspec.json.encode(self).decode()

    def payload(self) -> str:
        """Return the body of a webhook: the JSON of spec 05."""
        body: dict[str, object] = {
            "alert_id": self.alert_id,
            "name": self.name,
            "dashboard_id": self.dashboard_id,
            "widget_id": self.widget_id,
            "tenant_id": self.tenant_id,
            "condition": {"type": self.condition_type, "operator": self.operator, "value": self.threshold},
            "value": self.value,
            "state": self.state,
            "fired_at": self.fired_at,
            "as_of": self.as_of,
            "url": self.url,
        }
        if self.condition_type == "delta":
            body["previous_value"] = self.previous_value
        if self.resolved_at is not None:
            body["resolved_at"] = self.resolved_at
        if self.test:
            body["test"] = True
        return msgspec.json.encode(body).decode()


@dataclass(frozen=True, slots=True)
class Sentences:
    """The parts of a message, each a sentence or less."""

    subject: str
    headline: str
    facts: tuple[tuple[str, str], ...]


def tell(story: AlertStory) -> Sentences:
    """Return an alert in words. The subject is complete: whoever reads no further knows what is the matter."""
    what = f"{story.widget} {_seen(story)}"
    over = story.state == "ok"
    mark = "Test: " if story.test else "Resolved: " if over else ""
    whom = "" if story.tenant_id is None else f" for {story.tenant_id}"
    facts = [
        ("Alert", story.name),
        ("Watched", story.widget if story.dashboard is None else f"{story.widget} on {story.dashboard}"),
        ("Value", _value_fact(story)),
        ("Condition", condition_words(story)),
        ("Window", f"the last {duration_words(story.lookback_minutes)}"),
        ("For", story.tenant_id or "all customers together"),
        ("Environment", story.environment),
        ("Since" if not over else "Fired", _moment(story.fired_at)),
    ]
    if story.resolved_at is not None:
        facts.append(("Resolved", _moment(story.resolved_at)))
    if story.as_of is not None:
        facts.append(("Data until", _moment(story.as_of)))
    return Sentences(f"{mark}{what}{whom}", f"{what}{whom}.", tuple(facts))


def _seen(story: AlertStory) -> str:
    """Return how much against what: "is 412, above 300"."""
    window = duration_words(story.lookback_minutes)
    if story.condition_type == "no_data":
        if story.state == "ok":
            return "has data again"
        return f"has had no data for {window}"
    value = figure_words(story.value, story.unit)
    if story.condition_type == "threshold":
        limit = figure_words(story.threshold, story.unit)
        if story.state == "ok":
            return f"is {value}, no longer {_COMPARED.get(story.operator or '', '')} {limit}"
        return f"is {value}, {_COMPARED.get(story.operator or '', '')} {limit}"
    change = change_percent(story.value, story.previous_value)
    if change is None:
        return f"is {value}"
    before = figure_words(story.previous_value, story.unit)
    if story.state == "ok":
        return f"is {value}, {_change(change)} against {before} in the {window} before"
    return f"{_change(change)}: {value} against {before} in the {window} before"


def condition_words(story: AlertStory) -> str:
    """Return the rule as a sentence's part: "above 300", "changes by more than 50 %"."""
    if story.condition_type == "no_data":
        return "no data"
    if story.condition_type == "threshold":
        return f"{_COMPARED.get(story.operator or '', '')} {figure_words(story.threshold, story.unit)}"
    return f"change {_COMPARED.get(story.operator or '', '')} {figure_words(story.threshold, '%')}, up or down"


def _value_fact(story: AlertStory) -> str:
    if story.condition_type == "no_data":
        return "no rows" if not story.value else f"{figure_words(story.value, None)} rows"
    text = figure_words(story.value, story.unit)
    if story.condition_type == "delta":
        return f"{text}, before {figure_words(story.previous_value, story.unit)}"
    return text


def _change(percent: float) -> str:
    return f"{'up' if percent > 0 else 'down'} {figure_words(abs(percent), '%')}"


def figure_words(value: float | None, unit: str | None) -> str:
    """Return a figure in full with its unit: 1,234 ms, $12.5, 12.4%; "no value" for none."""
    if value is None:
        return "no value"
    text = _digits(value)
    if not unit:
        return text
    prefix = _PREFIXED.get(unit)
    if prefix is not None:
        return f"{MINUS}{prefix}{text[1:]}" if text.startswith(MINUS) else f"{prefix}{text}"
    return f"{text}{unit}" if unit == "%" else f"{text} {unit}"


def _digits(value: float) -> str:
    """Return a number: whole ones exactly, others to two decimals, small ones to four digits."""
    size = abs(value)
    if size >= _LONGEST:
        text = f"{size:.6g}"
    elif size == int(size):
        text = f"{int(size):,}"
    elif size >= 1:
        text = f"{size:,.2f}".rstrip("0").removesuffix(".")
    else:
        text = f"{size:.4g}"
    return f"{MINUS}{text}" if value < 0 else text


def duration_words(minutes: int) -> str:
    """Return a length of time: 90 minutes, 24 hours, 7 days."""
    for size, word in ((MINUTES_A_DAY, "day"), (MINUTES_AN_HOUR, "hour")):
        count, rest = divmod(minutes, size)
        if rest == 0 and (count > 1 or size == MINUTES_AN_HOUR):
            return f"{count} {word}s" if count > 1 else f"{word}"
    return f"{minutes} minutes"


def _moment(text: str) -> str:
    at = parse_instant(text).astimezone(UTC)
    return f"{at:%a} {at.day} {at:%b %Y, %H:%M} UTC"
