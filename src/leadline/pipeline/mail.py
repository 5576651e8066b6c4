"""Mail: a letter with its pictures and attachments, sent over the server that LEADLINE_MAIL names.

TransientMailError   trying again can help: no connection, or the server said "later" (4xx)
TerminalMailError    it can't: nobody may receive it, or the server refuses us (5xx)
"""

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from email.mime.image import MIMEImage

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from leadline.kernel.errors import ConfigurationError, TerminalError, TransientError

NOT_CONFIGURED = "No mail server is set up, so nothing is mailed."
ADVICE = "Set LEADLINE_MAIL and LEADLINE_MAIL_FROM: docs/reference/settings.md."
PERMANENT = 500


class TransientMailError(TransientError):
    """A mail did not leave; trying again can help."""

    code = "mail_later"


class TerminalMailError(TerminalError):
    """A mail can't be sent as it is."""

    code = "mail_refused"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file, or a picture that the HTML shows as `cid:<name>`."""

    name: str
    content: bytes
    kind: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one list of recipients.

    Attributes:
        key: of what it tells: sent again it has the same Message-ID, by which mail programs show it once.
    """

    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    key: str = ""
    pictures: tuple[Attachment, ...] = ()
    files: tuple[Attachment, ...] = ()


def is_configured() -> bool:
    """Whether there is a server to send over."""
    return bool(settings.MAIL)


def check_configured() -> None:
    """Raises:
    ConfigurationError: there is no server to send over.
    """
    if not is_configured():
        raise ConfigurationError(NOT_CONFIGURED, advice=ADVICE)


def send(letter: Letter) -> None:
    """Hand a letter over to the mail server.

    Raises:
        ConfigurationError: none is set up.
        TransientMailError: it did not leave, and may later.
        TerminalMailError: it never will.
    """
    check_configured()
    try:
        _message(letter).send()
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(error) from error
    except smtplib.SMTPResponseException as error:
        raise _told(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise TerminalMailError(f"The mail server can't do what is asked: {error}.") from error
    except (smtplib.SMTPException, OSError) as error:
        raise TransientMailError(f"The mail server does not answer: {error}.") from error


def _refused(error: smtplib.SMTPRecipientsRefused) -> TransientError | TerminalError:
    """Nobody on the list was taken: for good only when that holds for all."""
    answers: Sequence[tuple[int, bytes]] = list(error.recipients.values())
    code, text = min(answers, default=(PERMANENT, b""))
    return _told(code, text)


def _told(code: int, text: bytes | str) -> TransientError | TerminalError:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    if code >= PERMANENT:
        return TerminalMailError(f"The mail server refused it ({code} {words}).", advice="Mend this, then send again.")
    return TransientMailError(f"The mail server wants it later ({code} {words}).")


def _message(letter: Letter) -> EmailMultiAlternatives:
    headers = {"Message-ID": f"<{letter.key}@leadline>"} if letter.key else {}
    subject = " ".join(letter.subject.split())
    message = EmailMultiAlternatives(subject, letter.text, None, list(letter.to), headers=headers)
    message.attach_alternative(letter.html, "text/html")
    for picture in letter.pictures:
        message.attach(_inline(picture))
    for file in letter.files:
        message.attach(file.name, file.content, file.kind)
    return message


def _inline(picture: Attachment) -> MIMEImage:
    part = MIMEImage(picture.content, _subtype=picture.kind.partition("/")[2])
    part.add_header("Content-ID", f"<{picture.name}>")
    part.add_header("Content-Disposition", "inline", filename=f"{picture.name}.png")
    return part


def test_letter(address: str) -> Letter:
    """What `leadline mail test` sends."""
    text = f"Mail from Leadline works. Alerts and reports of {settings.PUBLIC_URL} can reach you."
    return Letter((address,), "Leadline can send mail", text, f"<p>{text}</p>")
