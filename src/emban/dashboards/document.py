"""The config of a dashboard: widgets on a 12-column grid, the filter bar, the theme. Checked whole, field by field.

Pydantic checks shapes; `check_config` checks what needs more than one field, above all that every query is one that the
compiler takes. A stored config has been through both, so whatever reads one may rely on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field, StringConstraints, ValidationError, field_serializer, field_validator

from emban.dashboards.layout import COLUMNS, Box, free_place
from emban.dashboards.markdown import TextBlock, read_markdown
from emban.dashboards.view_choice import WidgetId
from emban.dashboards.widget_queries import adds_up, query_problems, widget_spec
from emban.errors import EmbanError, FieldError, invalid, invalid_field
from emban.kit.ids import new_id
from emban.query.spec.query_spec import Dimension, QuerySpec
from emban.query.spec.schemas import DimensionName, Part, PropName, QueryIn, Value, ZoneName
from emban.query.time.span import PeriodName

MAX_WIDGETS = 50
MAX_CONFIG_BYTES = 1024 * 1024
MAX_ROWS = 1000
CHARTS: dict[str, tuple[str, ...]] = {
    "kpi": ("stat", "progress"),
    "timeseries": ("bar", "area", "line", "stacked_bar"),
    "breakdown": ("list", "horizontal_bar", "donut"),
    "table": ("table",),
    "text": ("text",),
    "heading": ("heading",),
}
Kind = Literal["kpi", "timeseries", "breakdown", "table", "text", "heading"]
Chart = Literal[
    "stat",
    "progress",
    "bar",
    "area",
    "line",
    "stacked_bar",
    "list",
    "horizontal_bar",
    "donut",
    "table",
    "text",
    "heading",
]
# Kinds that say something by themselves: no query, no figures.
UNASKED: tuple[Kind, ...] = ("text", "heading")
# Charts with an axis of values, across which a line can be drawn.
LINED: tuple[Chart, ...] = ("bar", "area", "line", "stacked_bar", "horizontal_bar")
MAX_TEXT = 10_000
MAX_COLOURED_PROPERTIES = 20
MAX_COLOURED_VALUES = 100
PALETTE_SIZE = 8
PaletteIndex = Annotated[int, Field(ge=0, lt=PALETTE_SIZE, strict=True)]
Colour = Annotated[str, StringConstraints(pattern=r"^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")]
USUAL_PERIODS: tuple[PeriodName, ...] = ("24h", "7d", "30d", "90d")
DEFAULT_SIZES = {
    "kpi": (3, 2),
    "timeseries": (6, 4),
    "breakdown": (6, 4),
    "table": (12, 5),
    "text": (6, 3),
    "heading": (12, 1),
}


class WidgetLayout(Part):
    """A box on the grid, in cells: `x` from the left (0 to 11), `y` from the top, width and height."""

    x: int = Field(ge=0, lt=COLUMNS)
    y: int = Field(ge=0, le=MAX_ROWS)
    w: int = Field(ge=1, le=COLUMNS)
    h: int = Field(ge=1, le=100)


class ReferenceLine(Part):
    """A line across a chart at one value: a goal to reach, or a threshold not to cross."""

    value: float = Field(allow_inf_nan=False)
    kind: Literal["goal", "threshold"] = "goal"
    label: str | None = Field(default=None, min_length=1, max_length=80, description="Default: the value.")


class PhoneLayout(Part):
    """How a widget stands on a screen that is one column wide."""

    order: int | None = Field(
        default=None, ge=0, le=999, description="Smaller ones first; widgets without one follow as on the grid."
    )
    hidden: bool = Field(
        default=False, description="Left out of narrow screens; its figures are answered all the same."
    )


class WidgetConfig(Part):
    """One query and one chart; or a text or a heading, which have neither.

    A heading begins a section of the dashboard, which lasts until the next heading.
    """

    id: WidgetId | None = Field(default=None, description="Unique in the dashboard; made by the server when left out.")
    title: str = Field(min_length=1, max_length=200)
    kind: Kind
    chart: Chart | None = Field(default=None, description="Default: the first chart of the kind.")
    query: QueryIn | None = Field(
        default=None,
        description="A structured query; its period and timezone give way to the viewer's. Required except for a text "
        "and a heading, which have none.",
    )
    text: str | None = Field(
        default=None, max_length=MAX_TEXT, description="What a text says: Markdown, in which HTML is only text."
    )
    layout: WidgetLayout | None = Field(default=None, description="Default: the first free place of a usual size.")
    unit: str | None = Field(default=None, max_length=16, description="Such as ms, s, bytes, USD, %, tokens.")
    format: Literal["number", "integer", "percent", "ratio", "duration", "bytes", "currency"] | None = Field(
        default=None, description="How figures are written, where the unit does not say it; `ratio` is 0 to 1."
    )
    target: float | None = Field(default=None, gt=0, allow_inf_nan=False, description="Target of a progress chart.")
    target_period: Literal["day", "week", "month", "year"] | None = Field(
        default=None,
        description="What the target is for: it is scaled to the window that is shown. Default: for any window. Only "
        "of figures that add up (count, sum).",
    )
    lines: list[ReferenceLine] | None = Field(
        default=None, max_length=4, description="Lines across a time series or horizontal bars."
    )
    phone: PhoneLayout | None = Field(default=None, description="Order and presence on narrow screens.")
    good: Literal["up", "down"] | None = Field(default=None, description="Which direction of change is welcome.")
    description: str | None = Field(default=None, max_length=1000)
    library_id: WidgetId | None = Field(
        default=None,
        description=(
            "The library's widget that this one was made from, by which the library knows where it is used. A remark: "
            "nothing follows from one that the environment's library does not have."
        ),
    )

    @property
    def asked(self) -> QueryIn:
        """The query of a checked widget that has figures."""
        assert self.query is not None  # noqa: S101 - a checked config has one for every kind that needs it
        return self.query

    @property
    def has_figures(self) -> bool:
        """Tell whether there is anything to ask: a text and a heading speak for themselves."""
        return self.kind not in UNASKED

    @cached_property
    def blocks(self) -> tuple[TextBlock, ...]:
        """The blocks of a text, none of any other kind; read once, as a config never changes."""
        return read_markdown(self.text or "")

    @cached_property
    def spec(self) -> QuerySpec:
        """The widget's question before a viewer's choice is laid over it; read once, as a config never changes."""
        return widget_spec(self.kind, self.asked)

    @field_serializer("query")
    def _as_given(self, query: QueryIn | None) -> dict[str, Any] | None:
        return None if query is None else query.model_dump(mode="json", exclude_unset=True, exclude_none=True)


class FilterBar(Part):
    """What a viewer may choose from."""

    periods: list[PeriodName] = Field(default_factory=lambda: list(USUAL_PERIODS), min_length=1, max_length=12)
    default_period: PeriodName | None = Field(default=None, description="One of periods; default 30d or the last one.")
    timezone: ZoneName | None = Field(default=None, description="IANA name; default UTC.")
    dimensions: list[DimensionName] = Field(
        default_factory=list, max_length=20, description="Dimensions with a drop-down."
    )
    numeric: list[PropName] | None = Field(
        default=None,
        max_length=20,
        description="Numeric properties that a viewer of an embed may filter by a range of; no others.",
    )


class Theme(Part):
    """Colours of the embed, as `#rgb` or `#rrggbb`; `mode` follows the reader's system unless it names one."""

    mode: Literal["auto", "light", "dark"] | None = None
    primaryColor: Colour | None = None  # noqa: N815 - the names of the embed's setTheme message
    backgroundColor: Colour | None = None  # noqa: N815
    cardBackground: Colour | None = None  # noqa: N815
    cardBorder: Colour | None = None  # noqa: N815
    textColor: Colour | None = None  # noqa: N815
    mutedColor: Colour | None = None  # noqa: N815


class DashboardConfig(Part):
    """The whole config. Everything has a default, so `{}` is an empty dashboard."""

    widgets: list[WidgetConfig] = Field(default_factory=list, max_length=MAX_WIDGETS)
    filters: FilterBar = Field(default_factory=FilterBar)
    theme: Theme = Field(default_factory=Theme)
    colours: dict[DimensionName, dict[Value, PaletteIndex]] = Field(
        default_factory=dict,
        max_length=MAX_COLOURED_PROPERTIES,
        description="Property to value to its place in the palette of 8 (0 to 7), the same in every chart. Publishing "
        "gives places to the values that have none.",
    )

    @field_validator("filters", "theme", "colours", mode="before")
    @classmethod
    def _null_is_default(cls, given: Any) -> Any:
        return {} if given is None else given

    @property
    def has_custom_theme(self) -> bool:
        """Tell whether any colour is set; light or dark alone is no custom theme."""
        return bool(self.theme.model_dump(exclude_none=True, exclude={"mode"}))

    def stored(self) -> dict[str, Any]:
        """Return the JSON document of this config, without the keys that were left out."""
        document = self.model_dump(mode="json", exclude_none=True)
        if not self.colours:
            del document["colours"]
        return document


def check_config(config: DashboardConfig, path: str = "config") -> DashboardConfig:
    """Return the config with ids, charts, places and the default period filled in; raises 400 naming each field."""
    if len(orjson.dumps(config.stored())) > MAX_CONFIG_BYTES:
        raise invalid_field(path, f"must be at most {MAX_CONFIG_BYTES} bytes as JSON")
    problems = _problems(config, path)
    if problems:
        raise invalid(*problems)
    completed = {
        "widgets": _completed(config),
        "filters": _with_default_period(config.filters),
        "colours": {Dimension.named(name).label: values for name, values in config.colours.items()},
    }
    return config.model_copy(update=completed)


def check_widgets(widgets: Sequence[WidgetConfig], path: str) -> list[WidgetConfig]:
    """Return widgets that are in no config, completed as in one; raises 400 naming fields such as `path[0].chart`."""
    try:
        return check_config(DashboardConfig(widgets=list(widgets)), path).widgets
    except EmbanError as error:
        within = f"{path}.widgets["
        fields = [
            FieldError(f"{path}[{one.path[len(within) :]}", one.message) if one.path.startswith(within) else one
            for one in error.fields
        ]
        raise invalid(*fields) from None


def read_config(document: Mapping[str, Any]) -> DashboardConfig:
    """Read a stored config. One that an older version wrote and this one refuses raises 400, naming each field."""
    try:
        return DashboardConfig.model_validate(document)
    except ValidationError as error:
        fields = [FieldError(f"config{_path(item['loc'])}", item["msg"]) for item in error.errors()]
        raise invalid(*fields) from error


def _path(location: tuple[str | int, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)


def _problems(config: DashboardConfig, path: str) -> list[FieldError]:
    problems: list[FieldError] = []
    seen: set[str] = set()
    for index, widget in enumerate(config.widgets):
        here = f"{path}.widgets[{index}]"
        if widget.id is not None and widget.id in seen:
            problems.append(FieldError(f"{here}.id", f"{widget.id!r} is used twice"))
        seen.add(widget.id or "")
        problems += _widget_problems(widget, here)
    bar = config.filters
    if bar.default_period is not None and bar.default_period not in bar.periods:
        problems.append(FieldError(f"{path}.filters.default_period", "is not one of periods"))
    if len(set(bar.periods)) != len(bar.periods):
        problems.append(FieldError(f"{path}.filters.periods", "names a period twice"))
    if len(set(map(Dimension.named, bar.dimensions))) != len(bar.dimensions):
        problems.append(FieldError(f"{path}.filters.dimensions", "names a dimension twice"))
    if len(set(bar.numeric or ())) != len(bar.numeric or ()):
        problems.append(FieldError(f"{path}.filters.numeric", "names a property twice"))
    problems += [
        FieldError(f"{path}.colours.{name}", f"has more than {MAX_COLOURED_VALUES} values")
        for name, values in config.colours.items()
        if len(values) > MAX_COLOURED_VALUES
    ]
    return problems


def _widget_problems(widget: WidgetConfig, path: str) -> list[FieldError]:
    problems = []
    charts = CHARTS[widget.kind]
    if widget.chart is not None and widget.chart not in charts:
        problems.append(FieldError(f"{path}.chart", f"a {widget.kind} has one of: {', '.join(charts)}"))
    if widget.layout is not None and widget.layout.x + widget.layout.w > COLUMNS:
        problems.append(FieldError(f"{path}.layout.w", f"x + w is more than {COLUMNS} columns"))
    if not widget.has_figures:
        return problems + _wordy_problems(widget, path)
    if widget.text is not None:
        problems.append(FieldError(f"{path}.text", f"belongs to a text, not to a {widget.kind}"))
    if widget.query is None:
        return [*problems, FieldError(f"{path}.query", f"is required: what does the {widget.kind} show?")]
    if widget.chart == "progress" and widget.query.series is not None:
        problems.append(FieldError(f"{path}.chart", "progress is of one figure, not of a series"))
    wrong = query_problems(widget.kind, widget.query, f"{path}.query")
    return problems + wrong + ([] if wrong else _marker_problems(widget, path))


def _wordy_problems(widget: WidgetConfig, path: str) -> list[FieldError]:
    """Return what is wrong with a text or a heading: words missing, or anything that only figures can have."""
    foreign = ("query", "unit", "format", "target", "target_period", "lines", "good")
    problems = [
        FieldError(f"{path}.{name}", f"a {widget.kind} has no figures")
        for name in foreign
        if getattr(widget, name) is not None
    ]
    if widget.kind == "text" and not (widget.text or "").strip():
        problems.append(FieldError(f"{path}.text", "is required: what does the text say?"))
    if widget.kind == "heading" and widget.text is not None:
        problems.append(FieldError(f"{path}.text", "belongs to a text; a heading has its title"))
    return problems


def _marker_problems(widget: WidgetConfig, path: str) -> list[FieldError]:
    """Return what is wrong with the target's period and the lines of a widget whose query is right."""
    problems = []
    chart = widget.chart or CHARTS[widget.kind][0]
    if widget.lines and chart not in LINED:
        problems.append(FieldError(f"{path}.lines", "belong to a time series or to horizontal bars"))
    if widget.target_period is None:
        return problems
    if widget.target is None:
        problems.append(FieldError(f"{path}.target_period", "needs a target"))
    elif not adds_up(widget.asked):
        problems.append(FieldError(f"{path}.target_period", "needs a figure that adds up over time: a count or a sum"))
    return problems


def _completed(config: DashboardConfig) -> list[WidgetConfig]:
    taken = [Box(box.x, box.y, box.w, box.h) for box in (widget.layout for widget in config.widgets) if box]
    completed = []
    for widget in config.widgets:
        given: dict[str, Any] = {}
        if widget.id is None:
            given["id"] = new_id("w")
        if widget.chart is None:
            given["chart"] = CHARTS[widget.kind][0]
        if widget.layout is None:
            box = free_place(*DEFAULT_SIZES[widget.kind], taken)
            taken.append(box)
            given["layout"] = WidgetLayout(x=box.x, y=box.y, w=box.w, h=box.h)
        completed.append(widget.model_copy(update=given))
    return completed


def _with_default_period(bar: FilterBar) -> FilterBar:
    if bar.default_period is not None:
        return bar
    return bar.model_copy(update={"default_period": "30d" if "30d" in bar.periods else bar.periods[-1]})
