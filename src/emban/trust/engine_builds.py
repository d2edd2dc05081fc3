"""Which engine answers, which start of it, and whether its build is one that the isolation suite has passed on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import msgspec

from emban.store.client import EventStore
from emban.store.policies import START_MACRO

# Builds that tests/isolation has passed on. The same version of a server is another build: add one here after it has.
KNOWN_BUILDS = frozenset({"chdb 26.9.2.1"})
# Seconds by which the start of a server, computed from its uptime, differs from one look to the next.
_ROUNDING_S = 2
_QUESTION = f"""
SELECT version(), toString(serverUUID()), toInt64(toUnixTimestamp(now())) - toInt64(uptime()),
  (SELECT groupArray(substitution) FROM system.macros WHERE macro = '{START_MACRO}')
"""


class IsolationProbeError(Exception):
    """The engine is not shown to keep orgs apart; the text says what is in the way, and names no org."""


@dataclass(frozen=True, slots=True)
class EngineIdentity:
    """One start of one engine. `start` is '' for a server, which does not look at the engine that a read names."""

    build: str
    start: str
    server_uuid: str
    started_at_s: int

    def is_same(self, other: EngineIdentity) -> bool:
        """Tell whether both are one start of one engine."""
        if self.start or other.start:
            return self.start == other.start
        is_near = abs(self.started_at_s - other.started_at_s) <= _ROUNDING_S
        return (self.build, self.server_uuid) == (other.build, other.server_uuid) and is_near


def check_build(identity: EngineIdentity, known: Collection[str]) -> None:
    """Raise `IsolationProbeError` for a build that is not among the known ones."""
    if identity.build not in known:
        raise IsolationProbeError(
            f"the isolation suite has not passed on the engine build {identity.build!r}; see docs/operations/engines.md"
        )


async def read_identity(store: EventStore) -> EngineIdentity:
    """Ask the engine who it is. Raises as `EventStore.fetch` does."""
    raw = await store.fetch(_QUESTION, output_format="JSONCompactEachRow", output_format_json_quote_64bit_integers=0)
    version, server_uuid, started_at_s, starts = msgspec.json.decode(raw)
    start = str(starts[0]) if starts else ""
    return EngineIdentity(f"chdb {version}" if start else str(version), start, str(server_uuid), int(started_at_s))
