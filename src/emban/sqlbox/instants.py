"""Times in the form in which Emban writes them, compared with a column that is a time.

The engine reads `'2026-11-01T00:00:00.000Z'` in every conversion, but not in a comparison; no setting of it changes
that. Whether such a text is compared with a time or with a text only the engine knows: so it is made a time where the
engine says that it wanted one.
"""

from __future__ import annotations

import re

from emban.store.adhoc import AdhocError

TYPE_MISMATCH = 53
_WANTED_A_TIME = re.compile(
    r"Cannot convert string '(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.(\d{1,6}))?)?(?:Z|[+-]\d\d:?\d\d)?)' to type Date"
)


def with_times(canonical: str, error: AdhocError) -> str | None:
    """Return the statement with the text that the engine could not compare as a time; None for any other error."""
    found = _WANTED_A_TIME.search(error.text) if error.code == TYPE_MISMATCH else None
    if found is None:
        return None
    literal, digits = f"'{found[1]}'", len(found[2] or "")
    time = f"toDateTime64({literal}, {max(3, digits)}, 'UTC')"
    return None if time in canonical or literal not in canonical else canonical.replace(literal, time)
