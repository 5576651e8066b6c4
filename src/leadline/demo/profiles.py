"""What people say about themselves, a little at a time: identify and group messages."""

from typing import Any

from leadline.demo.archetypes import JOB_SEEKER
from leadline.demo.lives import PLATFORM, WEBSITE, Fact
from leadline.demo.story import Story

# The eight profile traits, in the order in which forms ask for them.
PROFILE_ORDER: tuple[str, ...] = (
    "country",
    "company",
    "title",
    "industry",
    "employees",
    "roles_wanted",
    "hiring_timeline",
    "phone",
)
_ASKED_OF_JOB_SEEKERS = ("country", "title", "phone")


def reveal(story: Story, count: int) -> list[str]:
    """The next `count` traits the person gives; those they never give (no phone) are passed over."""
    fresh = [trait for trait in PROFILE_ORDER if trait not in story.revealed and _gives(story, trait)][:count]
    story.revealed += fresh
    return fresh


def registration(story: Story) -> Fact:
    """The browser's identify at sign-up."""
    fresh = reveal(story, story.rng.choice((1, 2, 2, 2, 3)))
    person = story.person
    names = {"firstName": person.first_name, "lastName": person.last_name, "name": person.name}
    values = {"email": person.email, **names, **traits(story, fresh)}
    return Fact(WEBSITE, "identify", "", values)


def update(story: Story, count: int) -> Fact | None:
    """The server's identify when a profile is filled in further; None when nothing is new."""
    fresh = reveal(story, count)
    if not fresh:
        return None
    return Fact(PLATFORM, "identify", "", {"email": story.person.email, **traits(story, fresh)})


def login(story: Story) -> Fact:
    """The identify of someone who signs in on another browser."""
    return Fact(WEBSITE, "identify", "", {"email": story.person.email})


def membership(story: Story) -> Fact | None:
    """The group message, once the company is named."""
    if "company" not in story.revealed:
        return None
    company = story.person.company
    values = {
        "name": company.name,
        "domain": company.domain,
        "website": f"https://www.{company.domain}",
        "employees": company.employees,
        "industry": company.industry,
        "country": company.country.code,
    }
    return Fact(PLATFORM, "group", company.company_id, values)


def traits(story: Story, fresh: list[str]) -> dict[str, Any]:
    """The traits of one message. `company` is always whole, as far as it is known, since clients replace it whole."""
    person, need = story.person, story.need
    plain: dict[str, Any] = {
        "country": person.country.code,
        "title": person.title,
        "phone": person.phone,
        "roles_wanted": [role.role_id for role in need.roles],
        "hiring_timeline": need.timeline,
    }
    said = {trait: plain[trait] for trait in fresh if trait in plain}
    if {"company", "employees", "industry"} & set(fresh):
        said["company"] = _company(story)
    return said


def _company(story: Story) -> dict[str, Any]:
    company = story.person.company
    parts: dict[str, Any] = {"id": company.company_id, "name": company.name}
    if "employees" in story.revealed:
        parts["employees"] = company.employees
    if "industry" in story.revealed:
        parts["industry"] = company.industry
    return parts


def _gives(story: Story, trait: str) -> bool:
    """Whether the person has an answer: drawn from their number, so that it stays the same all their life."""
    person = story.person
    if person.archetype is JOB_SEEKER and trait not in _ASKED_OF_JOB_SEEKERS:
        return False
    if trait == "phone":
        return person.phone is not None and person.number % 5 < 3
    return trait != "title" or person.number % 4 != 1
