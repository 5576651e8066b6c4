"""What a batch answered about its rows: those that were written, and the errors among them. Pure.

A batch answers 200, or 207 when some rows failed; in no order. Rows are told apart by the trace id that we gave them,
by our own id of them, or by HubSpot's.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from leadline.crm.connectors.hubspot.calls import CONFLICT, NOT_FOUND, Row, rows_of
from leadline.crm.connectors.hubspot.values import KEY
from leadline.crm.records import Outcome, Outgoing, Sent

CONTACT = "contact"
EXISTING = re.compile(r"Existing ID: *(\d+)", re.IGNORECASE)
UNSAID = Sent(
    Outcome.LATER, code="NO_ANSWER", message="HubSpot did not say what became of this row.", advice="It is sent again."
)
TRANSIENT = frozenset({"RATE_LIMITS", "INTERNAL_ERROR", "SERVICE_UNAVAILABLE", "TIMEOUT", "LOCKED"})


def sent_of(answer: Row, rows: Mapping[int, Outgoing]) -> dict[int, Sent]:
    """{place of a row: what became of it}; one of which nothing is said is for later, with the words for nobody."""
    errors = answer.get("errors") or []
    answers = dict.fromkeys(rows, _unsaid(error for error in errors if not list(_blamed(error, rows))))
    for error in errors:
        answers |= dict.fromkeys(_blamed(error, rows), refusal(error))
    for result in rows_of(answer):
        if (at := _place(result, rows)) is not None:
            outcome = Outcome.CREATED if result.get("new") else Outcome.UPDATED
            answers[at] = Sent(outcome, str(result["id"]), CONTACT)
    return answers


def _unsaid(errors: Iterable[Row]) -> Sent:
    words = " ".join(str(error.get("message") or "") for error in errors).strip()
    return replace(UNSAID, message=words) if words else UNSAID


def _place(result: Row, rows: Mapping[int, Outgoing]) -> int | None:
    """The row that a result is about."""
    trace = str(result.get("objectWriteTraceId") or "")
    if trace.isdigit() and int(trace) in rows:
        return int(trace)
    name, number = (result.get("properties") or {}).get(KEY), str(result.get("id"))
    named = (at for at, row in rows.items() if row.remote_id == number or (name and row.external_id == name))
    return next(named, None)


def _blamed(error: Row, rows: Mapping[int, Outgoing]) -> Iterator[int]:
    """The rows that an error is about."""
    context = error.get("context") or {}
    traces = {str(each) for each in _listed(context, "objectWriteTraceId")}
    names = {str(each) for key in ("ids", "id") for each in _listed(context, key)}
    for at, row in rows.items():
        if str(at) in traces or names & {row.external_id, row.remote_id} - {""}:
            yield at


def _listed(context: Mapping[str, Any], key: str) -> list[Any]:
    value = context.get(key)
    return value if isinstance(value, list) else []


def refusal(error: Row) -> Sent:
    """One error of a batch."""
    code, message = str(error.get("category") or ""), str(error.get("message") or "HubSpot refused this row.")
    if code == NOT_FOUND:
        return Sent(Outcome.GONE, code=code, message=message)
    if code in TRANSIENT:
        return Sent(Outcome.LATER, code=code, message=message)
    advice = held_advice(existing_of(message)) if code == CONFLICT else "Correct the value, or the mapping."
    return Sent(Outcome.REFUSED, code=code, message=message, advice=advice)


def existing_of(message: str) -> str:
    """The id of the contact that a conflict names; empty when it names none."""
    found = EXISTING.search(message)
    return found[1] if found else ""


def held_advice(number: str) -> str:
    """What to do about an e-mail address that another contact has."""
    other = f"Contact {number}" if number else "Another contact"
    return f"{other} has this e-mail address. Merge the two contacts in HubSpot, or correct the address; then retry."


def refused_advice(number: str, name: str) -> str:
    """The same for a lead that has no contact yet, where contacts are not to be linked by their address."""
    return (
        f"Contact {number} has this e-mail address. Write {name} into its property Leadline ID, or set same_email to "
        "link in the connection; then retry."
    )


def taken_advice(number: str, other: str) -> str:
    """The same where that contact is another lead's."""
    return (
        f"Contact {number} has this e-mail address and is another lead's ({other}). Unite the two leads here, or "
        "correct the address; then retry."
    )
