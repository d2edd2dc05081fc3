"""Permissions of an embed: strict to parse, narrowing only, and quiet about their locks."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from emban.embed.permissions import Permissions, PermissionsBody, from_document
from emban.errors import EmbanError
from emban.query.time.span import PERIOD_DAYS
from emban.scope import Lock

FULL: dict[str, Any] = {
    "allow_drill_down": False,
    "allow_export": False,
    "locked_filters": {"plan": "pro", "region": ["us", "eu", "us"]},
    "hidden_widgets": ["w_internal", "w_internal"],
    "allowed_dimensions": ["model"],
    "allowed_periods": ["30d", "7d"],
    "max_date_range_days": 30,
}


def parse(**given: Any) -> Permissions:
    return PermissionsBody.model_validate(given).parsed()


def test_everything_at_once() -> None:
    permissions = parse(**FULL)
    assert permissions == Permissions(
        allow_drill_down=False,
        allow_export=False,
        locks=(Lock("plan", ("pro",)), Lock("region", ("eu", "us"))),
        allowed_dimensions=("model",),
        hidden_widgets=("w_internal",),
        allowed_periods=("7d", "30d"),
        max_date_range_days=30,
    )
    assert not permissions.are_defaults
    assert from_document(permissions.stored()) == permissions


# One restriction for each field of the body, by the field's name; a field without one fails the test below.
ONE_OF_EACH: dict[str, Any] = {**FULL, "allowed_periods": ["7d"], "hidden_widgets": ["w_1"]}


def test_every_field_that_a_body_may_have_survives_being_stored() -> None:
    """A permission that is parsed or stored as its default restricts nothing: each field has to come back as itself."""
    assert set(ONE_OF_EACH) == set(PermissionsBody.model_fields)
    restricted = set()
    for name, value in ONE_OF_EACH.items():
        permissions = parse(**{name: value})
        changed = {one.name for one in fields(Permissions) if getattr(permissions, one.name) != one.default}
        assert len(changed) == 1, f"{name} restricts {changed or 'nothing'}"
        restricted |= changed
        stored = permissions.stored()
        assert set(stored) == set(PermissionsBody.model_fields)
        assert from_document(json.loads(json.dumps(stored))) == permissions
    assert restricted == {one.name for one in fields(Permissions)}, "a permission that no body can set"


names = st.sampled_from(["plan", "region", "model", "team"])
values = st.lists(st.sampled_from(["pro", "free", "eu", "a b"]), min_size=1, max_size=3)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "allow_drill_down": st.booleans(),
            "allow_export": st.booleans(),
            "locked_filters": st.dictionaries(names, values, max_size=3),
            "allowed_dimensions": st.one_of(st.none(), st.lists(names, max_size=4)),
            "hidden_widgets": st.lists(st.sampled_from(["w_1", "w_2", "w_3"]), max_size=4),
            "allowed_periods": st.one_of(st.none(), st.lists(st.sampled_from(list(PERIOD_DAYS)), min_size=1)),
            "max_date_range_days": st.sampled_from([0, 90, 365]),
        },
    )
)
def test_what_is_stored_is_what_was_parsed(given_: dict[str, Any]) -> None:
    permissions = parse(**given_)
    assert from_document(json.loads(json.dumps(permissions.stored()))) == permissions


def test_what_the_browser_may_read_holds_no_lock() -> None:
    shown = repr(parse(**FULL).public())
    assert "pro" not in shown
    assert "plan" not in shown
    assert "lock" not in shown
    assert "w_internal" not in shown


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"allow_drill_down": True, "allow_export": True},
        {"locked_filters": {}, "hidden_widgets": [], "allowed_dimensions": None},
        {"allowed_periods": None, "max_date_range_days": 0},
        dict.fromkeys(PermissionsBody.model_fields),
    ],
)
def test_defaults_however_they_are_written(given: dict[str, Any]) -> None:
    assert parse(**given).are_defaults


@pytest.mark.parametrize(
    "given",
    [
        {"locked_filter": {"plan": "pro"}},
        {"tenant_id": "x"},
        {"locked_filters": []},
        {"locked_filters": {"plan": ""}},
        {"locked_filters": {"plan": "  "}},
        {"locked_filters": {"plan": None}},
        {"locked_filters": {"plan": []}},
        {"locked_filters": {"plan": {}}},
        {"locked_filters": {"plan": [None]}},
        {"locked_filters": {"plan": ["pro", ""]}},
        {"locked_filters": {"plan": "*"}},
        {"locked_filters": {"plan": ["pro", " * "]}},
        {"locked_filters": {"plan": "%"}},
        {"locked_filters": {"plan": 5}},
        {"locked_filters": {"plan": True}},
        {"locked_filters": {"plan": ["x"] * 101}},
        {"locked_filters": {"plan": "x" * 1025}},
        {"locked_filters": {"": "pro"}},
        {"locked_filters": {"x" * 65: "pro"}},
        {"locked_filters": {"tenant_id": "customer_2"}},
        {"locked_filters": {f"d{i}": "x" for i in range(17)}},
        {"allow_drill_down": "yes"},
        {"allow_drill_down": 1},
        {"allow_export": "no"},
        {"allow_export": 0},
        {"hidden_widgets": "w_1"},
        {"hidden_widgets": [""]},
        {"allowed_dimensions": "model"},
        {"allowed_dimensions": [7]},
        {"allowed_periods": []},
        {"allowed_periods": ["2d"]},
        {"allowed_periods": "7d"},
        {"max_date_range_days": -1},
        {"max_date_range_days": 1.5},
        {"max_date_range_days": "30"},
        {"max_date_range_days": True},
    ],
)
def test_anything_else_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PermissionsBody.model_validate(given)


@pytest.mark.parametrize(
    "given",
    [
        {"allowed_periods": ["30d", "90d"], "max_date_range_days": 7},
        {"locked_filters": {f"d{i}": ["y" * 1000] for i in range(16)}},
    ],
)
def test_permissions_that_leave_nothing_or_do_not_fit_a_token_are_a_400(given: dict[str, Any]) -> None:
    with pytest.raises(EmbanError) as caught:
        parse(**given)
    assert caught.value.status == 400
    assert caught.value.fields[0].path.startswith("permissions")


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ({}, list(PERIOD_DAYS)),
        ({"allowed_periods": ["90d", "1h"]}, ["1h", "90d"]),
        ({"max_date_range_days": 7}, ["1h", "24h", "today", "yesterday", "7d", "this_week", "last_week"]),
        ({"max_date_range_days": 1}, ["1h", "24h", "today", "yesterday"]),
        ({"allowed_periods": ["7d", "30d"], "max_date_range_days": 7}, ["7d"]),
    ],
)
def test_periods_intersect(given: dict[str, Any], allowed: list[str]) -> None:
    permissions = parse(**given)
    assert [period for period in PERIOD_DAYS if permissions.allows_period(period)] == allowed
