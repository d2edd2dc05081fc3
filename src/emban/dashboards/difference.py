"""What is different between two states of a dashboard: draft and snapshot, or the draft before and after a save."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# The parts of a config that are compared as a whole.
PARTS = ("filters", "theme")


def diff_widgets(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the ids of widgets that `new` adds, removes and changes, each in the order of its config."""
    before = {widget["id"]: widget for widget in old.get("widgets", ())}
    after = {widget["id"]: widget for widget in new.get("widgets", ())}
    return {
        "added": [one for one in after if one not in before],
        "removed": [one for one in before if one not in after],
        "changed": [one for one in after if one in before and after[one] != before[one]],
    }


def diff_parts(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return which of `PARTS` are different."""
    return [part for part in PARTS if old.get(part) != new.get(part)]
