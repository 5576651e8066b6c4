"""The steps that change what someone is to the platform: sign-up, profile, quote, call, premium, application."""

from datetime import timedelta

from leadline.demo.archetypes import JOB_SEEKER, LEARNER
from leadline.demo.catalogue import (
    BOOK_CALL,
    CALCULATOR,
    CAREERS,
    JOBS,
    PREMIUM_PLANS,
    PROFILE,
    QUOTES,
    SIGN_UP,
    UPGRADE,
)
from leadline.demo.lives import PLATFORM, WEBSITE, Sitting, track, wire_time
from leadline.demo.needs import undecided
from leadline.demo.profiles import membership, registration, update
from leadline.demo.rhythm import after_working_hours
from leadline.demo.story import Call, Story


def sign_up(story: Story, sitting: Sitting) -> None:
    """The account: identify in the browser, Signed Up and the company from the server."""
    identify = registration(story)
    facts = [identify, track(PLATFORM, "Signed Up", intent=_stated_intent(story))]
    group = membership(story)
    sitting.view(SIGN_UP, 60, *facts, *([group] if group else []))
    story.signed_up_at = sitting.now()


def fill_profile(story: Story, sitting: Sitting, count: int) -> None:
    """A few more traits; the company's group follows when it is named only now."""
    had_company = "company" in story.revealed
    identify = update(story, count)
    if identify is None:
        return
    group = None if had_company else membership(story)
    sitting.view(PROFILE, 45, identify, *([group] if group else []))


def request_quote(story: Story, sitting: Sitting) -> None:
    """The calculator, then the request; one in thirty leaves the number of seats open."""
    need = undecided(story.need) if story.rng.random() < 0.03 else story.need
    properties = need.properties(story.issue("quo"))
    used = track(WEBSITE, "Tool Used", tool="quote-calculator", completed=True)
    sitting.view(CALCULATOR, 130, used, track(WEBSITE, "Quote Calculated", **properties))
    sitting.view(QUOTES, 40, track(PLATFORM, "Quote Requested", **properties))
    if need.seats:
        story.ask(sitting)


def book_call(story: Story, sitting: Sitting) -> None:
    """A strategy call, half a day to six days ahead."""
    starts = after_working_hours(sitting.now(), story.rng.uniform(6, 45), story.person.country.utc_offset_hours)
    starts = starts.replace(minute=30 * story.rng.randrange(2), second=0, microsecond=0) + timedelta(hours=1)
    call = Call(story.issue("call"), sitting.now(), starts, cancelled=story.rng.random() < 0.12)
    booked = track(PLATFORM, "Strategy Call Booked", call_id=call.call_id, starts_at=wire_time(starts))
    sitting.view(BOOK_CALL, 50, booked)
    story.calls.append(call)
    if not call.cancelled:
        story.ask(sitting)


def upgrade(story: Story, sitting: Sitting) -> None:
    """Premium; one in four cancels some weeks later."""
    plan, amount = story.rng.choice(PREMIUM_PLANS)
    paid = {"plan": plan, "amount": amount, "currency": "USD"}
    sitting.view(UPGRADE, 60, track(PLATFORM, "Premium Upgraded", **paid))
    if story.rng.random() < 0.25:
        later = sitting.now() + timedelta(days=story.rng.uniform(10, 45))
        story.add_moment(later, PLATFORM, "Premium Cancelled", **paid)


def apply_for_job(story: Story, sitting: Sitting) -> None:
    """An application for one of the platform's own vacancies."""
    sitting.view(CAREERS, 90, track(PLATFORM, "Job Application Submitted", job_id=story.rng.choice(JOBS)))


def _stated_intent(story: Story) -> str:
    if story.person.archetype is JOB_SEEKER:
        return "work"
    return "learn" if story.person.archetype is LEARNER and story.rng.random() < 0.6 else "hire"
