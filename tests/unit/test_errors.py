"""The codes of errors: each is documented (see test_reference_pages), made somewhere, and asserted somewhere."""

from __future__ import annotations

from pathlib import Path

from emban.errors import CODES

ROOT = Path(__file__).parents[2]


def texts(folder: str, *, besides: str = "") -> str:
    """Return all Python of a folder."""
    return "\n".join(path.read_text() for path in (ROOT / folder).rglob("*.py") if path.name != besides)


def test_every_code_is_asserted_by_a_test() -> None:
    tests = texts("tests", besides=Path(__file__).name)
    assert [code for code in CODES if f'"{code}"' not in tests] == []


def test_every_code_has_a_status_that_clients_know_and_a_sentence() -> None:
    known = {400, 401, 402, 403, 404, 405, 408, 409, 413, 429, 431, 500, 503}
    assert {status for status, _ in CODES.values()} <= known, "422 is never answered"
    assert all(meaning.endswith(".") for _, meaning in CODES.values())
    limits = [code for code, (status, _) in CODES.items() if status == 402]
    assert all(code.endswith(("_limit", "_not_in_plan")) for code in limits)
