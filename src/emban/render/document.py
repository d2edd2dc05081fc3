"""What a render is made of: a dashboard's widgets and answers, and the choice that they were answered for.

A document holds everything, so that whoever draws it needs no store, no session and no network, and the same document
gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True)
class ChosenValues:
    """A filter as it was chosen: a dimension's name and the values that it was held to."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChosenRange:
    """A range that a numeric property was held to; None where it is open."""

    name: str
    min: float | None
    max: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderDocument:
    """A dashboard to be drawn. `web/apps/render/src/document.ts` has the same fields.

    `widgets` are as a browser gets them (`PageWidgetOut` as a dict, with a layout), `answers` by widget id what
    `/v1/dashboards/{id}/data` says: anything that msgspec encodes to that. `generated_at` is also the file's date.
    """

    name: str
    timezone: str
    generated_at: datetime
    as_of: str | None
    widgets: tuple[Mapping[str, Any], ...]
    answers: Mapping[str, Any]
    period: str | None = None
    locale: str = "en"
    tenant: str | None = None
    filters: tuple[ChosenValues, ...] = ()
    ranges: tuple[ChosenRange, ...] = ()
    theme: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """Return the document as JSON."""
        return _ENCODER.encode(self)


_ENCODER = msgspec.json.Encoder()
