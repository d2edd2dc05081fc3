"""The queue's status as figures for Prometheus: read from PostgreSQL, so they are those of all workers everywhere."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from emban.jobs.status import QueueStatus

# Attempts are counted beside runs of jobs, by their channel.
DELIVERIES = "deliver."


class QueueFigures(Collector):
    """Gives one status to Prometheus' library. No label names an org."""

    def __init__(self, status: QueueStatus) -> None:
        self._status = status

    def collect(self) -> Iterator[Metric]:
        """Yield the figures."""
        status = self._status
        jobs = GaugeMetricFamily("emban_jobs", "Jobs in the queue.", labels=("kind", "state"))
        for kind in status.kinds:
            for state in ("due", "scheduled", "running", "failed"):
                jobs.add_metric((kind.kind, state), getattr(kind, state))
        yield jobs
        runs = CounterMetricFamily("emban_job_runs", "Jobs that ended, by how.", labels=("kind", "outcome"))
        sent = CounterMetricFamily("emban_deliveries", "Attempts to deliver messages.", labels=("channel", "outcome"))
        for name, outcome, count in status.runs:
            if name.startswith(DELIVERIES):
                sent.add_metric((name.removeprefix(DELIVERIES), outcome), count)
            else:
                runs.add_metric((name, outcome), count)
        yield from (runs, sent)
        for name, text, value in (
            ("emban_jobs_oldest_due_seconds", "How long the oldest due job has waited.", status.oldest_due_s),
            ("emban_worker_lanes", "Lanes of live workers that take jobs.", status.lanes),
            ("emban_alerts_behind_seconds", "How late the next evaluation of an alert is.", status.alerts_behind_s),
            ("emban_reports_behind_seconds", "How late the next run of a report is.", status.reports_behind_s),
        ):
            yield GaugeMetricFamily(name, text, value=value)
