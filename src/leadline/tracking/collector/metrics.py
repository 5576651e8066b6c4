"""The collector's figures in Prometheus' text form."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from leadline.tracking.collector.state import Totals
from leadline.tracking.spool import SpoolWriter

CONTENT_TYPE = CONTENT_TYPE_LATEST.encode()


class _Figures:
    """What one scrape sees: totals of all workers, and the spool of the worker that answers."""

    def __init__(self, totals: Totals, writer: SpoolWriter) -> None:
        self._totals, self._writer = totals, writer

    def collect(self) -> Iterable[Metric]:
        """Prometheus' interface for figures made at the moment of the scrape."""
        yield _counter("events_accepted", "Events acknowledged.", self._totals.accepted_events)
        yield _counter("requests_accepted", "Requests acknowledged.", self._totals.accepted_requests)
        refused = CounterMetricFamily("leadline_collector_requests_refused", "Requests refused.", labels=["code"])
        for code, count in sorted(self._totals.refused.items()):
            refused.add_metric([code], count)
        yield refused
        yield _counter("spool_commits", "Group commits of this worker.", self._writer.commits)
        yield _counter("spool_bytes_written", "Bytes this worker wrote.", self._writer.bytes_written)
        yield _gauge("spool_pending_bytes", "Bytes waiting to be written.", self._writer.pending_bytes)
        yield _gauge("spool_disk_free_bytes", "Free disk as last seen; -1 before.", self._writer.disk.free_bytes)
        yield _gauge("spool_trouble", "1 while the spool takes nothing.", int(bool(self._writer.trouble)))


def exposition(totals: Totals, writer: SpoolWriter) -> bytes:
    """The text of one scrape."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(totals, writer))
    return generate_latest(registry)


def _counter(name: str, text: str, value: int) -> Metric:
    return CounterMetricFamily(f"leadline_collector_{name}", text, value=value)


def _gauge(name: str, text: str, value: int) -> Metric:
    return GaugeMetricFamily(f"leadline_collector_{name}", text, value=value)
