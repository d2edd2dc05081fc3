"""Places in the palette: kept, shared evenly, and apart from one property to the next."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from emban.dashboards.document import PALETTE_SIZE
from emban.dashboards.value_colours import with_places

_VALUES = st.lists(st.text(min_size=1, max_size=4), unique=True, max_size=20)
_COLOURS = st.dictionaries(
    st.sampled_from(["model", "plan", "region"]),
    st.dictionaries(st.text(min_size=1, max_size=4), st.integers(0, PALETTE_SIZE - 1), min_size=1, max_size=20),
)
_FOUND = st.dictionaries(st.sampled_from(["model", "plan", "region", "status"]), _VALUES)


@given(_COLOURS, _FOUND)
def test_a_place_that_was_given_stays(colours: dict[str, dict[str, int]], found: dict[str, list[str]]) -> None:
    placed = with_places(colours, found)
    for name, values in colours.items():
        assert values.items() <= placed[name].items()
    assert all(value in placed[name] for name, values in found.items() for value in values)
    assert with_places(placed, found) == placed


@given(_VALUES)
def test_no_place_is_used_twice_before_all_are(values: list[str]) -> None:
    places = list(with_places({}, {"model": values}).get("model", {}).values())
    assert len(set(places[:PALETTE_SIZE])) == min(len(values), PALETTE_SIZE)
    assert all(places.count(one) - places.count(other) <= 1 for one in places for other in range(PALETTE_SIZE))


def test_a_second_property_begins_elsewhere() -> None:
    placed = with_places({}, {"model": ["a", "b"], "plan": ["a", "b"]})
    assert placed == {"model": {"a": 0, "b": 1}, "plan": {"a": 3, "b": 4}}
