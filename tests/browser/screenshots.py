"""Every page, light and dark, wide and narrow, into a folder:

python -m tests.browser.screenshots --url http://127.0.0.1:8000 --email E --password P --out screenshots/
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PAGES = {
    "call-next": "/call-next",
    "leads": "/leads",
    "leads-found": "/leads?stage=qualified",
    "leads-fit": "/leads?grade=A&fit=1",
    "leads-matrix": "/leads/matrix",
    "accounts": "/accounts",
    "leads-nobody": "/leads?q=nobody-has-this-name",
    "team": "/team",
    "system": "/system",
    "plan": "/plan",
    "quarantine": "/quarantine",
    "quarantine-repair": "/quarantine/repair",
    "sources": "/sources",
    "identities": "/identities",
    "source": "/sources/website?span=30d",
    "live": "/live",
    "scoring": "/scoring",
    "scoring-draft": "/scoring/new",
    "scoring-published": "/scoring/1",
    "scoring-backtests": "/scoring/backtests",
    "not-found": "/nothing-here",
}
WIDTHS = (1280, 380)
THEMES = ("light", "dark")


def take(address: str, email: str, password: str, out: Path) -> list[Path]:
    """Sign in and take every page in every variant. Returns the files."""
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        files = [
            file
            for width in WIDTHS
            for theme in THEMES
            for file in _variant(browser, address, (email, password), out, width, theme)
        ]
        browser.close()
    return files


def _variant(browser: Browser, address: str, who: tuple[str, str], out: Path, width: int, theme: str) -> Iterator[Path]:
    context = browser.new_context(viewport={"width": width, "height": 900 if width > 500 else 800})
    context.add_cookies([{"name": "theme", "value": theme, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/accounts/login/")
    yield _shot(page, out / f"sign-in-{width}-{theme}.png")
    _sign_in(page, who)
    for name, path in PAGES.items():
        page.goto(address + path)
        yield _shot(page, out / f"{name}-{width}-{theme}.png")
    yield from _first_lead(page, address, out, f"{width}-{theme}")
    context.close()


def _sign_in(page: Page, who: tuple[str, str]) -> None:
    page.fill("input[name=login]", who[0])
    page.fill("input[name=password]", who[1])
    page.click("button[type=submit]")
    page.wait_for_url(lambda address: "/accounts/" not in address)


def _first_lead(page: Page, address: str, out: Path, variant: str) -> Iterator[Path]:
    page.goto(f"{address}/call-next")
    link = page.query_selector("[data-row] a")
    if link is not None:
        link.click()
        page.wait_for_url("**/leads/*")
        page.wait_for_selector(".score-history")  # loaded after the page, as what would move the score is
        page.wait_for_selector(".ahead")
        yield _shot(page, out / f"lead-{variant}.png")
    if (menu := page.query_selector("header.bar button")) and menu.is_visible():
        menu.click()
        yield _shot(page, out / f"menu-{variant}.png", whole=False)


def _shot(page: Page, file: Path, *, whole: bool = True) -> Path:
    page.screenshot(path=file, full_page=whole)
    return file


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--email", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--out", type=Path, default=Path("screenshots"))
    given = parser.parse_args(arguments)
    for file in take(given.url.rstrip("/"), given.email, given.password, given.out):
        print(file)  # noqa: T201  # a command's output


if __name__ == "__main__":
    main()
