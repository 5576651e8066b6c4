"""Pages made of reports: which parts stand where, and what each is asked.

The filters are those of one report, the page's main one; the others are asked the same as far as they can be.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.http import QueryDict

from leadline.analytics.parameters import read_wanted
from leadline.kernel.errors import TerminalError, TransientError
from leadline.pipeline import runtime
from leadline.pipeline.reports.catalogue import ReportKind, kind_of
from leadline.web.report_filter import Control, controls, given_of, suggestions
from leadline.web.report_query import report_query


@dataclass(frozen=True, slots=True)
class Slot:
    """The room of one part of a report.

    Attributes:
        show: figures, chart:N, table:NAME, brief or all.
        height: figures, s, m, l or xl.
        given: what it is asked besides the page's filters.
    """

    kind: str
    show: str
    height: str = "m"
    given: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of reports.

    Attributes:
        page: the name of its address.
        kind: the report whose parameters are the filters.
        says: the line under the title.
        rows: slots from top to bottom; two in a row stand side by side.
        only_with: filters that mean something only when another one has a value: {name: (other, value)}.
    """

    page: str
    label: str
    kind: str
    says: str
    rows: tuple[tuple[Slot, ...], ...]
    only_with: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filled:
    """A slot with the query of its address."""

    kind: str
    show: str
    height: str
    query: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """A tab for what an address asks. With a fault there are no rows, and the filters hold what was asked.

    Attributes:
        texts: what is shown, complete.
        given: what the address says of it.
    """

    controls: list[Control]
    texts: Mapping[str, str]
    given: Mapping[str, str]
    rows: tuple[tuple[Filled, ...], ...] = ()
    fault: str = ""
    advice: str = ""


def analyse(tab: Tab, address: QueryDict, now: datetime) -> Analysis:
    """What a tab shows."""
    kind = kind_of(tab.kind)
    given = given_of(kind, address)
    try:
        texts = read_wanted(kind.all_parameters, given, now, settings.REPORTING_ZONE).texts
    except TerminalError as error:
        return Analysis(controls(kind, given), given, given, (), error.message, error.advice)
    rows = tuple(tuple(filled(slot, texts) for slot in row) for row in tab.rows)
    return Analysis(_meant(tab, kind, texts), texts, given, rows)


def _meant(tab: Tab, kind: ReportKind, texts: Mapping[str, str]) -> list[Control]:
    """The filters that mean something for what is asked, or were given a value of their own."""
    idle = {name for name, (other, value) in tab.only_with.items() if texts.get(other) != value}
    return [each for each in controls(kind, texts) if each.name not in idle or each.text != each.default]


def filled(slot: Slot, texts: Mapping[str, str]) -> Filled:
    """A slot that is asked what the page is asked."""
    return Filled(
        slot.kind, slot.show, slot.height, report_query(asked_alike(kind_of(slot.kind), texts) | dict(slot.given))
    )


def offered(kind: ReportKind) -> dict[str, list[tuple[str, str]]]:
    """What the filters suggest; nothing while the pipeline has not started."""
    try:
        return suggestions(runtime.running().engine, kind)
    except TransientError:
        return {}


def asked_alike(kind: ReportKind, texts: Mapping[str, str]) -> dict[str, str]:
    """What another report can be asked of the same."""
    known = {parameter.name for parameter in kind.all_parameters}
    return {name: text for name, text in texts.items() if name in known and text}
