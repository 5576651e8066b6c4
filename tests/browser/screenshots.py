"""Every page, light and dark, wide, narrow and very wide, into a folder:

python -m tests.browser.screenshots                           a server of its own on ./data, filled if it is empty
python -m tests.browser.screenshots --data FOLDER             the same on another data folder
python -m tests.browser.screenshots --url URL --email E --password P    a server that runs already

A server of its own listens on free ports of the loopback interface and is stopped at the end. Who signs in there is an
administrator made for the pictures.
"""

import argparse
import secrets
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from tests.leadline_process import Folder, Server

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
    "overview": "/overview",
    "overview-channel": "/overview?period=90d&channel=Paid+search",
    "call-next": "/call-next",
    "leads": "/leads",
    "leads-found": "/leads?stage=qualified",
    "leads-columns": "/leads?columns=stage,score,gain,owner,channel,country,value,seen&total.min=20",
    "leads-fit": "/leads?grade=A&fit=1",
    "leads-matrix": "/leads/matrix",
    "accounts": "/accounts",
    "accounts-found": "/accounts?sort=people&total.min=20",
    "leads-nobody": "/leads?q=nobody-has-this-name",
    "team": "/team",
    "conversions": "/conversions",
    "conversions-attribution": "/conversions/attribution?period=90d",
    "conversions-revenue": "/conversions/revenue?period=90d",
    "conversions-cohorts": "/conversions/cohorts",
    "journeys": "/journeys",
    "privacy": "/privacy",
    "privacy-documents": "/privacy/documents",
    "privacy-requests": "/privacy/requests?state=all",
    "privacy-requests-new": "/privacy/requests/new",
    "privacy-request-form": "/privacy-request",
    "privacy-retention": "/privacy/documents/retention",
    "retention": "/privacy/retention",
    "system": "/system",
    "users": "/users",
    "user": "/users/1",
    "users-tokens": "/users/tokens?state=all",
    "audit": "/audit",
    "audit-check": "/audit/check",
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
    "conversions-channels": "/conversions/channels?change=3",
    "conversions-money": "/conversions/money",
    "alerts": "/alerts",
    "alerts-new": "/alerts/new?metric=sessions",
    "alerts-reports": "/alerts/reports?board=1",
    "notifications": "/notifications",
    "notifications-rule": "/notifications/rules/new?trigger=stage",
    "notifications-jump": "/notifications/rules/new?trigger=jump",
    "notifications-channel": "/notifications/channels/new",
    "notifications-log": "/notifications/log",
    "notifications-mine": "/notifications/mine",
    "crm": "/crm",
    "crm-new": "/crm/new",
    "crm-new-odoo": "/crm/new?kind=odoo",
    "crm-one": "/crm/connections/sandbox",
    "crm-leads": "/crm/connections/sandbox/leads?state=sent",
    "crm-failed": "/crm/connections/sandbox/leads?state=failed",
    "crm-mapping": "/crm/connections/sandbox/mapping",
    "crm-dry-run": "/crm/connections/sandbox/dry-run",
    "crm-sandbox": "/crm/sandbox",
    "exports": "/exports",
    "reports": "/reports",
    "report": "/reports/overview?whole=1",
    "boards": "/boards",
    "board": "/boards/1",
    "board-share": "/boards/1/share",
    "you": "/you",
    "you-confirm": "/accounts/2fa/totp/activate/",
    "you-password": "/accounts/password/change/",
    "not-found": "/nothing-here",
}
SIZES = {1280: 900, 380: 800, 2560: 1440}
VARIANTS = ((1280, "light"), (1280, "dark"), (380, "light"), (380, "dark"), (2560, "light"))
SETTLED = "() => !document.querySelector('main [aria-busy=true]')"
DRAWN = "() => !document.querySelector('figure.chart:not([data-drawn], [data-failed])')"
PATIENCE = 30_000
DEMONSTRATION_SECONDS = 900
PICTURES = {
    "overview": ("overview", "light"),
    "call-next": ("call-next", "light"),
    "conversions": ("conversions-cohorts", "dark"),
}
"""The README's: file, page and theme."""
WINDOW = (1240, 880)
PHOTOGRAPHER = "photographer@leadline.invalid"


def take(
    address: str,
    who: tuple[str, str],
    out: Path,
    only: Sequence[str] = (),
    variants: Sequence[tuple[int, str]] = VARIANTS,
) -> list[Path]:
    """Sign in and take every page in every variant. Returns the files.

    Args:
        who: an administrator's e-mail address and password.
        only: names of pages; all without any.
    """
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        files = [
            file for width, theme in variants for file in _variant(browser, address, who, out, (width, theme), only)
        ]
        browser.close()
    return files


def _variant(
    browser: Browser,
    address: str,
    who: tuple[str, str],
    out: Path,
    variant: tuple[int, str],
    only: Sequence[str],
) -> Iterator[Path]:
    width, theme = variant
    context = browser.new_context(viewport={"width": width, "height": SIZES[width]})
    context.add_cookies([{"name": "theme", "value": theme, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/accounts/login/")
    if not only:
        yield _shot(page, out / f"sign-in-{width}-{theme}.png")
    _sign_in(page, who)
    for name, path in PAGES.items():
        if not only or name in only:
            page.goto(address + path)
            yield _shot(page, out / f"{name}-{width}-{theme}.png")
    yield from _people(page, address, out, f"{width}-{theme}", only)
    context.close()


def _sign_in(page: Page, who: tuple[str, str]) -> None:
    page.fill("input[name=login]", who[0])
    page.fill("input[name=password]", who[1])
    page.click("button[type=submit]")
    page.wait_for_url(lambda address: "/accounts/" not in address)


def _people(page: Page, address: str, out: Path, variant: str, only: Sequence[str]) -> Iterator[Path]:
    """The first lead and the first account of the lists, and the menu of a small screen."""
    for name, path in (("lead", "/call-next"), ("account", "/accounts")):
        if only and name not in only:
            continue
        page.goto(address + path)
        if (link := page.query_selector("[data-row] a")) is not None:
            page.goto(address + str(link.get_attribute("href")))
            yield _shot(page, out / f"{name}-{variant}.png")
    if not only and (menu := page.query_selector("header.bar button")) and menu.is_visible():
        menu.click()
        yield _shot(page, out / f"menu-{variant}.png", whole=False)


def _shot(page: Page, file: Path, *, whole: bool = True) -> Path:
    """Taken when every part has come and every chart is drawn."""
    settle(page)
    page.screenshot(path=file, full_page=whole)
    return file


def settle(page: Page) -> None:
    """Wait for every part and every chart; a chart is drawn when it is near the window."""
    page.wait_for_function(SETTLED, timeout=PATIENCE)
    for chart in page.query_selector_all("figure.chart"):
        chart.scroll_into_view_if_needed()
    page.wait_for_function(DRAWN, timeout=PATIENCE)
    page.evaluate("scrollTo(0, 0)")


def pictures(address: str, who: tuple[str, str], out: Path) -> list[Path]:
    """The README's: what a window shows, one page each."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        files = [_picture(browser, address, who, out / f"{name}.png", *shown) for name, shown in PICTURES.items()]
        browser.close()
    return files


def _picture(browser: Browser, address: str, who: tuple[str, str], file: Path, name: str, theme: str) -> Path:
    context = browser.new_context(viewport={"width": WINDOW[0], "height": WINDOW[1]})
    context.add_cookies([{"name": "theme", "value": theme, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/accounts/login/")
    _sign_in(page, who)
    page.goto(address + PAGES[name])
    _shot(page, file, whole=False)
    context.close()
    return file


@contextmanager
def served(data: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """A server on a data folder: its address and who may sign in."""
    data.mkdir(parents=True, exist_ok=True)
    folder = Folder(data)
    if not any(data.iterdir()):
        _check(folder.run("demo", seconds=DEMONSTRATION_SECONDS))
    with Server(folder) as server:
        yield server.pages, (PHOTOGRAPHER, _password(folder))
    Path(f"{data}.log").unlink(missing_ok=True)  # it is kept when something failed


def _password(folder: Folder) -> str:
    """A new password for the administrator of the pictures, who is made at the first time."""
    word = secrets.token_urlsafe(18)
    made = folder.run(
        "users",
        "create",
        PHOTOGRAPHER,
        "--role",
        "administrator",
        "--name",
        "Ines Prado",
        "--password-stdin",
        stdin=word,
    )
    if made.returncode:
        made = folder.run("users", "password", PHOTOGRAPHER, "--password-stdin", stdin=word)
    _check(made)
    return word


def _check(done: subprocess.CompletedProcess[str]) -> None:
    if done.returncode:
        raise SystemExit(done.stderr)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"), help="the data folder to serve")
    parser.add_argument("--url", default="", help="a server that runs already")
    parser.add_argument("--email", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--out", type=Path, help="the folder of the files")
    parser.add_argument("--only", action="append", default=[], help="the name of a page, several times for several")
    parser.add_argument("--pictures", action="store_true", help="only the README's, into docs/images or --out")
    given = parser.parse_args(arguments)
    if given.url:
        _make(given, given.url.rstrip("/"), (given.email, given.password))
        return
    with served(given.data.resolve()) as (address, who):
        _make(given, address, who)


def _make(given: argparse.Namespace, address: str, who: tuple[str, str]) -> None:
    out = given.out or Path("docs/images" if given.pictures else "screenshots")
    for file in pictures(address, who, out) if given.pictures else take(address, who, out, given.only):
        print(file)  # noqa: T201  # a command's output


if __name__ == "__main__":
    main()
