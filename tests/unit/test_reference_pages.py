"""The reference pages say what the code says."""

from __future__ import annotations

import pytest
from tools.reference import FOLDER, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_the_code_would_write_it(name: str) -> None:
    assert (FOLDER / name).read_text() == PAGES[name](), "run: make generate"
