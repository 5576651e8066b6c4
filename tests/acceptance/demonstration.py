"""A running installation with the demonstration's people in it, and a browser that is signed in to it."""

import re
from dataclasses import dataclass

import httpx
from tests.leadline_process import Folder, Server

SIGN_IN = "/accounts/login/"
ROLE = "administrator"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Demonstration:
    """`leadline demo`, served."""

    folder: Folder
    server: Server

    @property
    def address(self) -> str:
        """By name: the pages' cookies go to no other."""
        return f"http://localhost:{self.server.port}"

    def browser(self) -> httpx.Client:
        """Nobody's browser."""
        return httpx.Client(base_url=self.address, timeout=60)

    def administrator(self) -> httpx.Client:
        """The administrator's browser, signed in."""
        browser = self.browser()
        email, password = self._credentials()
        told = {"csrfmiddlewaretoken": token_in(browser.get(SIGN_IN).text), "login": email, "password": password}
        answer = browser.post(SIGN_IN, data=told)
        assert answer.status_code == 302, answer.text
        return browser

    def api_token(self) -> str:
        """A token of the administrator's."""
        made = self.folder.json("tokens", "create", self._credentials()[0], "--name", "attack")
        return str(made["token"])

    def _credentials(self) -> tuple[str, str]:
        lines = (self.folder.data / "demo-sign-in").read_text().splitlines()
        email, password, _ = next(line.split() for line in lines if line.endswith(ROLE))
        return email, password


def token_in(page: str) -> str:
    """What a page's forms have to bring along."""
    found = TOKEN.search(page)
    assert found is not None, page[:500]
    return found[1]
