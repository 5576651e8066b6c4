"""The part of a document for sales: fit, accounts, the promise to call, rejections."""

import re
from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo, available_timezones

from leadline.engagement.metrics import TRAIT_KINDS
from leadline.scoring.document_entry import DocumentEntry
from leadline.scoring.factor_rules import check_name
from leadline.scoring.faults import fault, nearest, unknown
from leadline.scoring.metric_rules import Metrics
from leadline.scoring.quantities import thousandths
from leadline.scoring.reading import Reading
from leadline.scoring.ruleset import Across, Factor, Fit, Measure
from leadline.scoring.sales_entries import FitBandsEntry, FitEntry, FitFactorEntry, Weekday, WorkingHoursEntry
from leadline.scoring.sales_terms import REJECTIONS, AccountRule, ContactPromise, Rejection, WorkingHours

FIT = "fit"
WEEK: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
DURATION = re.compile(r"(\d{1,6}) ?(minute|hour|day)s?")
HOUR, MOST_MINUTES = 60, 366 * 24 * 60


def read_fit(
    document: DocumentEntry, metrics: Metrics, grades: Sequence[str], others: Sequence[str], reading: Reading
) -> Fit | None:
    """How well somebody fits; None without rules.

    Args:
        grades: all of the ruleset's, for the matrix.
        others: the names of the factors of the dimensions, which a fit factor may not have.
    """
    if document.fit is None:
        return None
    factors = tuple(_fit_factors(document.fit, metrics, others, reading))
    bands: tuple[tuple[int, int], ...] = ()
    lowest = 3
    with reading.entry():
        bands, lowest = _bands(document.fit.bands)
    fits = [*(str(fit) for fit, _ in bands), str(lowest)]
    _check_matrix(document.fit.matrix, grades, fits, reading)
    return Fit(factors, bands, lowest, dict(document.fit.matrix))


def _fit_factors(entry: FitEntry, metrics: Metrics, others: Sequence[str], reading: Reading) -> Iterator[Factor]:
    for name, factor in entry.factors.items():
        with reading.entry():
            at = f"fit.factors.{name}"
            check_name(name, at)
            if name in others:
                raise fault(at, "a dimension has a factor of this name.")
            yield _fit_factor(name, factor, metrics, at, reading)


def _fit_factor(name: str, entry: FitFactorEntry, metrics: Metrics, at: str, reading: Reading) -> Factor:
    metric = reading.resolve(f"{at}.metric", "metric", entry.metric, metrics, "metrics")
    if metric.kind not in TRAIT_KINDS:
        kinds = ", ".join(sorted(TRAIT_KINDS))
        raise fault(f"{at}.metric", f"fit is about traits; {metric.name} is of kind {metric.kind}.", f"Use {kinds}.")
    return Factor(
        name=name,
        dimension=FIT,
        measure=Measure(metric, Across.STATE, 0),
        weight=thousandths(entry.weight, f"{at}.weight"),
        full_at=thousandths(entry.full_at, f"{at}.full_at"),
        curve=entry.curve,
        label=entry.label,
        reason=entry.reason or entry.label,
        unit=entry.unit,
    )


def _bands(entry: FitBandsEntry) -> tuple[tuple[tuple[int, int], ...], int]:
    bands = [(1, thousandths(entry.best, "fit.bands.1"))]
    if entry.middle is not None:
        bands.append((2, thousandths(entry.middle, "fit.bands.2")))
        if bands[1][1] >= bands[0][1]:
            raise fault("fit.bands.2", "bands go downward; this one is not below 1.")
    if entry.otherwise <= bands[-1][0]:
        raise fault("fit.bands.otherwise", f"{entry.otherwise} is not below the bands.")
    return tuple(bands), int(entry.otherwise)


def _check_matrix(matrix: Mapping[str, str], grades: Sequence[str], fits: Sequence[str], reading: Reading) -> None:
    squares = [f"{grade}{fit}" for grade in grades for fit in fits]
    for square in matrix:
        with reading.entry():
            if square not in squares:
                raise unknown(f"fit.matrix.{square}", "grade with a fit", square, squares)


def read_accounts(document: DocumentEntry, reading: Reading) -> AccountRule:
    """How the people of a company make its score."""
    entry = document.accounts
    with reading.entry():
        return AccountRule(entry.people, thousandths(entry.further_share, "accounts.further_share"))
    return AccountRule()


def read_promise(document: DocumentEntry, reading: Reading) -> ContactPromise:
    """How soon sales promises to call."""
    within = document.contact.within
    hours, at = WorkingHours(), "contact.within"
    with reading.entry():
        hours = _working_hours(document.contact.working_hours, "contact.working_hours")
    with reading.entry():
        return ContactPromise(
            _minutes(within.trigger, hours, f"{at}.trigger"), _minutes(within.other, hours, f"{at}.other"), hours
        )
    return ContactPromise()


def _minutes(value: int | str, hours: WorkingHours, at: str) -> int:
    """A length of working time; a day of it is as long as the doors are open."""
    if isinstance(value, int):
        return value
    if not (found := DURATION.fullmatch(value.strip())):
        raise fault(at, f"{value!r} is no length of time.", 'Write minutes, or such as "1 hour" or "2 days".')
    lengths = {"minute": 1, "hour": HOUR, "day": hours.closes - hours.opens}
    if not 1 <= (minutes := int(found[1]) * lengths[found[2]]) <= MOST_MINUTES:
        raise fault(at, f"{value!r} is not within a minute and a year.")
    return minutes


def _working_hours(entry: WorkingHoursEntry, at: str) -> WorkingHours:
    opens, closes = _clock(entry.opens, f"{at}.opens"), _clock(entry.closes, f"{at}.closes")
    if closes <= opens:
        raise fault(f"{at}.closes", "it closes after it opens.")
    days = tuple(sorted({WEEK.index(day) for day in entry.days}))
    return WorkingHours(days, opens, closes, _zone(entry.zone, f"{at}.zone"))


def _clock(value: int | str, at: str) -> int:
    if isinstance(value, int):
        return value
    found = CLOCK.fullmatch(value.strip())
    if not found or (minutes := int(found[1]) * HOUR + int(found[2])) > 24 * HOUR:
        raise fault(at, f"{value!r} is no time of day.", 'Write such as "09:00".')
    return minutes


def _zone(name: str, at: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, a path outside, a folder
        raise fault(at, f"there is no time zone {name!r}.", nearest(name, available_timezones())) from None
    return name


def read_rejections(document: DocumentEntry, reading: Reading) -> tuple[Rejection, ...]:
    """The reasons for which sales rejects; the built-in ones unless the document has its own."""
    if not reading.names("rejections"):
        return REJECTIONS
    read = []
    for name, entry in document.rejections.items():
        with reading.entry():
            if not name.isidentifier():
                raise fault(f"rejections.{name}", "a name is made of letters, digits and underscores.")
            read.append(Rejection(name, entry.label, entry.to))
    return tuple(read)
