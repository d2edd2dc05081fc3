"""The grid: a free place, and overlapping boxes moved apart."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from emban.dashboards.layout import COLUMNS, Box, apart, free_place

BOXES = st.builds(
    lambda x, y, w, h: Box(min(x, COLUMNS - w), y, w, h),
    st.integers(0, 11),
    st.integers(0, 20),
    st.integers(1, 12),
    st.integers(1, 6),
)


@given(st.lists(BOXES, max_size=12))
def test_boxes_that_are_moved_apart_do_not_overlap_and_keep_size_and_column(boxes: list[Box]) -> None:
    moved = apart(boxes)
    assert not any(one.overlaps(other) for one, other in combinations(moved, 2))
    assert [(box.x, box.w, box.h) for box in moved] == [(box.x, box.w, box.h) for box in boxes]
    assert all(after.y >= before.y for before, after in zip(boxes, moved, strict=True))


@given(st.lists(BOXES, max_size=12))
def test_what_does_not_overlap_stays(boxes: list[Box]) -> None:
    once = apart(boxes)
    assert apart(once) == once


@given(st.lists(BOXES, max_size=12), st.integers(1, 12), st.integers(1, 6))
def test_a_free_place_is_free(boxes: list[Box], w: int, h: int) -> None:
    place = free_place(w, h, boxes)
    assert (place.w, place.h) == (w, h)
    assert 0 <= place.x <= COLUMNS - w
    assert not any(place.overlaps(box) for box in boxes)
