"""What the audit trail records, by the word that is stored, and how people read it. Pure."""

from collections.abc import Mapping
from typing import Final

SIGNED_IN: Final = "signed_in"
SIGNED_OUT: Final = "signed_out"
SIGN_IN_FAILED: Final = "sign_in_failed"
CREDENTIALS_CHANGED: Final = "credentials_changed"
CONFIRMATION_ASKED: Final = "confirmation_asked"
LEAD_SEEN: Final = "lead.seen"
PEOPLE_LISTED: Final = "people.listed"
EVENTS_SEEN: Final = "events.seen"
MESSAGE_SEEN: Final = "message.seen"
EXPORTED: Final = "exported"
CHANGED: Final = "changed"
REFUSED: Final = "refused"
USE_UNUSUAL: Final = "use.unusual"
COMMAND_RUN: Final = "command.run"
KEY_MADE: Final = "key.made"
KEY_REVOKED: Final = "key.revoked"
KEYS_ROTATED: Final = "keys.rotated"
TOKEN_MADE: Final = "token.made"  # noqa: S105  # a deed, no secret
TOKEN_REVOKED: Final = "token.revoked"  # noqa: S105  # the same
USER_ADDED: Final = "user.added"
USER_CHANGED: Final = "user.changed"
USER_DISABLED: Final = "user.disabled"
USER_ENABLED: Final = "user.enabled"
USER_SIGNED_OUT: Final = "user.signed_out"
FACTORS_RESET: Final = "user.factors_reset"
PASSWORD_LINK_MADE: Final = "user.link_made"  # noqa: S105  # a deed, no secret
CONNECTION_CHANGED: Final = "connection.changed"
PERSON_ERASED: Final = "person.erased"
REQUEST_CHANGED: Final = "request.changed"
REQUEST_SEEN: Final = "request.seen"
ARCHIVE_MADE: Final = "archive.made"
RETENTION_RAN: Final = "retention.ran"
RESTORED: Final = "restored"
AUDIT_SEEN: Final = "audit.seen"
AUDIT_EXPORTED: Final = "audit.exported"
AUDIT_TRIMMED: Final = "audit.trimmed"

VERBS: Mapping[str, str] = {
    SIGNED_IN: "signed in",
    SIGNED_OUT: "signed out",
    SIGN_IN_FAILED: "failed to sign in",
    CREDENTIALS_CHANGED: "changed how they sign in",
    CONFIRMATION_ASKED: "was asked to confirm that it is them",
    LEAD_SEEN: "saw a lead",
    PEOPLE_LISTED: "listed people",
    EVENTS_SEEN: "watched events",
    MESSAGE_SEEN: "saw quarantined messages",
    EXPORTED: "took an export",
    CHANGED: "changed something",
    REFUSED: "was refused",
    USE_UNUSUAL: "noticed unusual use",
    COMMAND_RUN: "ran a command",
    KEY_MADE: "made a write key",
    KEY_REVOKED: "revoked a write key",
    KEYS_ROTATED: "rotated the secret keys",
    TOKEN_MADE: "made an API token",
    TOKEN_REVOKED: "revoked an API token",
    USER_ADDED: "added a user",
    USER_CHANGED: "changed a user",
    USER_DISABLED: "disabled a user",
    USER_ENABLED: "enabled a user",
    USER_SIGNED_OUT: "signed a user out",
    FACTORS_RESET: "took a user's second factor away",
    PASSWORD_LINK_MADE: "made a link to set a password",
    CONNECTION_CHANGED: "changed a connection",
    PERSON_ERASED: "erased a person",
    REQUEST_CHANGED: "worked on a subject request",
    REQUEST_SEEN: "saw a subject request",
    ARCHIVE_MADE: "made a person's archive",
    RETENTION_RAN: "applied retention",
    RESTORED: "restored a backup",
    AUDIT_SEEN: "read the audit trail",
    AUDIT_EXPORTED: "exported the audit trail",
    AUDIT_TRIMMED: "removed old entries",
}
