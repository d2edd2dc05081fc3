"""Figures for Prometheus. No label ever names an org, a tenant or a person: only routes, methods, statuses and kinds.

With several API processes, `emban serve` sets PROMETHEUS_MULTIPROC_DIR before they start; each then writes its figures
to a file there and any of them answers for all.
"""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client.registry import Collector

MULTIPROCESS_DIR = "PROMETHEUS_MULTIPROC_DIR"
REGISTRY = CollectorRegistry()
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

REQUESTS = Counter("emban_http_requests", "Requests answered.", ("method", "route", "status"), registry=REGISTRY)
REQUEST_SECONDS = Histogram(
    "emban_http_request_seconds", "Time to answer.", ("method", "route"), registry=REGISTRY, buckets=BUCKETS
)
REQUESTS_UNDER_WAY = Gauge(
    "emban_http_requests_under_way",
    "Requests that wait for their answer.",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
CACHE_LOOKUPS = Counter("emban_answer_cache_lookups", "Queries looked up in the cache.", ("result",), registry=REGISTRY)
CACHE_BYTES = Gauge(
    "emban_answer_cache_bytes",
    "Bytes that kept answers take.",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
QUERY_WAIT_SECONDS = Histogram(
    "emban_query_wait_seconds", "Time a statement waited for its turn.", registry=REGISTRY, buckets=BUCKETS
)
QUERY_REFUSALS = Counter("emban_query_refusals", "Queries refused for being too many.", ("code",), registry=REGISTRY)
RENDERS = Counter("emban_renders", "Files drawn, by kind and how it ended.", ("kind", "outcome"), registry=REGISTRY)
RENDER_SECONDS = Histogram(
    "emban_render_seconds", "Time to draw a file.", ("kind",), registry=REGISTRY, buckets=BUCKETS
)
ERRORS = Counter("emban_errors", "Error answers by code.", ("code",), registry=REGISTRY)


def exposition_of(collector: Collector) -> bytes:
    """Return the text for Prometheus of figures that are read when they are asked for."""
    registry = CollectorRegistry()
    registry.register(collector)
    return generate_latest(registry)


def exposition() -> bytes:
    """Return the text for Prometheus, of all API processes where there are several."""
    if MULTIPROCESS_DIR not in os.environ:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)


def forget_process(pid: int) -> None:
    """Take what an ended process still had under way out of the sum; what it counted stays."""
    if MULTIPROCESS_DIR in os.environ:
        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]
