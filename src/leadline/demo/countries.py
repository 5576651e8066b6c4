"""Where people live: their clock, their language, their currency, and telephone numbers that ring nowhere.

The offset from UTC is each zone's standard time all year, so that the same seed gives the same events whatever time
zone database a machine has. Numbers come from the ranges regulators set aside for fiction (NANPA 555-0100 to 0199,
Ofcom's drama numbers, the ACMA's 5550 and 7010 blocks, ComReg 020 91x, the BNetzA's media numbers); countries without
such a range have none.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """One market: `weight` is its share of arrivals, `prefixes` times 10**`digits` its fictional numbers."""

    code: str
    weight: float
    utc_offset_hours: float
    timezone: str
    locale: str
    currency: str
    prefixes: tuple[str, ...] = ()
    digits: int = 0


_UK = (
    "7700 900|20 7946 0|113 496 0|114 496 0|115 496 0|116 496 0|117 496 0|118 496 0|121 496 0|131 496 0|141 496 0|"
    "161 496 0"
)
_US = (
    "205 207 212 213 214 215 216 217 239 240 253 260 270 302 303 304 305 307 310 312 314 316 317 319 402 404 405 406 "
    "407 410 412 414 415 417 501 502 503 505 507 508 512 513 515 518 601 602 603 605 608 609 612 614 615 617 619 702 "
    "703 704 706 713 716 718 719 801 802 803 804 808 812 813 816 817 901 907 913 916 918 919"
)
_CA = "204 226 236 250 306 343 403 416 418 437 438 450 506 514 519 604 613 647 705 709 778 780 807 819 867 902 905"

COUNTRIES: tuple[Country, ...] = (
    Country(
        "AU",
        0.33,
        10,
        "Australia/Sydney",
        "en-AU",
        "AUD",
        tuple(f"+61 {area} {block} " for block in ("5550", "7010") for area in (2, 3, 7, 8)),
        4,
    ),
    Country("GB", 0.19, 0, "Europe/London", "en-GB", "GBP", tuple(f"+44 {area}" for area in _UK.split("|")), 3),
    Country("US", 0.12, -5, "America/New_York", "en-US", "USD", tuple(f"+1 {a} 555 01" for a in _US.split()), 2),
    Country("US", 0.07, -8, "America/Los_Angeles", "en-US", "USD"),
    Country("NZ", 0.09, 12, "Pacific/Auckland", "en-NZ", "NZD"),
    Country("CA", 0.07, -5, "America/Toronto", "en-CA", "CAD", tuple(f"+1 {a} 555 01" for a in _CA.split()), 2),
    Country("IE", 0.04, 0, "Europe/Dublin", "en-IE", "EUR", tuple(f"+353 20 91{d} " for d in range(10)), 4),
    Country(
        "DE",
        0.04,
        1,
        "Europe/Berlin",
        "de-DE",
        "EUR",
        ("+49 30 23125 ", "+49 69 90009 ", "+49 40 66969 ", "+49 221 4710 ", "+49 89 99998 "),
        3,
    ),
    Country("SG", 0.03, 8, "Asia/Singapore", "en-SG", "SGD"),
    Country("NL", 0.02, 1, "Europe/Amsterdam", "nl-NL", "EUR"),
)


def fictional_phone(country: Country, number: int) -> str | None:
    """The telephone number of the person `number`, shared with no one; None where the range is used up or unknown."""
    size = 10**country.digits
    if number >= size * len(country.prefixes):
        return None
    return f"{country.prefixes[number // size]}{number % size:0{country.digits}d}"
