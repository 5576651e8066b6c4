"""The catalogue of reports in groups, by what people want to know. Pure."""

from collections.abc import Iterable

from leadline.pipeline.reports.catalogue import ReportKind

GROUPS = (
    ("How it goes", ("overview", "what-changed", "trend", "qualification", "time-in-stage", "conversion-rates")),
    ("What people do", ("funnel", "drop-off", "journeys", "retention", "stickiness", "engagement")),
    ("What they use", ("tool-usage", "content-completion")),
    (
        "Where they come from, and what it brings",
        ("attribution", "revenue", "cohorts-revenue", "channel-costs", "conversion-paths"),
    ),
)
REST = "More"


def grouped(kinds: Iterable[ReportKind]) -> list[tuple[str, list[ReportKind]]]:
    """The groups that have reports; a report that no group names is in the last."""
    by_name = {kind.name: kind for kind in kinds}
    found = [(label, [by_name.pop(name) for name in names if name in by_name]) for label, names in GROUPS]
    return [(label, those) for label, those in (*found, (REST, list(by_name.values()))) if those]
