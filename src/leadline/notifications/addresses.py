"""Addresses of channels: an e-mail address, one of Apprise's, or "log". Read, checked, told without their secrets."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from leadline.kernel.errors import TerminalError
from leadline.notifications.apprise_quietly import instantiate, schemas_of

MAIL, LOG = "E-mail", "Log only"
LOGS = frozenset({"log", "log:", "log://"})
"""Messages that stay in Leadline's own log: for trying rules out without bothering anybody."""
LONGEST = 2_000
KEYED = frozenset({"json", "jsons", "xml", "xmls", "form", "forms"})
"""Webhooks: the message carries its key as `id`, by which the receiver can leave out a second one."""
ANYBODYS = KEYED | frozenset(
    "slack discord tgram workflow workflows teamsworkflows gchat wxteams webex mmost mmosts rocket rockets zulip "
    "ntfy ntfys pover gotify gotifys matrix matrixs pagerduty opsgenie twist guilded".split()
)
"""What everybody may use: services over HTTP that read nothing from this machine. Others take an administrator."""
LOCAL = frozenset("dbus glib qt kde gnome macosx windows syslog blink1 deltachat".split())
"""What would speak on the server's own screen or log."""
MAILS = frozenset({"mailto", "mailtos"})
FILES = frozenset({"keyfile", "subfile", "pgpkey", "pgp", "pem", "key", "cert", "attach"})
"""Parameters by which a service reads a file of this machine."""
EXAMPLES = "you@example.com, slack://TokenA/TokenB/TokenC/#channel, jsons://example.com/hook"
SCHEMA = re.compile(r"[A-Za-z0-9+.-]{1,24}://")


@dataclass(frozen=True, slots=True)
class Address:
    """Where messages go.

    Attributes:
        text: as it is sealed. Never shown, logged or told.
        service: what it is, such as "Slack".
        shown: what of it may be shown: a webhook's host, the beginning of an e-mail address.
        keyed: a message that comes twice can be told to be the same one.
    """

    text: str
    service: str
    shown: str
    keyed: bool

    @property
    def is_mail(self) -> bool:
        """Whether it is a plain e-mail address, which Leadline's own mail server serves."""
        return self.service == MAIL

    def __repr__(self) -> str:
        return f"Address({self.service})"


def read_address(text: str, *, administrator: bool) -> Address:
    """An address as somebody wrote it. Nothing that is raised repeats it.

    Raises:
        TerminalError: it is none, or not one that this person may use.
    """
    text = text.strip()
    if text.lower() in LOGS:
        return Address("log", LOG, "", keyed=True)
    if "@" in text and not SCHEMA.match(text) and "://" not in text:
        return _mail(text)
    schema = text.partition("://")[0].lower()
    _check_schema(text, schema, administrator=administrator)
    service = instantiate(text)
    if service is None:
        raise TerminalError(
            f"This is no address of a service called {schema!r}." if SCHEMA.match(text) else "This is no address.",
            advice=f"Write it as Apprise has it: {EXAMPLES}. https://appriseit.com/services lists them all.",
        )
    schemas = schemas_of(service)
    _check_service(schemas, administrator=administrator)
    shown = str(service.host or "") if schemas & KEYED else ""
    return Address(text, str(service.service_name), shown[:120], bool(schemas & KEYED))


def address_of(kept: Any, service: str) -> Address:
    """A sealed address, opened to send to. It was checked when it was kept."""
    text = str(kept)
    schema = text.partition("://")[0].lower()
    return Address(text, service, "", service in (MAIL, LOG) or schema in KEYED)


def hidden(mail: str) -> str:
    """An e-mail address that can be told from others and not written to: "sa…@example.com"."""
    name, _, domain = mail.partition("@")
    return f"{name[:2]}\N{HORIZONTAL ELLIPSIS}@{domain}"


def _mail(text: str) -> Address:
    try:
        validate_email(text)
    except ValidationError as error:
        raise TerminalError("This is no e-mail address.", advice=f"Write it like these: {EXAMPLES}.") from error
    return Address(text, MAIL, hidden(text), keyed=True)


def _check_schema(text: str, schema: str, *, administrator: bool) -> None:
    if len(text) > LONGEST or any(each.isspace() for each in text):
        raise TerminalError("This is no address.", advice=f"Write it like these: {EXAMPLES}.")
    if schema in MAILS:
        raise TerminalError(
            "Mail goes over the one mail server that is set up.", advice="Write the plain e-mail address."
        )
    if not administrator and FILES & {name.lower().lstrip("+-:") for name, _ in parse_qsl(urlsplit(text).query)}:
        raise TerminalError("This address reads a file of the server.", advice="Ask an administrator to add it.")


def _check_service(schemas: frozenset[str], *, administrator: bool) -> None:
    if schemas & LOCAL or schemas & MAILS:
        raise TerminalError("This would reach nobody but the server itself.", advice=f"Use one like: {EXAMPLES}.")
    if not administrator and not schemas & ANYBODYS:
        raise TerminalError("This service takes an administrator to add.", advice="Ask one, or use another service.")
