"""A dashboard's figures as one CSV file: a title, a header and the rows of each widget, an empty line between them.

RFC 4180, UTF-8, CRLF. Figures are written in plain digits; every other cell is text from somebody and goes through
`safe_cell`. Nothing here asks a store: the figures are those that were answered for the screen.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from emban.dashboards.column_heads import series_titles, table_heads
from emban.dashboards.document import WidgetConfig
from emban.dashboards.widget_queries import View
from emban.kit.csv_cells import plain_digits, safe_cell
from emban.kit.rfc3339 import format_instant
from emban.query.answer.answers import Number, Point, Points, Table
from emban.query.time.span import Period
from emban.views.export_file import Export, export_name, safe_file_name
from emban.views.widget_answers import WidgetData, WidgetFailure

Cell = str | Number | None


def export_csv(
    name: str,
    widgets: Sequence[WidgetConfig],
    view: View,
    data: WidgetData,
    now: datetime,
    *,
    whole: bool,
    bom: bool = False,
) -> Export:
    """Return the file of these widgets' answers; of a whole dashboard it begins with the name and what was chosen.

    `bom` puts a byte order mark in front, without which Excel takes UTF-8 for something else.
    Some milliseconds for 1,000 rows, of which there may be 100,000: call it in a thread.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    if whole:
        writer.writerows(_safe(row) for row in _preamble(name, view, data))
    for index, widget in enumerate(widgets):
        if whole or index:
            writer.writerow(())
        writer.writerow([safe_cell(widget.title)])
        writer.writerows(_safe(row) for row in _rows(widget, view, data))
    title = name if whole else widgets[0].title
    content = text.getvalue().encode("utf-8-sig" if bom else "utf-8")
    return Export(export_name(title, now), "csv", content)


def export_csv_zip(
    name: str, widgets: Sequence[WidgetConfig], view: View, data: WidgetData, now: datetime, *, bom: bool = False
) -> Export:
    """Return an archive with a CSV file of each widget, numbered as the dashboard has them; the same cells as one file.

    The same figures give the same bytes: the files in it are dated by `now`.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, widget in enumerate(widgets, 1):
            one = export_csv(name, [widget], view, data, now, whole=False, bom=bom)
            member = zipfile.ZipInfo(f"{number:02d} {safe_file_name(widget.title)}.csv", now.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, one.content)
    return Export(export_name(name, now), "zip", packed.getvalue())


def _preamble(name: str, view: View, data: WidgetData) -> Iterable[list[Cell]]:
    yield [name]
    if isinstance(view.span, Period):
        yield ["period", view.span.name]
    else:
        yield ["date_from", _moment(view.span.start)]
        yield ["date_to", data.as_of if view.span.end is None else _moment(view.span.end)]
    yield ["timezone", view.timezone]
    yield ["as_of", data.as_of]
    for chosen in view.dimensions:
        yield ["filter", chosen.dimension.label, *chosen.values]
    for limits in view.ranges:
        yield ["range", limits.prop, limits.low, limits.high]


def _moment(at: date | datetime) -> str:
    return format_instant(at) if isinstance(at, datetime) else at.isoformat()


def _rows(widget: WidgetConfig, view: View, data: WidgetData) -> Iterable[Sequence[Cell]]:
    answer = data.widgets[str(widget.id)]
    if isinstance(answer, WidgetFailure):
        return [["error"], [answer.error]]
    if isinstance(answer, Table):
        table = widget.spec.table
        return [table_heads(table) if table else [], *answer.rows]
    return _points(answer, widget, view)


def _points(answer: Points, widget: WidgetConfig, view: View) -> Iterable[Sequence[Cell]]:
    spec = widget.spec
    timed = answer.meta.granularity != "none"
    local = timed and view.timezone != "UTC"
    header: list[Cell] = ["time"] if timed else []
    header += ["local_time"] if local else []
    header += [dimension.label for dimension in spec.group_by]
    header += ["row"] if spec.group_by else []
    titles = series_titles(widget.query)
    header += ["figure"] if titles else []
    yield [*header, widget.title, *(("previous_value", "delta_pct") if spec.compare else ())]
    for point in answer.points:
        row: list[Cell] = [point.t] if timed else []
        row += [point.local if isinstance(point.local, str) else None] if local else []
        row += _group(point)
        row += [titles[str(point.series)]] if titles else []
        row.append(point.value)
        if spec.compare:
            row += [_given(point.previous_value), _given(point.delta_pct)]
        yield row


def _group(point: Point) -> list[Cell]:
    """Return a group's values and what kind of row it is: "Other" and "(none)" are values that events may have."""
    if not point.group:
        return []
    if point.other is True:
        return [*("" for _ in point.group), "other"]
    return [*point.group, "value" if any(point.group) else "none"]


def _given(value: Any) -> Number | None:
    return value if isinstance(value, int | float) else None


def _safe(row: Iterable[Cell]) -> list[str]:
    return [safe_cell(cell) if isinstance(cell, str) else "" if cell is None else plain_digits(cell) for cell in row]
