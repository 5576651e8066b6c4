"""What the address of an analytics page asks: over which days, and of which channel. Pure: today is an argument."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from leadline.analytics.parameters import PERIOD
from leadline.analytics.periods import AGO, Period, parse_period
from leadline.analytics.segment_fields import FIELDS
from leadline.analytics.segments import EVERYBODY, Condition, Operator, Segment

PERIODS: Mapping[str, str] = {
    "7d": "7 days",
    "30d": "30 days",
    "90d": "90 days",
    "6m": "6 months",
    "12m": "12 months",
}
"""What pages offer; an address may ask for any other."""
UNITS = {"d": "days", "w": "weeks", "m": "months"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Days, as the address writes them, and what they are today.

    Attributes:
        channel: of the first visit; empty for all.
    """

    text: str
    period: Period
    channel: str = ""

    @property
    def choices(self) -> Mapping[str, str]:
        """The periods to choose from, this one among them."""
        return PERIODS if self.text in PERIODS else {**PERIODS, self.text: period_name(self)}

    @property
    def segment(self) -> str:
        """The channel as reports are asked for it."""
        return of_channel(self.channel).text

    @property
    def as_report(self) -> str:
        """For the address of a report's part: "period=30d&segment=channel%3DDirect"."""
        return query({"period": self.text, "segment": self.segment})

    @property
    def address(self) -> str:
        """For a link: "?period=90d&channel=Direct"; "?" for what is shown unasked."""
        period = "" if self.text == PERIOD.default else self.text
        return "?" + query({"period": period, "channel": self.channel})


def read_asked(given: Mapping[str, str], today: date, zone: str) -> Asked:
    """Read the address.

    Raises:
        TerminalError: its period is none.
    """
    text = given.get("period", "").strip() or PERIOD.default
    return Asked(text, parse_period(text, today, zone), given.get("channel", "").strip()[:60])


def of_channel(channel: str) -> Segment:
    """Whose first visit came by a channel; everybody without one."""
    return Segment((Condition(FIELDS["channel"], Operator.IS, (channel,)),)) if channel else EVERYBODY


def period_name(asked: Asked) -> str:
    """ "30 days", "1 May to 31 May 2026"."""
    if found := AGO.fullmatch(asked.text):
        unit = UNITS[found[2]]
        return f"{found[1]} {unit if found[1] != '1' else unit[:-1]}"
    return f"{day_words(asked.period.first, asked.period.last)} to {day_words(asked.period.last)}"


def period_words(asked: Asked) -> str:
    """For a page's head: "Last 30 days, to 22 November 2026", "1 May to 31 May 2026"."""
    if AGO.fullmatch(asked.text):
        return f"Last {period_name(asked).removeprefix('1 ')}, to {day_words(asked.period.last)}"
    return period_name(asked)


def day_words(day: date, beside: date | None = None) -> str:
    """ "22 November 2026"; without the year beside a day of the same one."""
    year = "" if beside and beside.year == day.year else f" {day.year}"
    return f"{day.day} {day:%B}{year}"


def query(words: Mapping[str, str]) -> str:
    """An address's query without what is empty."""
    return urlencode({name: value for name, value in words.items() if value})
