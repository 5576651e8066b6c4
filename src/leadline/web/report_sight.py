"""Reports as whoever asks may have them: somebody who sees only their own leads gets the figures of everybody, and
neither a list of others' leads nor the figures of one of them."""

from collections.abc import Iterator, Mapping

from leadline.analytics.parameters import SEGMENT
from leadline.analytics.report import Report
from leadline.analytics.segments import parse_segment
from leadline.analytics.sharing import without_people
from leadline.kernel.errors import TerminalError
from leadline.pipeline.engine import Engine
from leadline.pipeline.reports.running import kept_report, run_report
from leadline.privacy.sight import sight

SINGLING_OUT = frozenset({"lead", "account", "company", "owner"})
"""Fields that name a person, a company or whose leads they are: by them figures of everybody become somebody's."""
BY = "by"
"""The parameter by which a report is told apart."""


class NotYoursError(TerminalError):
    """A report was asked of leads that whoever asks does not see."""

    code = "not_yours"


def report_seen(engine: Engine, name: str, given: Mapping[str, str], *, fresh: bool = False) -> Report:
    """The report, computed if need be.

    Raises:
        NotFoundError: there is none of that name.
        TerminalError: what is asked can't be read.
        NotYoursError: it is of leads that whoever asks does not see.
    """
    check_yours(given)
    return _seen(run_report(engine, name, given, fresh=fresh))


def kept_report_seen(engine: Engine, name: str, given: Mapping[str, str]) -> Report | None:
    """The report if it is ready.

    Raises:
        NotFoundError: there is none of that name.
        TerminalError: what is asked can't be read.
        NotYoursError: it is of leads that whoever asks does not see.
    """
    check_yours(given)
    found = kept_report(engine, name, given)
    return _seen(found) if found else None


def check_yours(given: Mapping[str, str]) -> None:
    """Refuse what would make a figure of everybody a figure of one.

    Raises:
        TerminalError: the segment can't be read.
        NotYoursError: it names somebody, and whoever asks sees only their own leads.
    """
    if sight().owner is None:
        return
    if named := sorted(SINGLING_OUT & set(_fields(given))):
        raise NotYoursError(f"You see only your own leads, so reports can't be asked by {named[0]}.")


def _fields(given: Mapping[str, str]) -> Iterator[str]:
    yield from (each.field.name for each in parse_segment(given.get(SEGMENT.name, "")).conditions)
    yield given.get(BY, "").strip().lower()


def _seen(report: Report) -> Report:
    return report if sight().owner is None else without_people(report)
