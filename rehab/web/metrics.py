"""What a monitor scrapes: the traffic of texts and the pulse of the workers, for Prometheus.

Counts and times only; nothing here is about a person.
"""

from collections.abc import Iterator

from flask import Blueprint, Response
from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from rehab import clock
from rehab.services import tallies
from rehab.services.traffic import Traffic, traffic
from rehab.tenancy import across_clinics

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
@across_clinics("counts of all texts")
def metrics() -> Response:
    """Metrics in Prometheus' text format; the same from every process."""
    registry = CollectorRegistry()
    registry.register(Texts(traffic(clock.now())))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


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
