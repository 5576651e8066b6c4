"""Subject requests as commands: listed, written down, checked, carried out, refused, extended."""

from collections.abc import Mapping
from typing import Any

from leadline.accounts.audit import Via, What, Who, record
from leadline.accounts.audit_verbs import ARCHIVE_MADE
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import TerminalError
from leadline.pipeline.engine import Engine
from leadline.pipeline.exports.exporting import replacing
from leadline.pipeline.finding import find_lead
from leadline.pipeline.privacy import handing_over, request_work, requests
from leadline.pipeline.privacy.archive_commands import checked_target
from leadline.privacy.kinds import Subject
from leadline.privacy.models import SubjectRequest
from leadline.privacy.request_rules import OPEN

CLI = Who(via=Via.CLI)


def privacy_requests(engine: Engine, state: str = "", kind: str = "", limit: int = 50) -> list[dict[str, Any]]:  # noqa: ARG001  # the signature of a command
    """Requests, the first due first; those that are over last.

    Args:
        state: only those in it; "open" for all that are not over, "overdue".
    """
    now = utc_now()
    found = requests.told(listed(state, kind)[:limit], now)
    return [row for row in found if row["overdue"]] if state == "overdue" else found


def listed(state: str = "", kind: str = "") -> list[SubjectRequest]:
    """Requests of a state and a kind, open ones first, by when they are due.

    Raises:
        TerminalError: there is no such state or kind.
    """
    rows = SubjectRequest.objects.order_by("due_at", "pk")
    if kind:
        _check("kind", kind, requests.KINDS)
        rows = rows.filter(kind=kind)
    if state in ("open", "overdue"):
        rows = rows.filter(state__in=OPEN)
    elif state:
        _check("state", state, ("open", "overdue", *requests.STATES, "all"))
        rows = rows.filter(state=state)
    return sorted(rows, key=lambda row: row.state not in OPEN)


def privacy_request_show(engine: Engine, number: int) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """One request with what was asked, and whom it may be about."""
    return _shown(requests.find(number))


def privacy_request_new(engine: Engine, kind: str, email: str, name: str = "", text: str = "") -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """Write down a request that came by letter or telephone. Its identity check is ours to do."""
    asked = requests.Asked(kind, email, name, text)
    row, _ = requests.receive(asked, utc_now(), CLI, requests.HAND)
    return _shown(row)


def privacy_request_verify(engine: Engine, number: int, how: str) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """Say how it was checked who asks."""
    row = requests.find(number)
    requests.verify(row, how, utc_now(), CLI)
    return _shown(row)


def privacy_request_refuse(engine: Engine, number: int, because: str) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """Refuse a request."""
    row = requests.find(number)
    requests.refuse(row, because, utc_now(), CLI)
    return _shown(row)


def privacy_request_extend(engine: Engine, number: int, because: str) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """Take two months more."""
    row = requests.find(number)
    requests.extend(row, because, utc_now(), CLI)
    return _shown(row)


def privacy_request_carry_out(
    engine: Engine,
    number: int,
    lead: str = "",
    crm: str = "delete",
    changes: Mapping[str, str] | None = None,
    outcome: str = request_work.STOPPED,
    because: str = "",
) -> dict[str, Any]:
    """Do what is asked; an erasure is done by a job of the kind "erasure"."""
    row = requests.find(number)
    whom = find_lead(int(lead) if lead.isdecimal() else lead).pk if lead else None
    wish = request_work.Wish(whom, crm, changes or {}, outcome, because)
    request_work.carry_out(engine, row, wish, utc_now(), CLI)
    return _shown(row)


def privacy_request_archive(engine: Engine, number: int, path: str) -> dict[str, Any]:
    """Write the archive that a request asks for to a new file that only its owner may read.

    Raises:
        TerminalError: it was not carried out, nobody is known, or the path is no file that can be made.
    """
    row, target, now = requests.find(number), checked_target(path), utc_now()
    packed, told = handing_over.taken(engine, row, now, CLI)
    with replacing(target) as file:
        file.write(packed)
    numbers = {"records": told["records"], "kind": row.kind, "subject_request": number, "state": row.state}
    about = What("request", number) if told["lead"] is None else What("lead", told["lead"])
    record(CLI, ARCHIVE_MADE, about, numbers, now)
    return {"file": str(target), **told, "request": number, "state": row.state}


def privacy_request_hand_over(engine: Engine, number: int, how: str) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """Say how the answer came to whoever asked."""
    row = requests.find(number)
    handing_over.say_handed_over(row, how, utc_now(), CLI)
    return _shown(row)


def _shown(row: SubjectRequest) -> dict[str, Any]:
    people = [_person(each) for each in requests.people_of(row)]
    shown = {**requests.told([row], utc_now())[0], "asked": row.asked, "people": people}
    return {**shown, "mail_leaves": handing_over.waits_for_mail(row)}


def _person(subject: Subject) -> dict[str, Any]:
    names = [{"kind": kind, "value": value} for kind, value in subject.names]
    return {"lead": next(iter(subject.leads), None), "merged": list(subject.leads[1:]), "names": names}


def _check(what: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise TerminalError(f"There is no {what} {given[:40]!r}.", advice=f"There are: {', '.join(known)}.")


REQUEST_COMMANDS = (
    privacy_requests,
    privacy_request_show,
    privacy_request_new,
    privacy_request_verify,
    privacy_request_refuse,
    privacy_request_extend,
    privacy_request_carry_out,
    privacy_request_archive,
    privacy_request_hand_over,
)
