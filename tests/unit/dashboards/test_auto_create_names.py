"""A first dashboard from properties of whatever names: its queries are about the properties that were found."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from emban.dashboards.discovery.auto_create import compose
from emban.dashboards.document import DashboardConfig, check_config
from emban.query.spec.query_spec import COLUMNS, METRIC_NAMES, Dimension
from tests.unit.dashboards.test_auto_create import NOW, dimension, findings, measure

RESERVED = (
    *METRIC_NAMES,
    *COLUMNS,
    *(f"{metric}(tokens)" for metric in METRIC_NAMES),
    *("org_id", "environment", "t", "group", "value", "other", "time", "metric", "prop", "null", "None", "constructor"),
    *(
        "string_props.",
        "string_props",
        "numeric_props.x",
        "x",
        "a.b.c",
        "größe",
        "ключ",
        "名前",
        "a'b",
        'a"b',
        "a b",
        "a\nb",
    ),
)
plain = st.one_of(st.sampled_from(RESERVED), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
names = st.one_of(plain, plain.map(lambda name: f"string_props.{name}")).filter(lambda name: 1 <= len(name) <= 64)


@settings(max_examples=400, deadline=None)
@given(strings=st.lists(names, min_size=1, max_size=6, unique=True), numbers=st.lists(names, max_size=4, unique=True))
def test_any_names_make_a_dashboard_of_those_properties(strings: list[str], numbers: list[str]) -> None:
    found = findings(
        dimensions=tuple(dimension(name, 4) for name in strings),
        measures=tuple(measure(name, 1, 500) for name in numbers),
    )
    config = check_config(DashboardConfig.model_validate(compose(found, NOW)))
    known = {*map(Dimension, strings), Dimension("event_name", "event_name")}
    named = {one for widget in config.widgets for one in widget.spec.group_by}
    assert named <= known
    assert {Dimension.named(label) for label in config.filters.dimensions} <= known
    assert {metric.prop for widget in config.widgets for metric in widget.spec.metrics} <= {None, *numbers}
    for widget in config.widgets:
        if widget.spec.table is not None:
            assert len(set(widget.spec.table.labels)) == len(widget.spec.table.labels)


@given(name=names)
def test_a_label_reads_back_as_the_property(name: str) -> None:
    assert Dimension.named(Dimension(name).label) == Dimension(name)
