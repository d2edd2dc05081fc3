"""Wiring of what Emban says on its own: deliveries, alerts, and what a worker process does."""

from __future__ import annotations

from collections.abc import Mapping

from emban.alerts.chart import AlertChart
from emban.alerts.composer import AlertComposer
from emban.alerts.due import LOOK_EVERY_S, AlertClock
from emban.alerts.evaluation import Evaluation
from emban.alerts.ingest_lag import IngestLag
from emban.alerts.messages import AlertMessages
from emban.alerts.preview import AlertPreview
from emban.alerts.service import Alerts
from emban.alerts.trial import AlertTrial
from emban.app.wiring.reports import wire_report_work
from emban.app.wiring.rooms import (
    AlertServices,
    DeliveryServices,
    Displays,
    JobServices,
    Queries,
    Stores,
    Wiring,
    WorkerServices,
)
from emban.delivery.attempt_log import DeliveryLog
from emban.delivery.channels import MailChannel, WebhookChannel
from emban.delivery.messages import Composer, MessageObserver
from emban.delivery.outbound.client import OutboundHttp
from emban.delivery.outbox import Outbox
from emban.delivery.record import AttemptRecord
from emban.delivery.sender import MessageSender
from emban.delivery.service import Delivery
from emban.delivery.upkeep import REMOVE_EVERY_S, REQUEUE_EVERY_S, DeliveryUpkeep
from emban.delivery.webhook_secrets import WebhookSecrets
from emban.http.base_url import configured_base_url
from emban.jobs.kinds import DELIVER, EVALUATE_ALERTS
from emban.mail.sender import Mailer
from emban.query.service import QueryService
from emban.settings import Settings


def wire_composers(stores: Stores, queries: Queries, displays: Displays) -> dict[str, Composer]:
    """Make what puts messages together, one for each source of them."""
    background = QueryService(queries.scheduler, queries.watermarks)
    chart = AlertChart(stores.database, background, displays.renderer)
    return {"alert": AlertComposer(stores.database, chart)}


def wire_deliveries(
    settings: Settings,
    stores: Stores,
    jobs: JobServices,
    mailer: Mailer,
    outbound: OutboundHttp,
    *,
    composers: Mapping[str, Composer],
    observers: Mapping[str, MessageObserver],
) -> DeliveryServices:
    """Make what sends messages; each source of them brings its composer, and may want to hear what came of them."""
    outbox = Outbox(settings, jobs.queue)
    secrets = WebhookSecrets(stores.database, settings)
    sender = MessageSender(WebhookChannel(outbound), MailChannel(mailer), composers)
    record = AttemptRecord(settings, jobs.queue, observers, jobs.counts)
    delivery = Delivery(stores.database, outbox, secrets, sender, record)
    return DeliveryServices(outbound, outbox, secrets, delivery, DeliveryLog(stores.database))


def wire_alerts(settings: Settings, stores: Stores, queries: Queries, deliveries: DeliveryServices) -> AlertServices:
    """Make what the routes of alerts need."""
    alerts = Alerts(stores.database, deliveries.outbound)
    return AlertServices(
        alerts=alerts,
        preview=AlertPreview(stores.database, alerts, queries.service),
        trial=AlertTrial(stores.database, queries.service, deliveries.delivery, configured_base_url(settings)),
    )


def wire_worker(wiring: Wiring) -> WorkerServices:
    """Make what a worker process does beside what every process has."""
    settings, database = wiring.settings, wiring.stores.database
    evaluation = Evaluation(
        database,
        QueryService(wiring.queries.scheduler, wiring.queries.watermarks),
        IngestLag(database),
        AlertMessages(wiring.deliveries.outbox, configured_base_url(settings)),
        interval_s=settings.alert_interval_s,
    )
    clock = AlertClock(database, wiring.jobs.queue)
    messages = DeliveryUpkeep(database, wiring.jobs.queue)
    reports = wire_report_work(
        settings,
        database,
        wiring.jobs.queue,
        wiring.deliveries.outbox,
        store=wiring.queries.scheduler,
        renderer=wiring.displays.renderer,
    )
    return WorkerServices(
        handlers={
            DELIVER.name: wiring.deliveries.delivery.run,
            EVALUATE_ALERTS.name: evaluation.run,
            **reports.handlers,
        },
        chores=(
            ("alert clock", clock.tick, LOOK_EVERY_S),
            ("forgotten messages", messages.requeue_forgotten, REQUEUE_EVERY_S),
            ("old messages", messages.sweep, REMOVE_EVERY_S),
            *reports.chores,
        ),
    )
