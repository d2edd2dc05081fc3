"""The config of a dashboard: widgets on a 12-column grid, the filter bar, the theme. Checked whole, field by field.

Pydantic checks shapes; `check_config` checks what needs more than one field, above all that every query is one that the
compiler takes. A stored config has been through both, so whatever reads one may rely on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field, StringConstraints, ValidationError, field_serializer, field_validator

from emban.dashboards.layout import COLUMNS, Box, free_place
from emban.dashboards.view_choice import WidgetId
from emban.dashboards.widget_queries import query_problems, widget_spec
from emban.errors import FieldError, invalid, invalid_field
from emban.kit.ids import new_id
from emban.query.spec.query_spec import Dimension, QuerySpec
from emban.query.spec.schemas import DimensionName, Part, PropName, QueryIn, ZoneName
from emban.query.time.span import PeriodName

MAX_WIDGETS = 50
MAX_CONFIG_BYTES = 1024 * 1024
MAX_ROWS = 1000
CHARTS: dict[str, tuple[str, ...]] = {
    "kpi": ("stat", "progress"),
    "timeseries": ("bar", "area", "line", "stacked_bar"),
    "breakdown": ("list", "horizontal_bar", "donut"),
    "table": ("table",),
}
Kind = Literal["kpi", "timeseries", "breakdown", "table"]
Chart = Literal["stat", "progress", "bar", "area", "line", "stacked_bar", "list", "horizontal_bar", "donut", "table"]
Colour = Annotated[str, StringConstraints(pattern=r"^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")]
USUAL_PERIODS: tuple[PeriodName, ...] = ("24h", "7d", "30d", "90d")
DEFAULT_SIZES = {"kpi": (3, 2), "timeseries": (6, 4), "breakdown": (6, 4), "table": (12, 5)}


class WidgetLayout(Part):
    """A box on the grid, in cells: `x` from the left (0 to 11), `y` from the top, width and height."""

    x: int = Field(ge=0, lt=COLUMNS)
    y: int = Field(ge=0, le=MAX_ROWS)
    w: int = Field(ge=1, le=COLUMNS)
    h: int = Field(ge=1, le=100)


class WidgetConfig(Part):
    """One query and one chart."""

    id: WidgetId | None = Field(default=None, description="Unique in the dashboard; made by the server when left out.")
    title: str = Field(min_length=1, max_length=200)
    kind: Kind
    chart: Chart | None = Field(default=None, description="Default: the first chart of the kind.")
    query: QueryIn = Field(description="A structured query; its period and timezone give way to the viewer's.")
    layout: WidgetLayout | None = Field(default=None, description="Default: the first free place of a usual size.")
    unit: str | None = Field(default=None, max_length=16, description="Such as ms, s, bytes, USD, %, tokens.")
    format: Literal["number", "integer", "percent", "ratio", "duration", "bytes", "currency"] | None = Field(
        default=None, description="How figures are written, where the unit does not say it; `ratio` is 0 to 1."
    )
    target: float | None = Field(default=None, gt=0, allow_inf_nan=False, description="Target of a progress chart.")
    good: Literal["up", "down"] | None = Field(default=None, description="Which direction of change is welcome.")
    description: str | None = Field(default=None, max_length=1000)

    @cached_property
    def spec(self) -> QuerySpec:
        """The widget's question before a viewer's choice is laid over it; read once, as a config never changes."""
        return widget_spec(self.kind, self.query)

    @field_serializer("query")
    def _as_given(self, query: QueryIn) -> dict[str, Any]:
        return query.model_dump(mode="json", exclude_unset=True, exclude_none=True)


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

    @field_validator("filters", "theme", mode="before")
    @classmethod
    def _null_is_default(cls, given: Any) -> Any:
        return {} if given is None else given

    @property
    def has_custom_theme(self) -> bool:
        """Tell whether any colour is set; light or dark alone is no custom theme."""
        return bool(self.theme.model_dump(exclude_none=True, exclude={"mode"}))

    def stored(self) -> dict[str, Any]:
        """Return the JSON document of this config, without the keys that were left out."""
        return self.model_dump(mode="json", exclude_none=True)


def check_config(config: DashboardConfig, path: str = "config") -> DashboardConfig:
    """Return the config with ids, charts, places and the default period filled in; raises 400 naming each field."""
    if len(orjson.dumps(config.stored())) > MAX_CONFIG_BYTES:
        raise invalid_field(path, f"must be at most {MAX_CONFIG_BYTES} bytes as JSON")
    problems = _problems(config, path)
    if problems:
        raise invalid(*problems)
    return config.model_copy(update={"widgets": _completed(config), "filters": _with_default_period(config.filters)})


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
    return problems


def _widget_problems(widget: WidgetConfig, path: str) -> list[FieldError]:
    problems = []
    charts = CHARTS[widget.kind]
    if widget.chart is not None and widget.chart not in charts:
        problems.append(FieldError(f"{path}.chart", f"a {widget.kind} has one of: {', '.join(charts)}"))
    if widget.chart == "progress" and widget.query.series is not None:
        problems.append(FieldError(f"{path}.chart", "progress is of one figure, not of a series"))
    if widget.layout is not None and widget.layout.x + widget.layout.w > COLUMNS:
        problems.append(FieldError(f"{path}.layout.w", f"x + w is more than {COLUMNS} columns"))
    return problems + query_problems(widget.kind, widget.query, f"{path}.query")


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
