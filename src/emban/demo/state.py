"""What a demo has made so far, kept in its data directory, readable by its owner alone."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from emban.engines.data_dir import write_private
from emban.kit.rfc3339 import parse_instant

FILE = "demo.json"
# Where the demo's alert and report are sent: the SaaS's backend takes them and does nothing.
RECEIVER = "/demo/webhooks"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoState:
    """The demo's org: how to sign in, its admin key, its dashboard, an alert and a report about it.

    The events lead up to `anchor` and reach to `filled_until`, both RFC 3339; later starts add what came since.
    """

    email: str
    password: str
    api_key: str
    anchor: str
    filled_until: str | None = None
    dashboard_id: str | None = None
    alert_id: int | None = None
    report_id: int | None = None

    @property
    def anchored_at(self) -> datetime:
        """The anchor as an instant."""
        return parse_instant(self.anchor)


def read_state(data_dir: Path) -> DemoState | None:
    """Return the state, None where there is none that can be read."""
    try:
        return DemoState(**json.loads((data_dir / FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def write_state(data_dir: Path, state: DemoState) -> None:
    """Keep the state."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(data_dir / FILE, json.dumps(asdict(state)))
