"""Every service of a process, made and wired to the others.

Nothing is started here; `emban.app.lifespan` does that, and ends it in the opposite order.
"""

from __future__ import annotations

from emban.app.wiring.base import wire_access, wire_control_plane, wire_displays, wire_events, wire_queries, wire_stores
from emban.app.wiring.reports import ReportServices, wire_reports
from emban.app.wiring.rooms import (
    AlertServices,
    ControlPlane,
    CredentialServices,
    DeliveryServices,
    Displays,
    EventServices,
    JobServices,
    Queries,
    Stores,
    Wiring,
    WorkerServices,
)
from emban.app.wiring.rules import wire_alerts, wire_composers, wire_deliveries, wire_worker
from emban.delivery.outbound.client import OutboundHttp
from emban.jobs.queue import JobQueue
from emban.jobs.run_counts import RunCounts
from emban.jobs.status import QueueWatch
from emban.mail.sender import Mailer
from emban.settings import Settings

__all__ = [
    "AlertServices",
    "ControlPlane",
    "CredentialServices",
    "DeliveryServices",
    "Displays",
    "EventServices",
    "JobServices",
    "Queries",
    "ReportServices",
    "Stores",
    "Wiring",
    "WorkerServices",
    "wire",
    "wire_access",
    "wire_alerts",
    "wire_composers",
    "wire_control_plane",
    "wire_deliveries",
    "wire_displays",
    "wire_events",
    "wire_queries",
    "wire_reports",
    "wire_stores",
    "wire_worker",
]


def wire(settings: Settings) -> Wiring:
    """Make every service. Opens no connection."""
    stores = wire_stores(settings)
    events = wire_events(settings, stores)
    access = wire_access(settings, stores)
    queries = wire_queries(settings, stores, access)
    jobs = JobServices(JobQueue(), QueueWatch(stores.database), RunCounts(stores.database))
    mailer = Mailer(settings)
    displays = wire_displays(settings, stores, events, access, queries)
    outbound = OutboundHttp(settings.webhook_allowed)
    reports = wire_reports(settings, stores.database, jobs.queue, outbound)
    composers = {**wire_composers(stores, queries, displays), "report": reports.composer}
    observers = {"report": reports.outcomes}
    deliveries = wire_deliveries(settings, stores, jobs, mailer, outbound, composers=composers, observers=observers)
    return Wiring(
        settings=settings,
        stores=stores,
        events=events,
        access=access,
        control_plane=wire_control_plane(settings, stores, events, access, mailer),
        queries=queries,
        displays=displays,
        jobs=jobs,
        deliveries=deliveries,
        alerts=wire_alerts(settings, stores, queries, deliveries),
        reports=reports,
    )
