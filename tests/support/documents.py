"""Documents to render without any store: widgets of every kind and chart, with answers as the API gives them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from emban.kit.rfc3339 import format_instant
from emban.render.document import RenderDocument

NOW = datetime(2026, 11, 27, 12, 30, tzinfo=UTC)
FIRST_DAY = datetime(2026, 11, 21, tzinfo=UTC)
DAYS = [FIRST_DAY + timedelta(days=nth) for nth in range(7)]
META: dict[str, Any] = {
    "path": "raw",
    "ms": 1.0,
    "cached": False,
    "as_of": format_instant(NOW),
    "granularity": "none",
    "timezone": "UTC",
    "window": {
        "from": format_instant(FIRST_DAY),
        "to": format_instant(NOW),
        "local_from": "2026-11-21T00:00",
        "local_to": "2026-11-27T12:30",
    },
}
MODELS = ("atlas-large", "atlas-mini", "vector-2")


def point(value: float | None, group: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    return {"t": None, "group": list(group), "value": value, **more}


def points(*all_points: dict[str, Any], granularity: str = "none", **meta: Any) -> dict[str, Any]:
    return {"points": list(all_points), "meta": {**META, "granularity": granularity, **meta}}


def days(figures: dict[str, list[float | None]], **meta: Any) -> dict[str, Any]:
    """Return an answer by day: figures by the value of the one dimension, "" for no dimension."""
    made = [
        {"t": format_instant(day), "local": day.date().isoformat(), "group": [name] if name else [], "value": value}
        for name, values in figures.items()
        for day, value in zip(DAYS, values, strict=True)
    ]
    return points(*made, granularity="day", **meta)


def table(columns: dict[str, str], rows: list[list[Any]]) -> dict[str, Any]:
    heads = [{"name": name, "type": kind} for name, kind in columns.items()]
    return {"columns": heads, "rows": rows, "meta": META}


def widget(widget_id: str, kind: str, chart: str, layout: tuple[int, int, int, int], **more: Any) -> dict[str, Any]:
    x, y, w, h = layout
    query = {"metric": "count", "group_by": [], **more.pop("query", {})}
    return {
        "id": widget_id,
        "title": more.pop("title", f"The {widget_id}"),
        "kind": kind,
        "chart": chart,
        "layout": {"x": x, "y": y, "w": w, "h": h},
        "query": query,
        **more,
    }


_BY_MODEL = {"group_by": ["model"]}
_RISING: list[float | None] = [120, 180, 90, 240, 310, 205, 88]
_BEFORE = {"window": META["window"], "compare": "previous_period"}
# Every chart that there is, with an answer for each.
EVERY_CHART: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "stat": (
        widget("stat", "kpi", "stat", (0, 0, 3, 2), good="up"),
        points(point(4321, previous_value=4000, delta_pct=8.025), **_BEFORE),
    ),
    "progress": (
        widget("progress", "kpi", "progress", (3, 0, 3, 2), unit="USD", target=900, query={"metric": "sum"}),
        points(point(450.5)),
    ),
    "figures": (
        widget(
            "figures",
            "kpi",
            "stat",
            (6, 0, 6, 2),
            query={"series": [{"name": "read", "title": "Read"}, {"name": "sent", "title": "Written"}]},
        ),
        points(point(1234, series="read"), point(77, series="sent")),
    ),
    "line": (
        widget("line", "timeseries", "line", (0, 2, 6, 4), query={**_BY_MODEL, "granularity": "day"}),
        days({name: [value and value * nth for value in _RISING] for nth, name in enumerate(MODELS, 1)}),
    ),
    "area": (
        widget("area", "timeseries", "area", (6, 2, 6, 4), query={"granularity": "day"}),
        days({"": [*_RISING[:3], None, *_RISING[4:]]}),
    ),
    "bar": (widget("bar", "timeseries", "bar", (0, 6, 4, 4), query={"granularity": "day"}), days({"": _RISING})),
    "stacked_bar": (
        widget("stacked_bar", "timeseries", "stacked_bar", (4, 6, 8, 4), query={**_BY_MODEL, "granularity": "day"}),
        days(dict.fromkeys(MODELS, _RISING)),
    ),
    "list": (
        widget("list", "breakdown", "list", (0, 10, 4, 4), query=_BY_MODEL),
        points(point(950, ("atlas-large",)), point(640, ("",)), point(120, ("",), other=True)),
    ),
    "horizontal_bar": (
        widget("horizontal_bar", "breakdown", "horizontal_bar", (4, 10, 4, 4), query=_BY_MODEL),
        points(*(point(value, (name,)) for name, value in zip(MODELS, (810, 322, 19), strict=True))),
    ),
    "donut": (
        widget("donut", "breakdown", "donut", (8, 10, 4, 4), query=_BY_MODEL),
        points(*(point(value, (name,)) for name, value in zip(MODELS, (700, 200, 100), strict=True))),
    ),
    "table": (
        widget("table", "table", "table", (0, 14, 12, 5)),
        table({"model": "string", "count": "integer"}, [[name, 1000 + nth] for nth, name in enumerate(MODELS)]),
    ),
}


def document_of(*parts: tuple[dict[str, Any], Any], **more: Any) -> RenderDocument:
    """Return a document of widgets with their answers."""
    base = RenderDocument(
        name="API usage",
        timezone="UTC",
        generated_at=NOW,
        as_of=format_instant(NOW),
        period="7d",
        widgets=tuple(one for one, _ in parts),
        answers={one["id"]: answer for one, answer in parts},
    )
    return replace(base, **more)


def every_chart(**more: Any) -> RenderDocument:
    return document_of(*EVERY_CHART.values(), **more)


def long_table(rows: int, *, widget_id: str = "long", y: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a table with so many rows, each with a name of its own."""
    cells = [[f"row-{nth:04d}", f"/v1/{nth % 7}", nth * 3] for nth in range(rows)]
    columns = {"name": "string", "path": "string", "count": "integer"}
    return widget(widget_id, "table", "table", (0, y, 12, 5)), table(columns, cells)


def heavy_document(tables: int = 6) -> RenderDocument:
    """Return a document that takes a quarter of a second and 30 MiB for each table, or more."""
    return document_of(*(long_table(1000, widget_id=f"long_{nth}", y=nth * 5) for nth in range(tables)))


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page, its lines joined by one space and its dashes and spaces made plain."""
    return [plain(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def plain(text: str) -> str:
    """Return a text with simple spaces, and hyphens without any around them for dashes between numbers and dates."""
    return re.sub(r"\s*\u2013\s*", "-", re.sub(r"\s+", " ", text)).strip()


def root_of(pdf: bytes) -> Any:
    """Return the catalogue of a file."""
    return PdfReader(io.BytesIO(pdf)).trailer["/Root"]


def metadata_of(pdf: bytes) -> str:
    """Return the XML in which a file says what it conforms to, empty for none."""
    root = root_of(pdf)
    return root["/Metadata"].get_object().get_data().decode() if "/Metadata" in root else ""


def alt_texts(pdf: bytes) -> list[str]:
    """Return what the pictures of a file say to people who do not see them, in the order of the document."""
    root = root_of(pdf)["/StructTreeRoot"]
    return [plain(str(node["/Alt"])) for node in structure(root) if "/Alt" in node]


def tags(pdf: bytes) -> list[str]:
    """Return the kinds of the elements of a file's structure, in the order of the document."""
    root = root_of(pdf)["/StructTreeRoot"]
    return [str(node["/S"]) for node in structure(root) if "/S" in node]


def structure(node: Any) -> Iterator[DictionaryObject]:
    node = node.get_object()
    if not isinstance(node, DictionaryObject):
        return
    yield node
    children = node.get("/K", [])
    children = children if isinstance(children, list) else [children]
    for child in children:
        yield from structure(child)
