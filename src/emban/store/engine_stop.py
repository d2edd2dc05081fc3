"""The embedded engine's own error code for a statement because of which it had to end itself.

ClickHouse's codes are far below. The process is brought back at once; see docs/decisions/0021-adhoc-lane.md.
"""

from __future__ import annotations

ENDED_THE_ENGINE = 90_001
