"""What a viewer may choose: period or dates, timezone, filters. Shared by the console's and the embed's routes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema, model_validator

MAX_VALUES = 200
MAX_DIMENSIONS = 20
PropName = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Period = Literal["1h", "24h", "7d", "30d", "90d"]


def _as_list(given: Any) -> Any:
    if isinstance(given, str):
        return [given]
    if isinstance(given, list):
        return given
    raise ValueError("must be a string or a list of strings")


# One value or several of a dimension, always read as a list.
Values = Annotated[
    list[Annotated[str, StringConstraints(max_length=1024)]],
    BeforeValidator(_as_list),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
FilterValues = Annotated[Values, Field(min_length=1, max_length=MAX_VALUES)]


class Part(BaseModel):
    """A part of a body: unknown keys are refused and nothing is converted from another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class NumericRange(Part):
    """An inclusive range of a measure; at least one end."""

    min: float | None = Field(default=None, allow_inf_nan=False)
    max: float | None = Field(default=None, allow_inf_nan=False)

    @model_validator(mode="after")
    def _has_an_end(self) -> NumericRange:
        if self.min is None and self.max is None:
            raise ValueError("needs min, max or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is greater than max")
        return self


class ViewFilters(Part):
    """Filters on top of every widget's own; they can only narrow."""

    dimensions: dict[PropName, FilterValues] = Field(
        default_factory=dict, max_length=MAX_DIMENSIONS, description="Dimension to a value or a list of values."
    )
    numeric_ranges: dict[PropName, NumericRange] = Field(
        default_factory=dict, max_length=MAX_DIMENSIONS, description="Measure to `{min, max}`."
    )


class ViewBody(Part):
    """What a viewer chose. Without `period` and dates, the dashboard's default period."""

    period: Period | None = Field(default=None, description="A preset that ends now.")
    date_from: str | None = Field(default=None, max_length=40, description="RFC 3339 instant or date; inclusive.")
    date_to: str | None = Field(default=None, max_length=40, description="RFC 3339 instant or date; exclusive.")
    timezone: str | None = Field(default=None, max_length=64, description="IANA name; default the dashboard's.")
    filters: ViewFilters = Field(default_factory=ViewFilters)
    widgets: list[Annotated[str, StringConstraints(min_length=1, max_length=64)]] | None = Field(
        default=None, min_length=1, max_length=200, description="Ids of the wanted widgets; default all."
    )
    reload: bool = Field(default=False, description="Ask the store even if a recent answer is at hand.")

    @model_validator(mode="after")
    def _one_way_to_say_when(self) -> ViewBody:
        if self.period is not None and (self.date_from is not None or self.date_to is not None):
            raise ValueError("give either period or date_from and date_to")
        if (self.date_from is None) != (self.date_to is None):
            raise ValueError("date_from and date_to belong together")
        return self
