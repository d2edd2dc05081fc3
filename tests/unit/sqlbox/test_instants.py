"""Texts become times where the engine asks for one, and nowhere else."""

from __future__ import annotations

import pytest

from emban.sqlbox.instants import with_times
from emban.store.adhoc import AdhocError

ISO = "2026-11-01T00:00:00.000Z"
SQL = f"SELECT count() FROM emban.events WHERE timestamp < '{ISO}' AND user_id != 'x'"


def mismatch(text: str, wanted: str = "DateTime64(3, 'UTC')") -> AdhocError:
    return AdhocError(53, f"Code: 53. DB::Exception: Cannot convert string '{text}' to type {wanted}. (TYPE_MISMATCH)")


def test_the_text_that_the_engine_names_becomes_a_time() -> None:
    made = with_times(SQL, mismatch(ISO))
    assert made == SQL.replace(f"'{ISO}'", f"toDateTime64('{ISO}', 3, 'UTC')")
    assert with_times(made, mismatch(ISO)) is None


@pytest.mark.parametrize(
    ("text", "digits"),
    [("2026-11-01T00:00Z", 3), ("2026-11-01T00:00:00+02:00", 3), ("2026-11-01T00:00:00.000500Z", 6)],
)
def test_other_forms_of_the_same(text: str, digits: int) -> None:
    made = with_times(f"SELECT 1 WHERE t = '{text}'", mismatch(text, "Date"))
    assert made == f"SELECT 1 WHERE t = toDateTime64('{text}', {digits}, 'UTC')"


@pytest.mark.parametrize(
    "error",
    [
        mismatch("yesterday"),
        mismatch(ISO, "UInt8"),
        mismatch("2026-11-02T00:00:00.000Z"),
        AdhocError(53, "Code: 53. DB::Exception: Type mismatch"),
        AdhocError(43, f"Cannot convert string '{ISO}' to type DateTime"),
    ],
)
def test_any_other_error_stays(error: AdhocError) -> None:
    assert with_times(SQL, error) is None
