"""Whether the application is ready, and its numbers for Prometheus."""

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from leadline.kernel.errors import ServerUnreachableError
from leadline.pipeline import runtime
from leadline.pipeline.commands import status

TOTALS = ("accepted", "stored", "duplicates", "quarantined", "suppressed", "leads", "spool_lag_seconds")


def readiness() -> str:
    """What keeps the application from working; empty when nothing does."""
    try:
        return runtime.running().ticker.trouble
    except ServerUnreachableError as error:
        return str(error)


def metrics_page() -> bytes:
    """The numbers of `leadline status` in Prometheus' text format."""
    registry = CollectorRegistry()
    report = status(runtime.running().engine)
    for name in TOTALS:
        Gauge(f"leadline_{name}", f"As `leadline status` shows it: {name}", registry=registry).set(report[name])
    stages = Gauge("leadline_leads_by_stage", "Leads in each stage", ["stage"], registry=registry)
    for stage, count in report["by_stage"].items():
        stages.labels(stage).set(count)
    Gauge("leadline_tick_failures", "Failed ticks in a row", registry=registry).set(runtime.running().ticker.failures)
    return generate_latest(registry)
