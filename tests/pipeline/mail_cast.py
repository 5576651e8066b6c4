"""A mail server on loopback, and what arrives there."""

import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from leadline.project.mail import mail_settings


class Inbox:
    """Takes mail; answers with `answer` instead when there is one."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802  # aiosmtpd's name
        if self.answer:
            return self.answer
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@contextmanager
def mail_server(settings: Any) -> Iterator[Inbox]:
    """A mail server that LEADLINE_MAIL names."""
    found = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:  # the controller does not take 0 for any port
        port = free.getsockname()[1]
    server = Controller(found, hostname="127.0.0.1", port=port)
    server.start()
    settings.MAIL = f"smtp://127.0.0.1:{port}"
    for name, value in mail_settings(settings.MAIL).items():
        setattr(settings, name, value)
    yield found
    server.stop()
