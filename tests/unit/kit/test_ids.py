"""Identifiers: shape, order, uniqueness."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from emban.kit.ids import is_id, new_id, uuid7_int


def test_an_id_names_its_kind_and_has_26_characters() -> None:
    identity = new_id("dash")
    assert is_id(identity, "dash")
    assert len(identity) == len("dash_") + 26


def test_ids_do_not_repeat() -> None:
    assert len({new_id("es") for _ in range(10_000)}) == 10_000


@given(st.integers(0, 2**48 - 2))
def test_a_later_id_sorts_after_an_earlier_one(now_ms: int) -> None:
    assert uuid7_int(now_ms) < uuid7_int(now_ms + 1)


@given(st.integers(0, 2**48 - 1))
def test_version_and_variant_are_those_of_rfc_9562(now_ms: int) -> None:
    value = uuid7_int(now_ms)
    assert value >> 80 == now_ms
    assert value >> 76 & 0xF == 7
    assert value >> 62 & 0b11 == 0b10


def test_other_text_is_no_id() -> None:
    good = new_id("org")
    for text in ("", "org_", good[:-1], good + "0", good.upper(), good.replace("org", "usr"), good[:-1] + "u"):
        assert not is_id(text, "org")
