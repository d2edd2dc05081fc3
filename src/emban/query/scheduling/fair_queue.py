"""Whose statement runs next: a queue that is fair among orgs, and within an org among its tenants.

Pure bookkeeping, without a clock of its own and without waiting; see `query.scheduling.scheduler`. What somebody has
used fades: by half in 42 seconds, so that its sum is about what was used in the last minute.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from emban.scope import Scope, Tenant

MEMORY_S = 60.0
FORGET_AT = 1000
# Seconds of the engine in about the last minute up to which nobody is heavy; each doubling is a level more.
LIGHT_S = 2.0
# Who ran so recently will be back soon: a browser asks again, or for the next widget.
RECENTLY_S = 1.0
# Below this, nothing of a use is left that would matter.
_FORGOTTEN_S = 0.001

Ticket = TypeVar("Ticket", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Flow:
    """Whose work it is: a tenant of an org, or the org itself where all tenants are asked for together."""

    org_id: str
    tenant: str | None

    @classmethod
    def of(cls, scope: Scope) -> Flow:
        """Return whose work the reads of a scope are."""
        return cls(scope.org_id, scope.tenant.id if isinstance(scope.tenant, Tenant) else None)


@dataclass(slots=True)
class EngineUse:
    """Seconds of the engine that fade, and how many statements run just now."""

    seconds: float = 0.0
    at: float = 0.0
    running: int = 0

    def faded(self, now: float) -> float:
        """Return what is left of the seconds."""
        return self.seconds * math.exp(-max(0.0, now - self.at) / MEMORY_S)

    def add(self, seconds: float, now: float) -> None:
        """Add seconds that were used."""
        self.seconds, self.at = self.faded(now) + seconds, now


@dataclass(slots=True)
class FairQueue(Generic[Ticket]):
    """Slots for `slots` statements, of which no org and no tenant has more than `share` at a time.

    While somebody runs, and for a moment after, those that are heavier have a quarter of the slots together.
    """

    slots: int
    share: int
    running: int = 0
    # Who runs, or did until a moment ago.
    _present: set[Flow] = field(default_factory=set)
    _orgs: dict[str, EngineUse] = field(default_factory=dict)
    _flows: dict[Flow, EngineUse] = field(default_factory=dict)
    _forget_at: int = FORGET_AT
    _waiting: dict[str, dict[Flow, OrderedDict[Ticket, None]]] = field(default_factory=dict)

    def join(self, flow: Flow, ticket: Ticket) -> None:
        """Wait for a slot."""
        self._waiting.setdefault(flow.org_id, {}).setdefault(flow, OrderedDict())[ticket] = None

    def leave(self, flow: Flow, ticket: Ticket) -> None:
        """Wait no longer."""
        flows = self._waiting.get(flow.org_id, {})
        tickets = flows.get(flow)
        if tickets is not None:
            tickets.pop(ticket, None)
            if not tickets:
                del flows[flow]
        if not flows:
            self._waiting.pop(flow.org_id, None)

    def next(self, now: float) -> tuple[Flow, Ticket] | None:
        """Give the next slot away, if there is one: to the org that used least, and in it to the tenant."""
        if self.running >= self.slots:
            return None
        present = self._levels(now)
        orgs = [org for org in self._waiting if self._org(org).running < self.share]
        for org in sorted(orgs, key=lambda one: self._order(self._org(one), now)):
            flows = [flow for flow in self._waiting[org] if self._may_run(flow, present, now)]
            if not flows:
                continue
            flow = min(flows, key=lambda one: self._order(self._flow(one), now))
            ticket = next(iter(self._waiting[org][flow]))
            self.leave(flow, ticket)
            self.running += 1
            self._present.add(flow)
            for use in self._uses(flow):
                use.running += 1
            return flow, ticket
        return None

    def done(self, flow: Flow, seconds: float, now: float) -> None:
        """Take a slot back, which was used for so long."""
        self.running -= 1
        for use in self._uses(flow):
            use.running -= 1
            use.add(seconds, now)
        self._forget(now)

    def used(self, flow: Flow, now: float) -> tuple[float, float]:
        """Return the seconds that a tenant and its org used in about the last minute."""
        return self._flow(flow).faded(now), self._org(flow.org_id).faded(now)

    def level(self, flow: Flow, now: float) -> int:
        """Return how heavy a tenant has been recently: 1 up to `LIGHT_S`, one more for each doubling."""
        used = self._flow(flow).faded(now)
        return 1 if used <= LIGHT_S else 2 + int(math.log2(used / LIGHT_S))

    def lighter_wait(self, flow: Flow, now: float) -> tuple[bool, bool]:
        """Tell whether a tenant waits that used less, of whichever org, and whether an org does that used less."""
        own, own_org = self.used(flow, now)
        orgs = any(org != flow.org_id and self._org(org).faded(now) < own_org for org in self._waiting)
        flows = (other for waiting in self._waiting.values() for other in waiting if other != flow)
        return any(self._flow(other).faded(now) < own for other in flows), orgs

    def _levels(self, now: float) -> list[tuple[int, int]]:
        """Return (level, statements that run) of everybody who is present."""
        uses = [(flow, self._flow(flow)) for flow in self._present]
        self._present = {flow for flow, use in uses if use.running or now - use.at < RECENTLY_S}
        return [(self.level(flow, now), self._flow(flow).running) for flow in self._present]

    def _may_run(self, flow: Flow, present: Sequence[tuple[int, int]], now: float) -> bool:
        """Tell whether a tenant may have one more slot, if there is one."""
        if self._flow(flow).running >= self.share:
            return False
        level = self.level(flow, now)
        if all(other >= level for other, _ in present):
            return True
        return sum(running for other, running in present if other >= level) < max(1, self.slots // 4)

    @staticmethod
    def _order(use: EngineUse, now: float) -> tuple[float, int]:
        # What runs has not been counted yet; without it, whoever comes first would take slots in a row.
        return use.faded(now) + use.running * 0.05, use.running

    def _uses(self, flow: Flow) -> Iterator[EngineUse]:
        yield self._org(flow.org_id)
        yield self._flow(flow)

    def _org(self, org_id: str) -> EngineUse:
        return self._orgs.setdefault(org_id, EngineUse())

    def _flow(self, flow: Flow) -> EngineUse:
        return self._flows.setdefault(flow, EngineUse())

    def _forget(self, now: float) -> None:
        """Forget who has not used anything for long, each time there are twice as many."""
        if len(self._flows) < self._forget_at:
            return
        self._flows = {flow: use for flow, use in self._flows.items() if use.faded(now) > _FORGOTTEN_S or use.running}
        self._forget_at = max(FORGET_AT, 2 * len(self._flows))
        self._orgs = {org: use for org, use in self._orgs.items() if use.faded(now) > _FORGOTTEN_S or use.running}
