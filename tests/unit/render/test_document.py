"""What goes to the child: the API's answers as they are, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emban.query.answer.answers import Meta, Point, Points, Span
from emban.render.document import ChosenRange, ChosenValues
from emban.render.fonts import PACKAGES, SHIPPED, font_directories
from emban.views.widget_answers import WidgetFailure
from tests.support.documents import EVERY_CHART, document_of


def test_answers_are_encoded_as_the_api_encodes_them() -> None:
    window = Span("2026-11-21T00:00:00Z", "2026-11-27T12:30:00Z", "2026-11-21T00:00", "2026-11-27T12:30")
    meta = Meta(path="raw", ms=1.5, cached=False, as_of=None, window=window, granularity="none", timezone="UTC")
    answer = Points([Point(None, ("a",), 5, other=True)], meta)
    failure = WidgetFailure("too slow", "query_too_expensive")
    one, other = EVERY_CHART["stat"][0], EVERY_CHART["list"][0]
    made = json.loads(
        document_of(
            (one, answer),
            (other, failure),
            filters=(ChosenValues("model", ("a", "b")),),
            ranges=(ChosenRange("tokens", None, 5),),
        ).encoded()
    )
    assert made["answers"]["stat"]["points"] == [{"t": None, "group": ["a"], "value": 5, "other": True}]
    assert made["answers"]["stat"]["meta"]["window"]["from"] == "2026-11-21T00:00:00Z"
    assert made["answers"]["list"] == {"error": "too slow", "code": "query_too_expensive"}
    assert made["filters"] == [{"name": "model", "values": ["a", "b"]}]
    assert made["ranges"] == [{"name": "tokens", "min": None, "max": 5}]
    assert made["generated_at"] == "2026-11-27T12:30:00Z"


def test_fonts_come_from_the_package_the_extra_and_the_operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = font_directories(None)[1:]
    assert [path.name for path in extra] == [*PACKAGES]
    assert font_directories(tmp_path) == [SHIPPED, *extra, tmp_path]
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert font_directories(None) == [SHIPPED]
