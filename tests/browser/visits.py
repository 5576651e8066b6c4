"""Windows of a real browser on the pages, and what they complain about."""

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as TookTooLong

REPORT_VIOLATIONS = """document.addEventListener("securitypolicyviolation",
    (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));"""

TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
FITS = "width => document.scrollingElement.scrollWidth <= width"
DRAWING_MILLISECONDS = 5_000


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

    def fits(self, width: int) -> bool:
        """Whether nothing has to be scrolled sideways in a window of this width, once its charts have followed it."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.evaluate(TWO_FRAMES)
        try:
            self.page.wait_for_function(FITS, arg=width, timeout=DRAWING_MILLISECONDS)
        except TookTooLong:
            return False
        return True


Open = Callable[..., Visit]
