"""What a viewer may choose: period or dates, timezone, filters. Shared by the console's and the embed's routes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from emban.http.body import Body
from emban.query.spec.schemas import DayOrInstant, FiltersIn, ZoneName
from emban.query.time.span import PeriodName

WidgetId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class ChoiceBody(Body):
    """What a viewer chose. Without `period` and dates, the dashboard's default period."""

    period: PeriodName | None = Field(default=None, description="A stretch that ends now.")
    date_from: DayOrInstant | None = Field(default=None, description="First instant, or first local day.")
    date_to: DayOrInstant | None = Field(
        default=None, description="First instant, or first local day, that is outside; now if left out."
    )
    timezone: ZoneName | None = Field(default=None, description="IANA name; default the dashboard's, then UTC.")
    filters: FiltersIn = Field(default_factory=FiltersIn, description="On top of every widget's own; they narrow.")


class ViewBody(ChoiceBody):
    """A choice, and the widgets that are to be answered."""

    widgets: list[WidgetId] | None = Field(
        default=None, min_length=1, max_length=200, description="Ids of the wanted widgets; default all."
    )
    reload: bool = Field(default=False, strict=True, description="Ask the store even if a recent answer is at hand.")


class ExportChoice(ChoiceBody):
    """A choice, and the file that its figures are wanted in."""

    format: Literal["csv", "png", "pdf"] = Field(
        description="`csv`, `png` (one picture, twice a screen's pixels) or `pdf` (pages of A4)."
    )
    bom: bool = Field(
        default=False,
        strict=True,
        description="Puts a byte order mark in front of a csv, by which Excel knows that it is UTF-8.",
    )
    locale: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,35}$")] = Field(
        default="en", description="BCP 47: how a png or a pdf writes numbers and dates. A csv has plain digits."
    )
