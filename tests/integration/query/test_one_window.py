"""Every figure of a page is of one window: figure, bars, groups, table and file are of the same events.

And so is what they are compared with, whatever the buckets are.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from emban.dashboards.document import WidgetConfig
from emban.dashboards.widget_queries import View, apply_view
from emban.query.answer.answers import Answer, Points, Table
from emban.query.service import QueryService
from emban.query.spec.validation import read_query
from emban.query.time.buckets import SIZES
from emban.store.client import EventStore
from emban.views.csv_export import export_csv
from emban.views.widget_answers import WidgetData
from tests.integration.query.conftest import fresh_asker
from tests.integration.query.test_paths import at_of, rolled_up
from tests.support import local_windows
from tests.support.moments import asked, edges, moments
from tests.support.reference import Event, Label, clock, label_of

MS = timedelta(milliseconds=1)
MODELS = ["", "a", "b", "other"]
CHARTS = [*SIZES, "auto"]
STEPS = {"minute": timedelta(minutes=1), "hour": timedelta(minutes=15)}
Window = local_windows.Pair


@dataclass(frozen=True)
class Page:
    """A page's widgets, which differ in their kinds and buckets alone, with their answers."""

    widgets: list[WidgetConfig]
    answers: dict[str, Answer]
    content: bytes

    def points(self, widget: str) -> Points:
        answer = self.answers[widget]
        assert isinstance(answer, Points)
        return answer

    def table(self) -> Table:
        answer = self.answers["table"]
        assert isinstance(answer, Table)
        return answer


def widgets_of(figure: Mapping[str, Any], compare: str) -> list[WidgetConfig]:
    """One widget of each kind, and a chart for each size of buckets."""
    metric = {name: value for name, value in figure.items() if name != "event_name"}
    table = {"event_name": figure["event_name"], "columns": ["model", metric], "limit": 1000}
    compared = {**figure, "compare": compare}
    queries = [
        ("kpi", "kpi", compared),
        ("groups", "breakdown", {**compared, "group_by": "model", "limit": 1, "other": True}),
        ("table", "table", table),
        *((size, "timeseries", {**compared, "granularity": size}) for size in CHARTS),
    ]
    return [
        WidgetConfig.model_validate({"id": name, "title": f"As {name}", "kind": kind, "query": query})
        for name, kind, query in queries
    ]


@st.composite
def some_events(draw: st.DrawFn, windows: Sequence[Window]) -> list[Event]:
    """Events beside the edges of the windows, and anywhere within."""
    at_edges = st.builds(lambda at, off: at + off, st.sampled_from([at for pair in windows for at in pair]), edges)
    within = st.builds(
        lambda pair, share: pair[0] + (pair[1] - pair[0]) // MS * share // 1000 * MS,
        st.sampled_from(windows),
        st.integers(0, 999),
    )
    one = st.builds(
        Event,
        tenant=st.sampled_from(["t1", "t2"]),
        name=st.sampled_from(["api.call", "user.login"]),
        at=st.one_of(at_edges, within),
        strings=st.sampled_from(MODELS).map(lambda model: {"model": model}),
        numbers=st.dictionaries(st.just("tokens"), st.integers(-40, 40).map(float)),
        ingested=st.sampled_from([at_of(0), at_of(1)]),
    )
    return draw(st.lists(one, min_size=1, max_size=30))


def total(figure: Mapping[str, Any], events: Iterable[Event]) -> float:
    """A count or a sum, as it adds up."""
    if figure["metric"] == "count":
        return sum(1 for _ in events)
    return sum(one.numbers.get("tokens", 0) for one in events)


def within(window: Window, events: Iterable[Event]) -> list[Event]:
    return [one for one in events if window[0] <= one.at < window[1]]


def labels(window: Window, size: str, timezone: str) -> list[Label]:
    """The buckets that a window touches, as the wall shows them."""
    step = STEPS.get(size, timedelta(hours=12))
    looked_at = [window[0] + count * step for count in range(-((window[0] - window[1]) // step))]
    return list(dict.fromkeys(label_of(at, size, clock(timezone)) for at in [*looked_at, window[1] - MS]))


@pytest.fixture(scope="module")
def asker_store(store: EventStore) -> EventStore:
    """The store, in a scope that hypothesis allows."""
    return store


async def answered(
    store: EventStore, events: list[Event], widgets: list[WidgetConfig], view: View, now: datetime, *, rolled: bool
) -> Page:
    """Answer the widgets as a page has them answered, and write its file."""
    ask = fresh_asker(store)
    await ask.insert(events)
    if rolled:  # The first batch, while the second one has come since.
        newest = max((one.at for one in events if one.ingested == at_of(0)), default=None)
        ask.watermark.rolled = await rolled_up(store, ask.scope(), 0, [], newest)
        ask.watermark.at = at_of(1)
    specs = [apply_view(widget.spec, view, now) for widget in widgets]
    found = await QueryService(store, ask.watermark).run(ask.scope("t1"), specs, now=now)
    answers: dict[str, Answer] = {}
    for widget, answer in zip(widgets, found.answers, strict=True):
        assert isinstance(answer, Points | Table), answer
        answers[str(widget.id)] = answer
    file = export_csv("Page", widgets, view, WidgetData({**answers}, None), now, whole=True)
    return Page(widgets, answers, file.content)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
async def test_all_widgets_add_up_to_the_same(asker_store: EventStore, data: st.DataObject) -> None:
    timezone, now = data.draw(moments())
    compare = data.draw(st.sampled_from(["previous_period", "previous_year"]))
    query = {"timezone": timezone, "compare": compare, **data.draw(asked(timezone, now))}
    window, before = local_windows.window_of(query, now), local_windows.window_before(query, now)
    events = data.draw(some_events([window, before]))
    figure = {
        "event_name": data.draw(st.sampled_from(["*", "api.call"])),
        **data.draw(st.sampled_from([{"metric": "count"}, {"metric": "sum", "prop": "tokens"}])),
    }
    span = read_query({**figure, **query}).span
    assert span is not None
    view = View(span=span, timezone=timezone)
    rolled = data.draw(st.booleans())
    page = await answered(asker_store, events, widgets_of(figure, compare), view, now, rolled=rolled)

    for answer in page.answers.values():
        event(f"{answer.meta.path} answered")

    counted = [one for one in events if one.tenant == "t1" and figure["event_name"] in {"*", one.name}]
    assert_one_window(page, window, before)
    assert_adds_up(page, total(figure, within(window, counted)))
    for name in CHARTS:
        assert_bucket_by_bucket(page, page.points(name), figure, counted, (window, before))


def assert_one_window(page: Page, window: Window, before: Window) -> None:
    for name, answer in page.answers.items():
        shown = answer.meta.window
        assert (instant(shown.from_), instant(shown.to)) == window, name
        if name != "table":
            assert answer.meta.previous_window
            assert (instant(answer.meta.previous_window.from_), instant(answer.meta.previous_window.to)) == before, name


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def assert_adds_up(page: Page, expected: float) -> None:
    """Hold the answers, and the file that is made of them, to what the figure is."""
    (kpi,) = page.points("kpi").points
    assert kpi.value == expected
    for name in ("groups", *CHARTS):
        assert sum(one.value or 0 for one in page.points(name).points) == expected, name
    assert sum(float(row[1] or 0) for row in page.table().rows) == expected
    in_file = columns_of(page)
    assert in_file.keys() == page.answers.keys()
    assert {name: sum(column) for name, column in in_file.items()} == dict.fromkeys(in_file, expected)


def columns_of(page: Page) -> dict[str, list[float]]:
    """Read the figures of each widget in the file, by its id; a cell without a figure is left out."""
    sections: list[list[list[str]]] = [[]]
    for row in csv.reader(io.StringIO(page.content.decode(), newline="")):
        if row:
            sections[-1].append(row)
        else:
            sections.append([])
    found = {}
    for widget, ((title,), head, *rows) in zip(page.widgets, sections[1:], strict=True):
        assert title == widget.title
        column = 1 if widget.kind == "table" else head.index(widget.title)
        found[str(widget.id)] = [float(row[column]) for row in rows if row[column]]
    return found


def assert_bucket_by_bucket(
    page: Page, chart: Points, figure: Mapping[str, Any], events: list[Event], windows: tuple[Window, Window]
) -> None:
    """Hold each bar, and the one it is compared with, to the events that the wall shows in them."""
    size, timezone = chart.meta.granularity, chart.meta.timezone
    now, before = (labels(window, size, timezone) for window in windows)
    by_label: list[dict[Label, list[Event]]] = [{}, {}]
    for found, window in zip(by_label, windows, strict=True):
        for one in within(window, events):
            found.setdefault(label_of(one.at, size, clock(timezone)), []).append(one)
    assert [one.value for one in chart.points] == [total(figure, by_label[0].get(label, ())) for label in now]
    expected = [total(figure, by_label[1].get(label, ())) for label in before]
    beside: list[float | None] = [*expected, *[None] * len(now)]
    assert [one.previous_value for one in chart.points] == beside[: len(now)]

    unpaired = chart.meta.previous_unpaired or 0
    assert unpaired == max(0, len(before) - len(now))
    (kpi,) = page.points("kpi").points
    paired = sum(one.previous_value or 0 for one in chart.points)
    assert kpi.previous_value == paired + sum(expected[len(before) - unpaired :])


async def test_days_that_have_none_beside_them_are_told(asker_store: EventStore) -> None:
    """February against January: three days of that are in the figure and in no bar."""
    january, february = instant("2026-01-01T12:00Z"), instant("2026-02-01T12:00Z")
    at = [january + timedelta(days=day) for day in range(31)] + [february + timedelta(days=day) for day in range(28)]
    events = [Event(tenant="t1", name="api.call", at=one) for one in at]
    now = instant("2026-03-10T09:00Z")
    span = read_query({"event_name": "*", "metric": "count", "period": "last_month"}).span
    assert span is not None
    widgets = widgets_of({"event_name": "*", "metric": "count"}, "previous_period")
    page = await answered(asker_store, events, widgets, View(span=span, timezone="UTC"), now, rolled=False)
    (kpi,) = page.points("kpi").points
    assert (kpi.value, kpi.previous_value) == (28, 31)
    chart = page.points("day")
    assert Counter(one.previous_value for one in chart.points) == {1: 28}
    assert chart.meta.previous_unpaired == 3
    assert not page.points("kpi").meta.previous_unpaired


LONGEST_LAST = [
    # Each in the part of the last bucket that is longer than the one before it.
    ("month", "UTC", ("2026-02-01", "2026-04-01"), "2026-03-31T12:00Z"),
    ("day", "Europe/Berlin", ("2026-10-19", "2026-10-26"), "2026-10-25T23:30+01:00"),
    ("week", "Europe/Berlin", ("2026-10-12", "2026-10-26"), "2026-10-25T23:30+01:00"),
]


@pytest.mark.parametrize("rolled", [False, True])
@pytest.mark.parametrize(("size", "timezone", "dates", "at"), LONGEST_LAST)
async def test_the_last_bucket_may_be_the_longest(
    asker_store: EventStore, size: str, timezone: str, dates: tuple[str, str], at: str, *, rolled: bool
) -> None:
    events = [Event(tenant="t1", name="api.call", at=instant(at), ingested=at_of(0))]
    figure = {"event_name": "*", "metric": "count"}
    span = read_query({**figure, "date_from": dates[0], "date_to": dates[1]}).span
    assert span is not None
    view, now = View(span=span, timezone=timezone), instant("2026-11-23T15:20Z")
    page = await answered(asker_store, events, widgets_of(figure, "previous_year"), view, now, rolled=rolled)
    assert [one.value for one in page.points(size).points][-2:] == [0, 1]
    assert_adds_up(page, 1)
