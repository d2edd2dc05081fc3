"""What analysts write, with the answers over `ROWS`. Each has to go on working, whatever is refused beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# tenant, event, day of March 2026 and hour, user, plan, amount.
ROWS: tuple[tuple[str, str, str, str, str, float], ...] = (
    ("acme", "signup", "2026-03-01 08:00:00", "ada", "free", 0.0),
    ("acme", "login", "2026-03-01 09:00:00", "ada", "free", 0.0),
    ("acme", "purchase", "2026-03-02 10:00:00", "ada", "pro", 20.0),
    ("acme", "login", "2026-03-03 09:30:00", "bob", "pro", 0.0),
    ("acme", "purchase", "2026-03-03 11:00:00", "bob", "pro", 30.5),
    ("globex", "signup", "2026-03-02 07:00:00", "cy", "free", 0.0),
    ("globex", "login", "2026-03-04 07:00:00", "cy", "free", 0.0),
    ("globex", "purchase", "2026-04-05 07:00:00", "cy", "pro", 10.0),
)

Case = tuple[str, list[list[Any]], list[Any] | None]


def cases() -> list[Case]:
    """Return statements with their rows, and the row of WITH TOTALS where there is one."""
    lines = Path(__file__).with_name("analyst.jsonl").read_text().splitlines()
    return [(item["sql"], item["rows"], item.get("totals")) for item in map(json.loads, lines)]
