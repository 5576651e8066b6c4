"""Ada, who is to be erased, and Ben, who stays: each with everything that Leadline may hold of a person."""

from datetime import datetime

from pipeline_cast import MONDAY, Installation, Message, days, hours, identify, page, track, user, visitor

ADA_EMAIL = "ada.canary-4711@example.com"
NOW = MONDAY + days(3)
CANARIES = (ADA_EMAIL, "user-ada", "browser-ada", "Canary Lovelace", "+49 30 471147")
"""What only Ada's messages hold."""


def life(short: str, at: datetime, **traits: object) -> list[Message]:
    """Pages before they were known, who they are, and what they did then."""
    browser, known = visitor(short), user(short, browser=short)
    return [
        page(browser, at, path="/pricing"),
        page(browser, at + hours(0.1), path="/roles"),
        identify(known, at + hours(0.2), **{"email": f"{short}@example.com"} | traits),
        track(known, "Quote Requested", at + hours(0.3), quote_id=f"quote-{short}", team_size=5),
        page(known, at + days(1), path="/pricing"),
    ]


def ada(at: datetime = MONDAY) -> list[Message]:
    """Ada's life."""
    return life("ada", at, email=ADA_EMAIL, name="Canary Lovelace", phone="+49 30 471147", company="Canary Ltd")


def ben(at: datetime = MONDAY) -> list[Message]:
    """Ben's."""
    return life("ben", at, name="Ben Stays", company="Stays Ltd")


def both(place: Installation) -> None:
    """Both came in, and midnight passed since."""
    place.receive(MONDAY + days(2), *ada(), *ben())
    place.tick(NOW)
