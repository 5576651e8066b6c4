"""What becomes of people: calls held or missed, the sales team's contacts, opportunities and deals.

Everything here follows the hidden intent, the company's size and chance; nothing reads a score or the ruleset.
"""

from datetime import datetime, timedelta
from random import Random

from leadline.demo.archetypes import JOB_SEEKER, chance
from leadline.demo.lives import CRM, PLATFORM, wire_time
from leadline.demo.rhythm import after_working_hours
from leadline.demo.sales_team import after_contact, after_loss, representative
from leadline.demo.story import Story
from leadline.demo.streams import stream

CHANNELS: tuple[str, ...] = ("phone", "phone", "email", "email", "linkedin")
LOST_REASONS: tuple[str, ...] = ("price", "timing", "hired locally", "chose a competitor", "no reply", "no budget")
NEVER_BUYS_BELOW = -2.4  # intent; a cheap click's visitors all lie below

# Working hours until the first contact: (share, from, to). The remaining share is never contacted.
_FIRST_CONTACT: tuple[tuple[float, float, float], ...] = (
    (0.32, 0.1, 1.0),
    (0.30, 1.0, 9.0),
    (0.24, 9.0, 27.0),
    (0.12, 27.0, 54.0),
)


def pursue(story: Story) -> datetime | None:
    """Write down what follows from what the person asked for; when a deal was won, else None."""
    conclude_calls(story)
    contacted = contact(story) if _worth_a_call(story) else None
    if contacted is None:
        return None
    wanted = story.rng.random() < opportunity_chance(story)
    _answer(story, contacted, wanted=wanted)
    if not wanted:
        return None
    return sell(story, _talks_until(story, contacted))


def conclude_calls(story: Story) -> None:
    """Every booked call is cancelled before it starts, or held, or missed."""
    for call in story.calls:
        at = call.starts_at + timedelta(minutes=story.rng.uniform(20, 50))
        event = "Strategy Call Held" if story.rng.random() < 0.83 else "Strategy Call Missed"
        if call.cancelled:
            at = call.booked_at + story.rng.uniform(0.1, 0.9) * (call.starts_at - call.booked_at)
            event = "Strategy Call Cancelled"
        story.add_moment(at, PLATFORM, event, call_id=call.call_id, starts_at=wire_time(call.starts_at))


def contact(story: Story) -> datetime | None:
    """The first contact, and perhaps a second; None for those the sales team leaves out."""
    if story.asked_at is None:
        return _prospect(story)
    draw = story.rng.random()
    for share, low, high in _FIRST_CONTACT:
        if draw < share:
            return _contacted(story, _working(story, story.asked_at, story.rng.uniform(low, high)))
        draw -= share
    return None


def opportunity_chance(story: Story) -> float:
    """The chance that a contacted person becomes an opportunity: hidden intent, and a company of a fitting size."""
    if story.person.intent < NEVER_BUYS_BELOW:
        return 0.0
    fit = 0.45 if 10 <= story.person.company.employees <= 150 else -0.35
    if story.asked_at is None:
        return chance(0.7 * story.person.intent + fit - 0.9)
    return chance(0.7 * story.person.intent + fit - 0.8)


def sell(story: Story, opened: datetime) -> datetime | None:
    """An opportunity, then a deal or a loss some weeks later."""
    opportunity, need = story.issue("opp"), story.need
    price = {"amount": need.yearly, "currency": need.currency}
    story.add_moment(opened, CRM, "Opportunity Opened", opportunity_id=opportunity, **price)
    days = min(max(story.rng.lognormvariate(2.5, 0.5), 3.0), 45.0)
    closed = _working(story, opened + timedelta(days=days), 0.5)
    if story.rng.random() >= chance(0.6 * story.person.intent - 0.45):
        reason = story.rng.choice(LOST_REASONS)
        story.add_moment(closed, CRM, "Opportunity Lost", opportunity_id=opportunity, reason=reason)
        story.answers.append(after_loss(_chance(story), story.person.user_id, _owner(story), closed))
        return None
    discount = story.rng.choice((0, 0, 0, 5, 10))
    amount = need.yearly * (100 - discount) // 100
    deal = {"deal_id": story.issue("deal"), "opportunity_id": opportunity, "amount": amount, "currency": need.currency}
    story.add_moment(closed, CRM, "Deal Won", **deal)
    return closed


def _worth_a_call(story: Story) -> bool:
    """Whether the sales team takes someone for a customer: they see job seekers and tests, not intent."""
    return story.known and story.person.kind == "person" and story.person.archetype is not JOB_SEEKER


def _prospect(story: Story) -> datetime | None:
    """Sales also writes to some who signed up and asked for nothing, without knowing their intent."""
    if story.signed_up_at is None or story.rng.random() >= 0.12:
        return None
    return _contacted(story, _working(story, story.signed_up_at, story.rng.uniform(20, 150)))


def _contacted(story: Story, at: datetime) -> datetime:
    owner = _owner(story)
    story.add_moment(at, CRM, "Lead Contacted", owner=owner, channel=story.rng.choice(CHANNELS))
    if story.rng.random() < 0.4:
        again = _working(story, at, story.rng.uniform(9, 36))
        story.add_moment(again, CRM, "Lead Contacted", owner=owner, channel=story.rng.choice(CHANNELS))
    return at


def _answer(story: Story, contacted: datetime, *, wanted: bool) -> None:
    """What the representative says in Leadline: about those who asked, and those who turn out to be worth it."""
    if story.asked_at is None and not wanted:
        return
    who, employees = story.person.user_id, story.person.company.employees
    said = after_contact(_chance(story), who, _owner(story), contacted, wanted=wanted, employees=employees)
    if said is not None:
        story.answers.append(said)


def _chance(story: Story) -> Random:
    """A stream of its own: what is said changes nothing that is done."""
    return stream(story.seed, "answer", story.person.number, len(story.answers))


def _owner(story: Story) -> str:
    return representative(story.person.country.code, story.person.number)


def _talks_until(story: Story, contacted: datetime) -> datetime:
    """When the opportunity is opened: some working days after the contact, and after the call if there is one."""
    calls = [call.starts_at for call in story.calls if not call.cancelled]
    return _working(story, max([contacted, *calls]), story.rng.uniform(2, 70))


def _working(story: Story, after: datetime, hours: float) -> datetime:
    return after_working_hours(after, hours, story.person.country.utc_offset_hours)
