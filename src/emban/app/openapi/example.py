"""What an example is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Example:
    """What a route takes and answers; None where it takes no body or answers none."""

    request: Any = None
    response: Any = None
