"""Windows of a real browser on the pages, and what they complain about."""

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page

REPORT_VIOLATIONS = """document.addEventListener("securitypolicyviolation",
    (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));"""


@dataclass
class Visit:
    """One browser window, and what it complained about."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    @property
    def sideways(self) -> int:
        """How wide the page is, scrolled or not."""
        return int(self.page.evaluate("document.scrollingElement.scrollWidth"))


Open = Callable[..., Visit]
