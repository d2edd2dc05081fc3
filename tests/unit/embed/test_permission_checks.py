"""What a session's permissions leave of a dashboard, and what they refuse."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from emban.dashboards.document import DashboardConfig, check_config
from emban.dashboards.view_choice import ViewBody
from emban.dashboards.widget_queries import read_view
from emban.embed.permission_checks import (
    check_view,
    choose_widgets,
    list_dimensions,
    list_periods,
    list_visible_widgets,
    shown_numbers,
)
from emban.embed.permissions import Permissions, PermissionsBody
from emban.errors import EmbanError

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
COUNT = {"event_name": "*", "metric": "count"}
TABLE = {
    "event_name": "*",
    "columns": ["region", "string_props.tenant_id", {"metric": "sum", "prop": "tokens"}],
    "filters": {"dimensions": {"secret_tier": "gold"}},
}
CONFIG = check_config(
    DashboardConfig.model_validate(
        {
            "widgets": [
                {"id": "w_1", "title": "Events", "kind": "kpi", "query": COUNT},
                {"id": "w_2", "title": "Margin", "kind": "kpi", "query": COUNT},
                {"id": "w_3", "title": "Users", "kind": "breakdown", "query": {**COUNT, "group_by": ["user_id"]}},
                {"id": "w_4", "title": "Rows", "kind": "table", "query": TABLE},
            ],
            "filters": {
                "periods": ["24h", "7d", "30d"],
                "default_period": "30d",
                "dimensions": ["model", "tenant_id", "plan", "event_name"],
                "numeric": ["latency_ms", "seats"],
            },
        }
    )
)


def by(name: str) -> dict[str, Any]:
    return {"filters": {"dimensions": {name: "x"}}}


def between(prop: str) -> dict[str, Any]:
    return {"filters": {"numeric_ranges": {prop: {"min": 10, "max": 12}}}}


def permissions(**given: Any) -> Permissions:
    return PermissionsBody.model_validate(given).parsed()


def refusal(given: dict[str, Any], **allowed: Any) -> str | None:
    body = ViewBody.model_validate(given)
    view = read_view(body, default_period="7d", timezone=None)
    try:
        check_view(view, CONFIG, permissions(**allowed), NOW)
    except EmbanError as error:
        return error.code
    return None


def test_hidden_widgets_are_gone_and_cannot_be_asked_for() -> None:
    hidden = permissions(hidden_widgets=["w_2"])
    assert [widget.id for widget in list_visible_widgets(CONFIG, hidden)] == ["w_1", "w_3", "w_4"]
    assert [widget.id for widget in choose_widgets(CONFIG, hidden, None)] == ["w_1", "w_3", "w_4"]
    messages = set()
    for widget_id in ("w_2", "w_9"):
        with pytest.raises(EmbanError) as caught:
            choose_widgets(CONFIG, hidden, ["w_1", widget_id])
        assert (caught.value.status, caught.value.code) == (403, "widget_not_available")
        messages.add(caught.value.message.replace(widget_id, "…"))
    assert len(messages) == 1  # Hidden and unknown look alike.


@pytest.mark.parametrize(
    ("allowed", "periods", "default"),
    [
        ({}, ["24h", "7d", "30d"], "30d"),
        ({"allowed_periods": ["7d", "24h"]}, ["24h", "7d"], "24h"),
        ({"max_date_range_days": 7}, ["24h", "7d"], "24h"),
        ({"allowed_periods": ["90d"]}, ["90d"], "90d"),
        ({"allowed_periods": ["30d", "7d"], "max_date_range_days": 30}, ["7d", "30d"], "30d"),
    ],
)
def test_the_default_period_moves_to_the_first_allowed(
    allowed: dict[str, Any], periods: list[str], default: str
) -> None:
    assert list_periods(CONFIG.filters, permissions(**allowed)) == (periods, default)


@pytest.mark.parametrize(
    ("allowed", "names"),
    [
        ({}, ["model", "plan", "event_name"]),
        ({"locked_filters": {"plan": "pro"}}, ["model", "event_name"]),
        ({"locked_filters": {"string_props.plan": "pro"}}, ["model", "event_name"]),
        ({"allowed_dimensions": ["plan"]}, ["plan"]),
        ({"allowed_dimensions": ["plan"], "locked_filters": {"plan": "pro"}}, []),
        ({"allowed_dimensions": []}, []),
    ],
)
def test_the_filter_bar_shows_what_is_allowed_and_not_locked(allowed: dict[str, Any], names: list[str]) -> None:
    assert list_dimensions(CONFIG.filters, permissions(**allowed)) == names


@pytest.mark.parametrize(
    ("allowed", "names"),
    [
        ({}, ["latency_ms", "seats"]),
        ({"locked_filters": {"seats": "5"}}, ["latency_ms"]),
        ({"allowed_dimensions": ["string_props.seats"]}, ["seats"]),
        ({"allowed_dimensions": []}, []),
    ],
)
def test_ranges_are_offered_where_they_are_taken(allowed: dict[str, Any], names: list[str]) -> None:
    assert shown_numbers(CONFIG.filters, permissions(**allowed)) == names
    assert [prop for prop in CONFIG.filters.numeric or () if refusal(between(prop), **allowed) is None] == names


@pytest.mark.parametrize("value", ["pro", "free", "", "PRO", "*"])
def test_a_lock_is_refused_in_the_same_words_whatever_its_value(value: str) -> None:
    view = read_view(
        ViewBody.model_validate({"filters": {"dimensions": {"plan": value}}}), default_period="7d", timezone=None
    )
    with pytest.raises(EmbanError) as caught:
        check_view(view, CONFIG, permissions(locked_filters={"plan": "pro"}), NOW)
    assert caught.value.body() == {
        "error": "this page has no 'plan' to filter or to drill by",
        "code": "dimension_not_shown",
    }


@pytest.mark.parametrize(
    ("given", "allowed", "code"),
    [
        ({"period": "90d"}, {}, None),
        ({"period": "90d"}, {"allowed_periods": ["7d"]}, "period_not_allowed"),
        ({"period": "7d"}, {"allowed_periods": ["7d"]}, None),
        ({"period": "30d"}, {"max_date_range_days": 7}, "period_not_allowed"),
        ({"date_from": "2020-01-01"}, {}, None),
        ({"date_from": "2020-01-01"}, {"max_date_range_days": 30}, "period_not_allowed"),
        ({"date_from": "2026-01-01", "date_to": "2026-01-31"}, {"max_date_range_days": 30}, None),
        ({"date_from": "2026-01-01", "date_to": "2026-02-01"}, {"max_date_range_days": 30}, "period_not_allowed"),
        ({"date_from": "2026-11-22T12:00:00Z"}, {"max_date_range_days": 1}, None),
        ({"date_from": "2026-11-22"}, {"allowed_periods": ["7d"]}, None),
        ({"date_from": "2026-11-17", "date_to": "2026-11-18"}, {"allowed_periods": ["7d"]}, None),
        ({"date_from": "2026-11-16T23:59:59Z"}, {"allowed_periods": ["7d"]}, "period_not_allowed"),
        ({"date_from": "2026-10-01", "date_to": "2026-11-01"}, {"allowed_periods": ["last_month"]}, None),
        (
            {"date_from": "2026-10-31", "date_to": "2026-11-02"},
            {"allowed_periods": ["last_month"]},
            "period_not_allowed",
        ),
        ({"date_from": "2026-11-20"}, {"allowed_periods": ["last_month", "yesterday"]}, "period_not_allowed"),
        ({"date_from": "2026-11-01", "date_to": "2026-12-01"}, {"allowed_periods": ["this_month"]}, None),
        ({"period": "this_month"}, {"allowed_periods": ["last_month"]}, "period_not_allowed"),
        ({"period": "this_month"}, {"max_date_range_days": 30}, "period_not_allowed"),
        ({"period": "this_year"}, {"max_date_range_days": 366}, None),
        ({"date_from": "2020-01-01", "date_to": "2020-01-02"}, {"allowed_periods": ["7d"]}, "period_not_allowed"),
        ({"date_from": "2026-11-16"}, {"allowed_periods": ["7d"], "max_date_range_days": 7}, "period_not_allowed"),
        ({"date_from": "2026-11-17"}, {"allowed_periods": ["7d"], "max_date_range_days": 7}, None),
        ({"date_from": "2026-11-10"}, {"allowed_periods": ["7d"], "max_date_range_days": 30}, "period_not_allowed"),
        ({"date_from": "2026-11-23T11:00:00Z"}, {"allowed_periods": ["1h"]}, None),
        ({"date_from": "2026-11-23T10:59:00Z"}, {"allowed_periods": ["1h"]}, "period_not_allowed"),
        (
            {"date_from": "2026-11-16", "timezone": "Pacific/Auckland"},
            {"allowed_periods": ["7d", "1h"]},
            "period_not_allowed",
        ),
        (
            {"date_from": "2026-10-24", "date_to": "2026-10-26", "timezone": "Europe/Berlin"},
            {"max_date_range_days": 2},
            None,
        ),
        ({"filters": {"dimensions": {"region": "eu"}}}, {}, None),
        ({"filters": {"dimensions": {"region": "eu"}}}, {"allowed_dimensions": ["model"]}, "filter_not_allowed"),
        ({"filters": {"dimensions": {"string_props.model": "x"}}}, {"allowed_dimensions": ["model"]}, None),
        ({"filters": {"dimensions": {"model": "x"}}}, {"allowed_dimensions": []}, "filter_not_allowed"),
        (by("tenant_id"), {}, "dimension_not_shown"),
        (by("tenant_id"), {"allowed_dimensions": ["tenant_id"]}, "dimension_not_shown"),
        (by("string_props.tenant_id"), {}, None),
        (by("user_id"), {}, None),
        (by("user_id"), {"hidden_widgets": ["w_3"]}, "dimension_not_shown"),
        (by("string_props.user_id"), {}, "dimension_not_shown"),
        (by("secret_tier"), {}, "dimension_not_shown"),
        (by("secret_tier"), {"allowed_dimensions": ["secret_tier"]}, "dimension_not_shown"),
        (by("region"), {"hidden_widgets": ["w_4"]}, "dimension_not_shown"),
        (by("model"), {"hidden_widgets": ["w_1", "w_2", "w_3", "w_4"]}, None),
        (by("plan"), {"locked_filters": {"plan": "pro"}}, "dimension_not_shown"),
        (by("string_props.plan"), {"locked_filters": {"plan": "pro"}}, "dimension_not_shown"),
        (by("plan"), {"locked_filters": {"string_props.plan": "pro"}}, "dimension_not_shown"),
        (
            by("plan"),
            {"locked_filters": {"plan": "pro"}, "allowed_dimensions": ["model", "plan"]},
            "dimension_not_shown",
        ),
        (between("latency_ms"), {}, None),
        (between("tokens"), {}, "dimension_not_shown"),
        (between("margin"), {}, "dimension_not_shown"),
        (between("margin"), {"allowed_dimensions": ["margin"]}, "dimension_not_shown"),
        (between("latency_ms"), {"allowed_dimensions": ["model"]}, "filter_not_allowed"),
        (between("latency_ms"), {"allowed_dimensions": ["latency_ms"]}, None),
        (between("seats"), {"locked_filters": {"seats": "5"}}, "dimension_not_shown"),
        (between("seats"), {"locked_filters": {"string_props.seats": "5"}}, "dimension_not_shown"),
    ],
)
def test_wishes_outside_the_permissions_are_refused(
    given: dict[str, Any], allowed: dict[str, Any], code: str | None
) -> None:
    assert refusal(given, **allowed) == code
