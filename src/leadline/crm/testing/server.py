"""What the fakes of CRMs that are called over HTTP have in common."""

import time
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from datetime import UTC
from email.utils import format_datetime

import httpx

from leadline.crm.testing.loopback import serving
from leadline.crm.testing.unreliable import Unreliable
from leadline.kernel.clock import Clock


class FakeServer(Unreliable, ABC):
    """A CRM in memory. Each kind says what it answers, and which calls write.

    server.transport()           for clients in this process
    with server.serve() as url:  over loopback, for others
    """

    def __init__(self, clock: Clock, url: str) -> None:
        super().__init__(clock)
        self.url = url

    def transport(self) -> httpx.BaseTransport:
        """For clients in this process."""
        return httpx.MockTransport(self.answer)

    def serve(self) -> AbstractContextManager[str]:
        """Over loopback while the block lasts; the address."""
        return serving(self.answer, self.url)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One call.

        Raises:
            httpx.TransportError: there is no answer.
        """
        if self._one_down():
            raise httpx.ConnectError("refused", request=request)
        answer = self._answer(request)
        if answer.is_success and self._writes(request) and self._one_lost():
            raise httpx.ReadTimeout("timed out", request=request)
        return answer

    @abstractmethod
    def _answer(self, request: httpx.Request) -> httpx.Response:
        """What it says to a call that arrived, storms included."""

    @abstractmethod
    def _writes(self, request: httpx.Request) -> bool:
        """Whether a call that went well left something behind."""

    def _date(self) -> dict[str, str]:
        """The header that tells its time."""
        return {"Date": format_datetime(self.now().astimezone(UTC), usegmt=True)}

    def _come_back(self) -> dict[str, str]:
        """The header that says when to come back, when it is to be said."""
        return {} if self.retry_after is None else {"Retry-After": f"{self.retry_after:g}"}

    def let_others_in(self) -> None:
        """A call that is at work, and has the lock: others run in the meantime."""
        self._lock.release()
        time.sleep(0.001)
        self._lock.acquire()
