"""What the compiler selects is what the layout says, for every shape of a points read."""

from __future__ import annotations

import re
from typing import Any

import pytest

from emban.query.plan.planner import PointsRead
from emban.query.plan.row_layout import PointsRow, points_layout
from emban.query.sql.compiler import compile_read
from tests.unit.query.builders import planned

DAYS = {"granularity": "day"}
BY_MODEL = {"group_by": "model"}
SHAPES: dict[str, tuple[dict[str, Any], str]] = {
    "a figure": ({}, "v"),
    "a series": (DAYS, "b, v"),
    "a breakdown": (BY_MODEL, "g0, v"),
    "a breakdown by two": ({"group_by": ["model", "plan"]}, "g0, g1, v"),
    "a breakdown with the rest": ({**BY_MODEL, "other": True}, "k0, rest, v"),
    "a series for each group": ({**BY_MODEL, **DAYS}, "g0, rest, b, v, total"),
    "and for the rest": ({**BY_MODEL, **DAYS, "other": True}, "g0, rest, b, v, total"),
}


def selected(sql: str) -> list[str]:
    """Return the names of a statement's columns."""
    depth, columns, column = 0, [], ""
    for character in sql.removeprefix("SELECT "):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0 and column.endswith(" FROM"):
            break
        if depth == 0 and character == ",":
            columns.append(column)
            column = ""
        else:
            column += character
    columns.append(column.removesuffix(" FROM"))
    return [re.split(r" AS ", name.strip())[-1] for name in columns]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_compiler_selects_what_the_layout_says(shape: str) -> None:
    query, columns = SHAPES[shape]
    (read,) = planned({"event_name": "*", "metric": "count", "period": "7d", **query}).reads
    assert isinstance(read, PointsRead)
    names, layout = selected(compile_read(read).sql), points_layout(read)
    assert ", ".join(names) == columns
    named = {"rest": layout.rest, "b": layout.bucket, "v": layout.value, "total": layout.total}
    assert {name: index for name, index in named.items() if index is not None} == {
        name: index for index, name in enumerate(names) if name in named
    }
    assert layout.groups == sum(name[0] in "gk" for name in names)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_row_reads_back_as_it_was_written(shape: str) -> None:
    query, columns = SHAPES[shape]
    (read,) = planned({"event_name": "*", "metric": "count", "period": "7d", **query}).reads
    assert isinstance(read, PointsRead)
    layout = points_layout(read)
    row = PointsRow(
        group=("a", "b")[: layout.groups],
        rest=layout.rest is not None,
        bucket=None if layout.bucket is None else 3,
        value=7.5,
    )
    written = layout.write_row(row)
    assert len(written) == len(columns.split(", "))
    assert layout.read_row(written) == row
