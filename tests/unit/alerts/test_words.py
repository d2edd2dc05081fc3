"""An alert in words: the subject says what, how much against what, and for whom."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from emban.alerts.composer import mail_page
from emban.alerts.words import AlertStory, duration_words, figure_words, tell
from emban.mail.page import page_text

BASE: dict[str, Any] = {
    "alert_id": 7,
    "name": "Too many failures",
    "environment": "prod",
    "dashboard_id": "dash_1",
    "dashboard": "Jobs",
    "widget_id": "w_1",
    "widget": "Failures",
    "unit": None,
    "tenant_id": None,
    "condition_type": "threshold",
    "operator": "gt",
    "threshold": 300.0,
    "value": 412.0,
    "previous_value": None,
    "state": "firing",
    "lookback_minutes": 60,
    "fired_at": "2026-11-28T03:00:00Z",
    "resolved_at": None,
    "as_of": "2026-11-28T02:59:58.250Z",
    "url": "https://analytics.acme.example/app/alerts/7",
}
OVER = {"state": "ok", "resolved_at": "2026-11-28T03:20:00Z"}


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({}, "Failures is 412, above 300"),
        ({"tenant_id": "customer_1"}, "Failures is 412, above 300 for customer_1"),
        ({"unit": "%", "value": 12.4, "threshold": 5.0}, "Failures is 12.4%, above 5%"),
        ({"unit": "USD", "value": -3.5, "operator": "lt"}, "Failures is \N{MINUS SIGN}$3.5, below $300"),
        ({**OVER, "value": 12.0}, "Resolved: Failures is 12, no longer above 300"),
        ({"test": True}, "Test: Failures is 412, above 300"),
        ({"value": None}, "Failures is no value, above 300"),
        (
            {"condition_type": "delta", "threshold": 50.0, "value": 16.0, "previous_value": 10.0},
            "Failures up 60%: 16 against 10 in the hour before",
        ),
        (
            {"condition_type": "delta", "threshold": 50.0, "value": 4.0, "previous_value": 10.0},
            "Failures down 60%: 4 against 10 in the hour before",
        ),
        (
            {**OVER, "condition_type": "delta", "threshold": 50.0, "value": 11.0, "previous_value": 10.0},
            "Resolved: Failures is 11, up 10% against 10 in the hour before",
        ),
        (
            {"condition_type": "no_data", "lookback_minutes": 90, "value": 0.0},
            "Failures has had no data for 90 minutes",
        ),
        ({**OVER, "condition_type": "no_data", "value": 3.0}, "Resolved: Failures has data again"),
    ],
)
def test_the_subject_is_the_whole_message(changes: dict[str, Any], subject: str) -> None:
    assert tell(AlertStory(**{**BASE, **changes})).subject == subject


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1234567, None, "1,234,567"),
        (1234.5, "ms", "1,234.5 ms"),
        (0.123456, None, "0.1235"),
        (1e-9, None, "1e-09"),
        (2.0, "EUR", "€2"),
        (1e18, None, "1e+18"),
        (-7, None, "\N{MINUS SIGN}7"),
    ],
)
def test_figures(value: float, unit: str | None, text: str) -> None:
    assert figure_words(value, unit) == text


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(5, "5 minutes"), (60, "hour"), (90, "90 minutes"), (120, "2 hours"), (1440, "24 hours"), (2880, "2 days")],
)
def test_durations(minutes: int, text: str) -> None:
    assert duration_words(minutes) == text


def test_the_payload_is_the_contracts() -> None:
    story = AlertStory(**{**BASE, **OVER, "condition_type": "delta", "previous_value": 10.0, "test": True})
    assert msgspec.json.decode(story.payload()) == {
        "alert_id": 7,
        "name": "Too many failures",
        "dashboard_id": "dash_1",
        "widget_id": "w_1",
        "tenant_id": None,
        "condition": {"type": "delta", "operator": "gt", "value": 300.0},
        "value": 412.0,
        "previous_value": 10.0,
        "state": "ok",
        "fired_at": "2026-11-28T03:00:00Z",
        "resolved_at": "2026-11-28T03:20:00Z",
        "as_of": "2026-11-28T02:59:58.250Z",
        "url": "https://analytics.acme.example/app/alerts/7",
        "test": True,
    }
    assert AlertStory.from_json(story.to_json()) == story


def test_the_plain_text_has_every_word() -> None:
    text = page_text(mail_page(AlertStory(**{**BASE, "tenant_id": "customer_1"}), with_chart=True))
    for words in (
        "Failures is 412, above 300 for customer_1.",
        "Too many failures",
        "Failures on Jobs",
        "the last hour",
        "Sat 28 Nov 2026, 03:00 UTC",
        "https://analytics.acme.example/app/alerts/7",
    ):
        assert words in text
