"""Subject requests in words: for the person who asks, and for colleagues. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leadline.pipeline.privacy import handing_over
from leadline.pipeline.privacy.request_work import CORRECTED, KEPT, STOPPED
from leadline.privacy.models import SubjectRequest

Kind, State = SubjectRequest.Kind, SubjectRequest.State
WISHES: Mapping[str, str] = {
    Kind.ACCESS: "See what you hold about me",
    Kind.PORTABILITY: "Take my data to another service",
    Kind.RECTIFICATION: "Have something corrected",
    Kind.ERASURE: "Have my data erased",
    Kind.RESTRICTION: "Have my data kept, but not used",
    Kind.OBJECTION: "Not be scored, or have a person look at my score",
    Kind.OPT_OUT: "Opt out of the sale and sharing of my data",
}
"""Each kind as the person who asks would say it."""
SHORT: Mapping[str, str] = {
    Kind.ACCESS: "Access",
    Kind.PORTABILITY: "Portability",
    Kind.RECTIFICATION: "Rectification",
    Kind.ERASURE: "Erasure",
    Kind.RESTRICTION: "Restriction",
    Kind.OBJECTION: "Objection to scoring",
    Kind.OPT_OUT: "Opt-out of sale and sharing",
}
"""Each kind as those who answer call it."""
CHECKED: Mapping[str, str] = {
    "mail": "by mail: they confirmed it from the address",
    "hand": "by hand",
    "not_needed": "not needed for an opt-out",
}
STANDS: Mapping[str, str] = {
    State.RECEIVED: "Waits for the identity check",
    State.VERIFIED: "Waits for us to carry it out",
    State.WORKING: "Is being carried out",
    State.READY: "To hand over",
    State.DONE: "Done",
    State.REFUSED: "Not carried out",
}
STANDS_FOR_ALL: Mapping[str, str] = {**STANDS, State.READY: STANDS[State.WORKING]}
"""The same for everybody with the address of the status page."""
READY_FOR_THEM = "Ready: fetch the archive"
TOLD: Mapping[str, str] = {
    "received": "Received",
    "verified": "Identity checked",
    "working": "Carrying it out began",
    "extended": "Takes two months longer",
    "done": "Done",
    "refused": "Not carried out",
}
"""The steps that everybody with the address of the status page reads: none says whether anybody is known."""
INSIDE: Mapping[str, str] = {
    **TOLD,
    "matched": "Matched with",
    "erasing": "Erasure began",
    "ready": "Answer ready",
    "fetched": "Archive taken, to hand over",
    "mailed": "Mail sent",
    "mail_failed": "Mail could not be sent",
    "reminded": "Colleagues were reminded",
}
HANDED: Mapping[str, str] = {
    handing_over.MAILED: "mailed to them",
    handing_over.FETCHED: "fetched by them",
    handing_over.BY_HAND: "handed over by hand",
}
"""How an answer came to whoever asked."""
WAYS: Mapping[str, str] = {
    handing_over.MAILED: "by mail",
    handing_over.FETCHED: "they fetched it",
    handing_over.BY_HAND: "by hand",
}
"""The same beside "handed over"."""
LETTERS: Mapping[str, str] = {
    "confirm": "to confirm it",
    "extended": "that it takes longer",
    "refused": "that it was refused",
    "erasing": "that the erasure began",
    "ready": "that the answer is ready",
    "done": "that it is done",
}
TRAIT_WORDS: Mapping[str, str] = {
    "name": "Whole name",
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail address",
    "phone": "Telephone",
    "title": "Job title",
    "company_name": "Company",
    "city": "City",
    "country": "Country",
}
"""What the form offers to correct: `tracking.corrections.FORM_TRAITS`."""
DECIDED: Mapping[str, str] = {
    STOPPED: "You are not scored any more.",
    KEPT: "It stays; why, stands below.",
    CORRECTED: "It was wrong, and what it is made of is corrected.",
}
PROVED: Mapping[str, str] = {"sent_to": "sent to", "found": "people found"}
"""What the lines of a proof are called, where their name is no word."""
NAME_WORDS: Mapping[str, str] = {"email": "E-mail", "user_id": "User id", "anonymous_id": "Anonymous id"}
NOBODY = "Nothing is held about you under this address."


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step as a line of a page."""

    at: datetime
    text: str
    by: str = ""


def named(names: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """A person's names, each after what it is called on every page."""
    return [(NAME_WORDS.get(kind, kind.replace("_", " ").capitalize()), value) for kind, value in names]


def public_steps(row: SubjectRequest) -> list[StepLine]:
    """What became of a request, for whoever has the address of its status page."""
    return [StepLine(_at(step), TOLD[step["what"]]) for step in row.steps if step["what"] in TOLD]


def inside_steps(row: SubjectRequest, names: Mapping[int, str]) -> list[StepLine]:
    """The same for colleagues: all of it, and who did it.

    Args:
        names: of users, by number.
    """
    return [StepLine(_at(step), _inside(step), _by(step, names)) for step in row.steps]


def users_in(row: SubjectRequest) -> set[int]:
    """The numbers of the users who did something."""
    return {step["user"] for step in row.steps if step.get("user")}


def outcome_words(row: SubjectRequest) -> str:
    """What came of a request that is ready or done, for the person whom it is about; empty before."""
    proof = row.proof
    if row.state not in (State.READY, State.DONE):
        return ""
    if proof.get("found") == 0:
        return NOBODY
    if row.kind in (Kind.ACCESS, Kind.PORTABILITY):
        what = "are held about you" if row.kind == Kind.ACCESS else "of what you gave us yourself are in the archive"
        return f"{proof['records']:,} records {what}, of {len(proof['kinds'])} kinds."
    if row.kind == Kind.OBJECTION:
        return f"A person looked at your score. {DECIDED[proof['outcome']]}"
    return _DONE.get(row.kind, "") or f"Corrected: {_traits(proof['corrected'])}."


_DONE: Mapping[str, str] = {
    Kind.ERASURE: "Nothing is left of what we held about you.",
    Kind.RESTRICTION: "Your data is kept and not used: no score, no advertising, nothing passed on.",
    Kind.OPT_OUT: "Your data is not sold or shared.",
}


def proof_lines(row: SubjectRequest) -> list[tuple[str, str]]:
    """The proof of a request, name and value, numbers and words of ours only; an erasure's has a page of its own."""
    proof = {} if row.kind == Kind.ERASURE and "erasure" in row.proof else row.proof
    return [
        (PROVED.get(name, name), _value(value))
        for name, value in proof.items()
        if name not in ("kinds", "handed_over") and value not in ("", None)
    ]


def proof_kinds(row: SubjectRequest, titles: Mapping[str, str]) -> list[tuple[str, int]]:
    """How many records of each kind of data an archive has, by the kinds' titles.

    Args:
        titles: of kinds of data, by name.
    """
    return sorted((titles.get(kind, kind), count) for kind, count in row.proof.get("kinds", {}).items())


def handed_over(row: SubjectRequest, names: Mapping[int, str]) -> StepLine | None:
    """How, when and by whom the answer came to whoever asked; None while it did not.

    Args:
        names: of users, by number.
    """
    handed = row.proof.get("handed_over")
    if not handed:
        return None
    by = _by(handed, names) if handed["how"] == handing_over.BY_HAND else ""
    return StepLine(_at(handed), WAYS[handed["how"]], by)


def erasure_of(row: SubjectRequest) -> int | None:
    """The number of the erasure that proves it."""
    return row.proof.get("erasure") if row.kind == Kind.ERASURE else None


def _inside(step: Mapping[str, Any]) -> str:
    if step["what"] == "fetched" and step["via"] == "page" and not step.get("user"):
        return "Archive fetched"
    words = INSIDE.get(step["what"], step["what"])
    more = {
        "ready": ": to be mailed" if step.get("how") == handing_over.BY_MAIL else ": to be handed over",
        "done": f": {HANDED[step['how']]}" if step.get("how") in HANDED else "",
        "received": {"hand": ": written down by hand", "form": " over the form"}.get(step.get("way", ""), ""),
        "verified": f" {CHECKED.get(step.get('how', ''), '')}",
        "matched": f" lead {step.get('lead')}",
        "erasing": f": erasure {step.get('erasure')}",
        "refused": ": nobody confirmed it in time" if step.get("how") == "unconfirmed" else "",
        "mailed": f" {LETTERS.get(step.get('letter', ''), '')}",
        "mail_failed": f" {LETTERS.get(step.get('letter', ''), '')}",
    }
    return f"{words}{more.get(step['what'], '')}".rstrip()


def _by(step: Mapping[str, Any], names: Mapping[int, str]) -> str:
    if step.get("user"):
        return names.get(step["user"], f"user {step['user']}, who is gone")
    return {"cli": "the command line", "page": "the person"}.get(step["via"], "")


def _at(step: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(step["at"])


def _value(value: Any) -> str:
    if isinstance(value, list):
        return _traits(value)
    return str(value)


def _traits(names: Iterable[str]) -> str:
    return ", ".join(TRAIT_WORDS.get(name, name) for name in names) or "nothing"
