"""What a monitor scrapes, for Prometheus: texts, workers, alerts that wait, requests, the database.

Counts and times only; nothing here is about a person.
"""

from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version

from flask import Blueprint, Flask, Response, current_app
from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from rehab import clock
from rehab.services import backups, tallies, watch
from rehab.services.traffic import Traffic, traffic
from rehab.tenancy import across_clinics
from rehab.web.requests_seen import RequestsSeen, add_requests_seen
from rehab.wiring import wiring

blueprint = Blueprint("metrics", __name__)

KEY = "rehab.requests"


def add_metrics(app: Flask) -> None:
    """Count the requests of `app`, and answer who asks for the counts."""
    with app.app_context():
        settings = wiring().settings
    app.extensions[KEY] = add_requests_seen(app, settings)
    app.register_blueprint(blueprint)


def fold_counts(app: Flask, process: int) -> None:
    """Keep the requests that a process of this server counted which has ended."""
    if (seen := app.extensions.get(KEY)) is not None:
        seen.fold(process)


@blueprint.get("/metrics")
@across_clinics("counts of all clinics")
def metrics() -> Response:
    """Metrics in Prometheus' text format; the same from every process of this server."""
    now = clock.now()
    registry = CollectorRegistry()
    registry.register(Texts(traffic(now)))
    registry.register(House(now))
    registry.register(_requests())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _requests() -> Collector:
    seen: RequestsSeen = current_app.extensions[KEY]
    return seen


class House(Collector):
    """The server itself: its version, who ticks, which alerts wait, the database, the backups."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        now = self.now
        yield InfoMetricFamily("rehab_build", "What is running", {"version": version("rehab")})
        yield _gauge("rehab_workers", "Workers that tick", watch.ticking_workers(now))
        alerts = GaugeMetricFamily("rehab_alerts_open", "Alerts that wait", labels=["level"])
        ages = GaugeMetricFamily(
            "rehab_alert_age_seconds", "How long the oldest open alert waits", labels=["level"]
        )
        for waiting in watch.waiting_alerts(now):
            alerts.add_metric([str(waiting.level)], waiting.count)
            ages.add_metric([str(waiting.level)], waiting.oldest.total_seconds())
        yield from (alerts, ages)
        yield from self._database()

    def _database(self) -> Iterator[Metric]:
        if (lines := watch.database_lines()) is not None:
            yield _gauge("rehab_database_connections", "Connections in use", lines.used)
            yield _gauge("rehab_database_connections_max", "Connections at most", lines.most)
        if (last := backups.noted(wiring().settings.data_dir)) is not None:
            age = (self.now - last).total_seconds()
            yield _gauge("rehab_backup_age_seconds", "Since this machine's last backup", age)


class Texts(Collector):
    """The metrics of one moment; they are read from the database, where all workers count."""

    def __init__(self, seen: Traffic) -> None:
        self.seen = seen

    def collect(self) -> Iterator[Metric]:
        seen = self.seen
        yield _counter("rehab_texts", "Attempts to send, by outcome", "outcome", tallies.OUTCOMES)
        yield _counter(
            "rehab_texts_settled", "Unknown texts settled, by how", "how", tallies.RECONCILED
        )
        yield _waits()
        yield _gauge("rehab_texts_due", "Texts whose time has come and that wait", seen.due)
        age = seen.backlog_age.total_seconds()
        yield _gauge("rehab_backlog_age_seconds", "How long the oldest of them has waited", age)
        yield _gauge("rehab_texts_under_way", "Texts in a worker's hands", seen.under_way)
        yield _gauge("rehab_texts_unknown", "Texts that may or may not have arrived", seen.unknown)
        yield _gauge("rehab_gates_closed", "Pauses before the provider", len(seen.closed))
        if seen.silence is not None:
            lag = seen.silence.total_seconds()
            yield _gauge("rehab_tick_lag_seconds", "Since the last tick of any worker", lag)


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)


def _counter(name: str, about: str, label: str, tally: str) -> Metric:
    family = CounterMetricFamily(name, about, labels=[label])
    for what, count in sorted(tallies.counts(tally).items()):
        family.add_metric([what], count)
    return family


def _waits() -> Metric:
    """Due to sent: from when a text was due to when it was first on its way."""
    counts = tallies.counts(tallies.WAITS)
    buckets, total = [], 0.0
    for most in (*map(str, tallies.BUCKETS), tallies.OVER):
        total += counts.get(most, 0.0)
        buckets.append((most, total))
    waited = tallies.counts(tallies.WAITED).get("sum", 0.0)
    return HistogramMetricFamily(
        "rehab_due_to_sent_seconds", "From due to on its way", buckets=buckets, sum_value=waited
    )
