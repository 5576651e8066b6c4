"""Who arrives: the n-th person and their company, each a function of (seed, number)."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from uuid import UUID

from leadline.demo.acquisition import BARGAIN, BARGAIN_INTENT, Touch, first_touch
from leadline.demo.archetypes import BROWSER, HURRIED_BUYER, JOB_SEEKER, LEARNER, Archetype, archetype_of
from leadline.demo.catalogue import PLATFORM_DOMAIN
from leadline.demo.companies import HEADCOUNTS, JOB_TITLES, NAME_ENDINGS, NAME_STARTS, TRADES
from leadline.demo.countries import COUNTRIES, Country, fictional_phone
from leadline.demo.devices import Device, device
from leadline.demo.names import FIRST_NAMES, LAST_NAMES
from leadline.demo.streams import stream

_NAME_STRIDE = 7907  # coprime with the number of full names, so that no name comes twice before all have come once
_COMPANY_STRIDE = 1411  # likewise with starts times trades
_SHARED_BROWSER = (41, 42)  # of every two thousand, these two use one browser
_PACE_SPREAD = 0.7  # standard deviation of the logarithm: one in six takes twice as long as usual, or half
_CURIOSITY_SPREAD = 0.6
VENDOR_DOMAIN = "offshorely.example"  # a competitor, curious about prices
DISPOSABLE_DOMAIN = "mailinator.com"
FREE_MAIL_DOMAIN = "gmail.com"


@dataclass(frozen=True, slots=True)
class Company:
    """An invented employer; `domain` ends in `.example`."""

    company_id: str
    name: str
    domain: str
    employees: int
    industry: str
    country: Country


@dataclass(frozen=True, slots=True)
class Person:
    """One person. `intent` is hidden: no message carries it. `kind` is person, staff, test, disposable or vendor.

    `pace` and `curiosity` have nothing to do with intent: how long someone takes over a page, and how readily they open
    one more (1 is usual). They are why behaviour tells of intent only in part.
    """

    number: int
    kind: str
    archetype: Archetype
    intent: float
    pace: float
    curiosity: float
    first_name: str
    last_name: str
    email: str
    phone: str | None
    title: str
    company: Company
    touch: Touch
    anonymous_id: str
    user_id: str
    device: Device
    second_device: Device | None
    second_anonymous_id: str
    global_privacy_control: bool
    signs_up_surely: bool

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def country(self) -> Country:
        """People live where their company is."""
        return self.company.country


def stable_uuid(*parts: object) -> str:
    """A version 4 UUID that is a function of `parts`."""
    digest = blake2b(":".join(map(str, parts)).encode(), digest_size=16).digest()
    return str(UUID(bytes=digest, version=4))


def person(seed: int, number: int) -> Person:
    """The person `number` (from 0) of the demonstration `seed`."""
    rng = stream(seed, "person", number)
    kind = _kind(number)
    privacy = number % 150 == 53
    archetype = _archetype(seed, number, kind, privacy)
    touch = first_touch(rng, archetype)
    intent = rng.gauss(archetype.intent, 1.0)
    company = employer(seed, number)
    temper = stream(seed, "temper", number)
    first, last = full_name(seed, number)
    return Person(
        number=number,
        kind=kind,
        archetype=archetype,
        intent=BARGAIN_INTENT - abs(intent) if touch is BARGAIN else intent,
        pace=temper.lognormvariate(0.0, _PACE_SPREAD),
        curiosity=temper.lognormvariate(0.0, _CURIOSITY_SPREAD),
        first_name=first,
        last_name=last,
        email=_email(kind, number, f"{first}.{last}".lower(), company, private=rng.random() < _private_mail(archetype)),
        phone=fictional_phone(company.country, number),
        title=rng.choice(JOB_TITLES),
        company=company,
        touch=touch,
        anonymous_id=stable_uuid(seed, "browser", _browser_owner(number)),
        user_id="usr_" + stable_uuid(seed, "user", number).replace("-", "")[:16],
        device=device(rng),
        second_device=device(rng, mobile=True) if rng.random() < 0.2 else None,
        second_anonymous_id=stable_uuid(seed, "phone", number),
        global_privacy_control=privacy,
        signs_up_surely=kind != "person" or _shares_browser(number),
    )


@lru_cache(maxsize=8192)
def employer(seed: int, number: int) -> Company:
    """The company of a person: their own, or that of a colleague who came up to sixty arrivals earlier."""
    rng = stream(seed, "employer", number)
    if _shares_browser(number):
        return _company(seed, number - number % 2000 + _SHARED_BROWSER[0])
    back = 20 * rng.randint(1, 3)
    return _company(seed, number - back if rng.random() < 0.22 and number >= back else number)


def full_name(seed: int, number: int) -> tuple[str, str]:
    """First and last name; no two among the first 18,000 people are the same."""
    size = len(FIRST_NAMES) * len(LAST_NAMES)
    place = (number * _NAME_STRIDE + seed * 5003) % size
    return FIRST_NAMES[place % len(FIRST_NAMES)], LAST_NAMES[place // len(FIRST_NAMES)]


@lru_cache(maxsize=8192)
def _company(seed: int, number: int) -> Company:
    rng = stream(seed, "company", number)
    place = (number * _COMPANY_STRIDE + seed * 3001) % (len(NAME_STARTS) * len(TRADES))
    round_ = number // (len(NAME_STARTS) * len(TRADES)) % len(NAME_ENDINGS)
    trade, industry = TRADES[place // len(NAME_STARTS)]
    name = f"{NAME_STARTS[place % len(NAME_STARTS)]} {trade}{NAME_ENDINGS[round_]}"
    low, high, _ = rng.choices(HEADCOUNTS, [row[2] for row in HEADCOUNTS])[0]
    country = rng.choices(COUNTRIES, [country.weight for country in COUNTRIES])[0]
    domain = name.lower().replace(" ", "") + ".example"
    return Company(f"co_{number:05d}", name, domain, rng.randint(low, high), industry, country)


def _kind(number: int) -> str:
    if number % 400 == 11:
        return "staff"
    if number % 500 == 23:
        return "test"
    if number % 250 == 37:
        return "disposable"
    return "vendor" if number % 500 == 71 else "person"


def _archetype(seed: int, number: int, kind: str, privacy: bool) -> Archetype:
    if privacy:
        return BROWSER
    if kind in ("test", "disposable"):
        return HURRIED_BUYER
    return LEARNER if kind != "person" or _shares_browser(number) else archetype_of(seed, number)


def _shares_browser(number: int) -> bool:
    return number % 2000 in _SHARED_BROWSER


def _browser_owner(number: int) -> int:
    return number - 1 if number % 2000 == _SHARED_BROWSER[1] else number


def _private_mail(archetype: Archetype) -> float:
    """The chance of a free-mail address: owners of small firms use them, and everyone who looks for another job."""
    return 1.0 if archetype is JOB_SEEKER else 0.14


def _email(kind: str, number: int, local: str, company: Company, private: bool) -> str:
    if kind == "staff":
        return f"{local}@{PLATFORM_DOMAIN}"
    if kind == "test":
        return f"test.{number:05d}@{PLATFORM_DOMAIN}"
    if kind == "disposable":
        return f"demo.{local}.{number:04d}@{DISPOSABLE_DOMAIN}"
    if kind == "vendor":
        return f"{local}@{VENDOR_DOMAIN}"
    return f"demo.{local}.{number:04d}@{FREE_MAIL_DOMAIN}" if private else f"{local}@{company.domain}"
