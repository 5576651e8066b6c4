"""What Salesforce says of one row, as `Sent`. A call answers 200 also when rows of it failed. Pure.

Both APIs come to one shape here, the REST one: {"id", "success", "created", "errors": [{"statusCode", "message"}]}.
"""

import re
from collections.abc import Mapping
from typing import Any

from leadline.crm.connectors.salesforce.names import EXTERNAL_ID, long_id
from leadline.crm.records import Outcome, Sent

Result = Mapping[str, Any]
UNPROCESSED = "UNPROCESSED"
DUPLICATE = "DUPLICATES_DETECTED"
LATER = frozenset(
    {
        "UNABLE_TO_LOCK_ROW",
        "SERVER_UNAVAILABLE",
        "REQUEST_LIMIT_EXCEEDED",
        "ENTITY_IS_LOCKED",
        "QUERY_TIMEOUT",
        UNPROCESSED,
    }
)
"""Trying again can help; ENTITY_IS_LOCKED: an approval has the record."""
ELSEWHERE = frozenset(
    {
        "ENTITY_IS_DELETED",
        "CANNOT_UPDATE_CONVERTED_LEAD",
        "INVALID_CROSS_REFERENCE_KEY",
        "INVALID_ID_FIELD",
        "NOT_FOUND",
    }
)
"""The record was deleted, merged or converted, perhaps: it is looked for."""
ADVICE = {
    DUPLICATE: "A duplicate rule blocks it. Let the rule allow and report (Setup, Duplicate Rules), or leave our user "
    "out of it; or write the lead's Leadline ID into the record that is there, then retry: that one is written then.",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": "A validation rule of the org refuses it: mend the value, or leave our user "
    "out of the rule. Then retry.",
    "REQUIRED_FIELD_MISSING": "Map the field, with a default for leads of whom nothing is known.",
    "STRING_TOO_LONG": "Set truncate for the field in the mapping.",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": "Translate the value with values in the mapping, or add it there.",
    "INVALID_EMAIL_ADDRESS": "Mend the e-mail address here; it is sent again when it changes.",
    "INSUFFICIENT_ACCESS_OR_READONLY": "Let our user edit the record: sharing, or the permission set Leadline.",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": "Let our user see the record that is pointed to.",
    "INVALID_FIELD_FOR_INSERT_UPDATE": "Let our user edit the field: the permission set Leadline.",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": "A trigger of the org refuses it: show its words to who looks after it.",
    "CANNOT_EXECUTE_FLOW_TRIGGER": "A flow of the org fails on it: show its words to who looks after it.",
    "STORAGE_LIMIT_EXCEEDED": "The org's data storage is full.",
    "DUPLICATE_VALUE": "Another record has the same value in a field that must be unique: merge the two, then retry.",
}


def sent_of(result: Result, type_: str, *, upsert: bool) -> Sent:
    """What became of a row that was written to an object of this type."""
    remote_id = long_id(str(result.get("id") or ""))
    if result["success"]:
        return Sent(Outcome.CREATED if result.get("created") else Outcome.UPDATED, remote_id, type_)
    error = (result.get("errors") or [{}])[0]
    code, message = str(error.get("statusCode") or "UNKNOWN"), words(error)
    if code in LATER or (upsert and _is_beaten(code, message)):
        return Sent(Outcome.LATER, remote_id, type_, code, message)
    return Sent(Outcome.REFUSED, remote_id, type_, code, message, ADVICE.get(code, ""))


def _is_beaten(code: str, message: str) -> bool:
    """Somebody else made the very record at the same time: the next upsert finds it."""
    return code == "DUPLICATE_VALUE" and EXTERNAL_ID in message


def words(error: Mapping[str, Any]) -> str:
    """What is said about a row, with the fields that it is about."""
    message = str(error.get("message") or "It was refused.").strip()
    fields = [str(field) for field in error.get("fields") or [] if str(field) not in message]
    return f"{message} ({', '.join(fields)})" if fields else message


def failed(code: str, message: str, remote_id: str = "") -> Result:
    """A row that was not written."""
    return {"id": remote_id, "success": False, "errors": [{"statusCode": code, "message": message}]}


def bulk_failure(remote_id: str, text: str) -> Result:
    """A row of failedResults: "CODE:words:fields --"."""
    code, _, rest = text.partition(":")
    return failed(code.strip(), re.sub(r":[\w, ]*--\s*$", "", rest).strip() or text, remote_id)
