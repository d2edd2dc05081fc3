"""Files of figures: names, archives."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import cast

import pytest

from emban.dashboards.document import WidgetConfig
from emban.dashboards.widget_queries import View
from emban.query.answer.answers import Meta, Point, Points, Span
from emban.query.time.span import Period
from emban.render.renderer import Renderer
from emban.views.csv_export import export_csv, export_csv_zip
from emban.views.export_file import MEDIA_TYPES, Export, file_response, safe_file_name
from emban.views.export_formats import ExportContent, FileFormat, render_export
from emban.views.widget_answers import WidgetData, WidgetFailure

NOW = datetime(2026, 11, 27, 12, 30, tzinfo=UTC)
VIEW = View(span=Period("7d"), timezone="UTC")
TITLES = ("=1+1", "Calls / day", "Calls / day", "...")


def widgets() -> list[WidgetConfig]:
    query = {"event_name": "*", "metric": "count"}
    return [
        WidgetConfig.model_validate({"id": f"w{nth}", "title": title, "kind": "kpi", "chart": "stat", "query": query})
        for nth, title in enumerate(TITLES)
    ]


def data() -> WidgetData:
    window = Span("2026-11-21T00:00:00Z", "2026-11-27T12:30:00Z", "2026-11-21T00:00", "2026-11-27T12:30")
    meta = Meta(path="raw", ms=1.0, cached=False, as_of=None, window=window, granularity="none", timezone="UTC")
    answers: dict[str, Points | WidgetFailure] = {f"w{nth}": Points([Point(None, (), nth)], meta) for nth in range(3)}
    return WidgetData({**answers, "w3": WidgetFailure("too slow", "query_too_expensive")}, "2026-11-27T12:30:00Z")


def test_an_archive_has_a_file_of_the_same_cells_for_each_widget() -> None:
    made = export_csv_zip("Usage", widgets(), VIEW, data(), NOW)
    assert (made.file_name, made.media_type) == ("Usage 2026-11-27.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["01 =1+1.csv", "02 Calls - day.csv", "03 Calls - day.csv", "04 dashboard.csv"]
        for name, widget in zip(archive.namelist(), widgets(), strict=True):
            alone = export_csv("Usage", [widget], VIEW, data(), NOW, whole=False).content
            assert archive.read(name) == alone
        assert archive.read("01 =1+1.csv") == b"'=1+1\r\n'=1+1\r\n0\r\n"
        assert archive.read("04 dashboard.csv") == b"...\r\nerror\r\ntoo slow\r\n"
    assert made.content == export_csv_zip("Usage", widgets(), VIEW, data(), NOW).content


@pytest.mark.parametrize(("file_format", "extension"), [("csv", "csv"), ("csv_zip", "zip")])
async def test_figures_alone_need_no_renderer(file_format: FileFormat, extension: str) -> None:
    content = ExportContent(org_id="o", name="Usage", widgets=widgets(), view=VIEW, data=data(), now=NOW)
    made = await render_export(cast("Renderer", None), file_format, content)
    assert (made.extension, made.name) == (extension, "Usage 2026-11-27")
    if file_format == "csv":
        assert made == export_csv("Usage", widgets(), VIEW, data(), NOW, whole=True)
    else:
        assert made == export_csv_zip("Usage", widgets(), VIEW, data(), NOW)


@pytest.mark.parametrize("extension", ["csv", "zip", "png", "pdf"])
def test_a_download_says_what_it_is(extension: str) -> None:
    made = Export('Ünïcode/..\\"\u202e; 100%', extension, b"x")  # type: ignore[arg-type]
    response = file_response(made)
    assert response.headers["content-type"] == MEDIA_TYPES[made.extension]
    disposition = response.headers["content-disposition"]
    assert f'filename="n-code-100.{extension}"' in disposition
    assert disposition.endswith(f"filename*=UTF-8''%C3%9Cn%C3%AFcode-..-%20100.{extension}")


@pytest.mark.parametrize(
    ("name", "safe"), [("a/b\\c:d", "a-b-c-d"), ("..", "dashboard"), ("", "dashboard"), ("x" * 500, "x" * 91)]
)
def test_names_are_only_names(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe
