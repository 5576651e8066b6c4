"""What sales said about a lead, said again from the beginning: words in their order become what stands now. Pure.

A word is a row of `SalesAction`, the reserved event `Lead Contacted`, or one of the machine's own two: a lead that was
recycled, and one that came back. The columns of `Standing` that sales fills are always what `sales_state` says.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from leadline.qualification.stages import ReasonCode, Stage
from leadline.scoring.ruleset import Ruleset


class Word(StrEnum):
    """What was said. All but the last two are kinds of `SalesAction`."""

    ACCEPT = "accept"
    REJECT = "reject"
    REQUALIFY = "requalify"
    SNOOZE = "snooze"
    WAKE = "wake"
    CONTACT = "contact"
    OVERRIDE = "override"
    RELEASE = "release"
    ASSIGN = "assign"
    RECYCLED = "recycled"  # the machine recycled the lead: it is in nobody's hands any more
    RETURNED = "returned"  # it came back from there by itself


@dataclass(frozen=True, slots=True)
class SalesWord:
    """One word.

    Attributes:
        reason: the name of a rejection in the ruleset.
        stage: that of an override.
        until: the end of a snooze or an override.
    """

    kind: str
    at: datetime
    reason: str = ""
    stage: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SalesState:
    """What stands of all that was said.

    Attributes:
        snoozed_until: may be over; the promise of a first contact counts from it.
        contacted_at: when somebody last spoke to the person, since it was last recycled.
    """

    accepted_at: datetime | None = None
    rejection: str = ""
    rejected_at: datetime | None = None
    snoozed_until: datetime | None = None
    override_stage: str = ""
    override_until: datetime | None = None
    contacted_at: datetime | None = None


def sales_state(words: Iterable[SalesWord], at: datetime, ruleset: Ruleset) -> SalesState:
    """What stands at `at`.

    A rejection ends acceptance, snooze and override; while it stands nobody accepts. What the machine recycled is not
    accepted, snoozed or contacted any more, and a rejection that recycled is over when the lead comes back.

    The end of a snooze is kept, also of one that was ended early; the end of an override clears it.

    Args:
        words: in the order in which they were said where their times are equal. Those later than `at` are not known.
    """
    state = SalesState()
    for word in sorted(words, key=lambda word: word.at):
        if word.at <= at:
            state = _said(state, word, ruleset)
    return _without_what_ended(state, at)


def own_word(from_stage: str, to_stage: str, at: datetime, codes: Collection[str]) -> SalesWord | None:
    """What a move of the machine means for what sales said, if anything: not what sales itself moved.

    Args:
        codes: of the move's reasons.
    """
    if ReasonCode.OVERRIDE in codes or ReasonCode.REQUALIFIED in codes:
        return None
    if to_stage == Stage.RECYCLED:
        return SalesWord(Word.RECYCLED, at)
    over = ReasonCode.OVERRIDE_OVER in codes
    return SalesWord(Word.RETURNED, at) if from_stage == Stage.RECYCLED and not over else None


def first_contact(words: Iterable[SalesWord]) -> datetime | None:
    """When somebody first spoke to the person, since the lead was last recycled."""
    first = None
    for word in sorted(words, key=lambda word: word.at):
        if word.kind == Word.RECYCLED:
            first = None
        elif word.kind == Word.CONTACT:
            first = first or word.at
    return first


def known_by(words: Iterable[SalesWord], at: datetime) -> datetime:
    """When all these words are known: `at`, or the newest of them. A segment may be loaded after a word that was said
    later than it came in; what is known of sales does not go back for it."""
    return max((at, *(word.at for word in words)))


def _said(state: SalesState, word: SalesWord, ruleset: Ruleset) -> SalesState:
    match word.kind:
        case Word.ACCEPT:
            taken = state.accepted_at or word.at
            return state if state.rejection else replace(state, accepted_at=taken)
        case Word.REJECT:
            return SalesState(rejection=word.reason, rejected_at=word.at, contacted_at=state.contacted_at)
        case Word.SNOOZE:
            return replace(state, snoozed_until=word.until)
        case Word.WAKE:
            return _woken(state, word.at)
        case Word.CONTACT:
            return replace(state, contacted_at=word.at)
        case Word.OVERRIDE | Word.RELEASE:
            return replace(state, override_stage=word.stage, override_until=word.until)
        case Word.RECYCLED:
            return replace(state, accepted_at=None, snoozed_until=None, contacted_at=None)
        case _:
            return _without_rejection(state) if _readmits(state, word, ruleset) else state


def _woken(state: SalesState, at: datetime) -> SalesState:
    """A snooze that is ended early has an end all the same: the promise counts from it."""
    lasts = state.snoozed_until is not None and state.snoozed_until > at
    return replace(state, snoozed_until=at) if lasts else state


def _readmits(state: SalesState, word: SalesWord, ruleset: Ruleset) -> bool:
    returned = word.kind == Word.RETURNED and _recycles(state.rejection, ruleset)
    return returned or word.kind == Word.REQUALIFY


def _without_rejection(state: SalesState) -> SalesState:
    return replace(state, rejection="", rejected_at=None)


def _without_what_ended(state: SalesState, at: datetime) -> SalesState:
    if state.override_until is not None and state.override_until <= at:
        state = replace(state, override_stage="", override_until=None)
    return state


def _recycles(rejection: str, ruleset: Ruleset) -> bool:
    return any(each.name == rejection and each.to_stage == Stage.RECYCLED for each in ruleset.rejections)
