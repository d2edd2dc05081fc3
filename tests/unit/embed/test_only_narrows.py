"""Whatever is added to a session's permissions, it can do nothing that it could not do without."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from emban.dashboards.document import DashboardConfig, check_config
from emban.dashboards.view_choice import ViewBody
from emban.dashboards.widget_queries import read_view
from emban.embed.permission_checks import (
    check_dimension,
    check_view,
    choose_widgets,
    list_dimensions,
    list_visible_widgets,
    may_be_shown,
)
from emban.embed.permissions import Permissions, PermissionsBody
from emban.errors import EmbanError
from emban.query.spec.query_spec import Dimension
from emban.query.time.span import PERIOD_DAYS

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NAMES = ["model", "plan", "user_id", "tenant_id", "event_name", "string_props.plan", "tokens"]
COUNT = {"event_name": "*", "metric": "count"}
WIDGETS = [f"w_{nth}" for nth in range(4)]
CONFIG = check_config(
    DashboardConfig.model_validate(
        {
            "widgets": [
                {"id": one, "title": one, "kind": "breakdown", "query": {**COUNT, "group_by": [group]}}
                for one, group in zip(WIDGETS, ["plan", "event_name", "tenant_id", "string_props.tokens"], strict=True)
            ],
            "filters": {
                "periods": ["24h", "7d"],
                "default_period": "7d",
                "dimensions": ["model", "user_id"],
                "numeric": ["tokens", "plan"],
            },
        }
    )
)

restrictions = st.fixed_dictionaries(
    {},
    optional={
        "allow_drill_down": st.just(False),
        "allow_export": st.just(False),
        "locked_filters": st.dictionaries(st.sampled_from(["model", "plan"]), st.sampled_from(["pro", "small"])),
        "allowed_dimensions": st.lists(st.sampled_from(NAMES), unique=True),
        "hidden_widgets": st.lists(st.sampled_from(WIDGETS), unique=True),
        "allowed_periods": st.lists(st.sampled_from(list(PERIOD_DAYS)), min_size=1, unique=True),
        "max_date_range_days": st.sampled_from([1, 7, 30]),
    },
)
spans = st.one_of(
    st.fixed_dictionaries({"period": st.sampled_from(list(PERIOD_DAYS))}),
    st.builds(
        lambda back, days: {
            "date_from": (NOW - timedelta(days=back)).date().isoformat(),
            "date_to": (NOW - timedelta(days=back - days)).date().isoformat(),
        },
        st.integers(0, 40),
        st.integers(1, 40),
    ),
)
wishes = st.builds(
    lambda span, names, props: {
        **span,
        "filters": {
            "dimensions": dict.fromkeys(names, "pro"),
            "numeric_ranges": {prop: {"min": 1} for prop in props},
        },
    },
    spans,
    st.lists(st.sampled_from(NAMES), max_size=2, unique=True),
    st.lists(st.sampled_from(["tokens", "plan", "cost"]), max_size=1),
)


def further(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Return what a session may do that is under both: permissions of which each is in force."""
    both = {**first, **second}
    for name in set(first) & set(second):
        one, other = first[name], second[name]
        if name == "hidden_widgets":
            both[name] = [*one, *other]
        elif name == "locked_filters":
            both[name] = {**one, **other}
        elif name == "max_date_range_days":
            both[name] = min(one, other)
        elif not name.startswith("allow_"):
            both[name] = [value for value in one if value in other]
    return both


def parsed(given_permissions: dict[str, Any]) -> Permissions | None:
    """Return permissions, None for those that nobody can mint."""
    try:
        return PermissionsBody.model_validate(given_permissions).parsed()
    except (EmbanError, ValueError):
        return None


def allows(permissions: Permissions, wish: dict[str, Any]) -> bool:
    view = read_view(ViewBody.model_validate(wish), default_period="7d", timezone=None)
    try:
        check_view(view, CONFIG, permissions, NOW)
    except EmbanError:
        return False
    return True


def drills(permissions: Permissions, dimension: Dimension) -> bool:
    try:
        check_dimension(dimension, CONFIG, permissions)
    except EmbanError:
        return False
    return permissions.allow_drill_down


def assert_named_on_the_page(permissions: Permissions, wish: dict[str, Any]) -> None:
    """Fail where a wish is granted that names what is locked or nowhere on the page."""
    locked = {Dimension.named(lock.prop) for lock in permissions.locks}
    groups = {one for widget in list_visible_widgets(CONFIG, permissions) for one in widget.spec.group_by}
    shown = {*groups, *map(Dimension.named, CONFIG.filters.dimensions)} - locked - {Dimension.named("tenant_id")}
    filters = wish["filters"]
    assert {Dimension.named(name) for name in filters["dimensions"]} <= shown
    assert set(filters["numeric_ranges"]) <= set(CONFIG.filters.numeric or ()) - {one.name for one in locked}


@settings(max_examples=1000, deadline=None)
@given(first=restrictions, second=restrictions, wish=wishes)
def test_a_further_restriction_allows_nothing_new(
    first: dict[str, Any], second: dict[str, Any], wish: dict[str, Any]
) -> None:
    wider, narrower = parsed(first), parsed(further(first, second))
    if wider is None or narrower is None:
        return
    assert allows(wider, wish) or not allows(narrower, wish)
    seen = [{str(one.id) for one in list_visible_widgets(CONFIG, permissions)} for permissions in (wider, narrower)]
    assert seen[1] <= seen[0]
    assert {str(one.id) for one in choose_widgets(CONFIG, narrower, None)} == seen[1]
    if allows(narrower, wish):
        assert_named_on_the_page(narrower, wish)
    bars = [set(list_dimensions(CONFIG.filters, permissions)) for permissions in (wider, narrower)]
    assert bars[1] <= bars[0]
    for dimension in map(Dimension.named, NAMES):
        assert may_be_shown(dimension, wider) or not may_be_shown(dimension, narrower)
        assert drills(wider, dimension) or not drills(narrower, dimension)
    assert {lock.prop for lock in wider.locks} <= {lock.prop for lock in narrower.locks}
