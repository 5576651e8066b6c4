"""A person asks about their data, confirms by mail, is answered, and fetches their archive; in a real browser."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import web_cast as cast
from playwright.sync_api import expect
from visits import Open

from leadline.accounts.models import User
from leadline.pipeline import jobs
from leadline.pipeline.engine import Engine

sys.path.insert(0, str(Path(__file__).parent.parent / "pipeline"))  # the mail server of the pipeline's tests

from mail_cast import Inbox, mail_server

EMAIL = "ada@x.example"


@pytest.fixture
def inbox(settings: Any) -> Iterator[Inbox]:
    with mail_server(settings) as found:
        yield found


def mailed(engine: Engine, inbox: Inbox, address: str) -> str:
    """The path of the page in the newest mail."""
    while jobs.run_next(engine):
        pass
    text: str = inbox.mails[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]  # it has a text
    found = re.search(r"https?://[^/\s]+(/privacy-request/mine/\S+)", text)
    assert found is not None, (address, text)
    return found[1]


@pytest.mark.parametrize("width", [1280, 380])
def test_from_the_question_to_the_archive(visit: Open, engine: Engine, inbox: Inbox, width: int) -> None:
    cast.published()
    cast.lead("Ada Canary", email=EMAIL)
    size = {"width": width, "height": 900}
    person, colleague = visit(viewport=size), visit(cast.user(User.Role.ADMINISTRATOR), viewport=size)

    person.go("/privacy-request")
    person.page.get_by_label("Your e-mail address").fill(EMAIL)
    person.page.get_by_role("button", name="Send the request").click()
    expect(person.page.get_by_text("A mail is on its way")).to_be_visible()
    status = person.page.url
    assert person.sideways <= width

    person.go(mailed(engine, inbox, person.address))
    person.page.get_by_role("button", name="Yes, I ask this").click()
    expect(person.page.get_by_text("Waits for us to carry it out")).to_be_visible()

    colleague.go("/privacy/requests")
    assert colleague.sideways <= width
    colleague.page.get_by_role("link", name="Access").click()
    expect(colleague.page.get_by_text("by mail: they confirmed it")).to_be_visible()
    assert colleague.sideways <= width
    colleague.page.get_by_role("button", name="Make the archive ready").click()
    expect(colleague.page.get_by_text("The answer is ready")).to_be_visible()
    expect(colleague.page.get_by_text("is about to leave")).to_be_visible()
    assert colleague.sideways <= width

    person.page.goto(status)
    expect(person.page.locator("dd").get_by_text("Is being carried out")).to_be_visible()
    mine = mailed(engine, inbox, person.address)
    person.page.goto(status)
    expect(person.page.locator("dd").get_by_text("Done")).to_be_visible()
    assert person.page.get_by_role("button").count() == 0
    colleague.page.reload()
    expect(colleague.page.get_by_text("have not fetched it there")).to_be_visible()
    person.go(mine)
    with person.page.expect_download() as download:
        person.page.get_by_role("button", name="Fetch the archive").click()
    assert download.value.suggested_filename.startswith("access-")
    assert person.sideways <= width
    colleague.page.reload()
    expect(colleague.page.get_by_text("They have it")).to_be_visible()


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("width", [1280, 380])
def test_without_mail_an_archive_is_handed_over_by_hand(visit: Open, width: int) -> None:
    cast.published()
    cast.lead("Ada Canary", email=EMAIL)
    colleague = visit(cast.user(User.Role.ADMINISTRATOR), viewport={"width": width, "height": 900})
    colleague.go("/privacy/requests/new")
    colleague.page.get_by_label("Their e-mail address").fill(EMAIL)
    colleague.page.get_by_role("button", name="Write it down").click()
    colleague.page.get_by_label("How you checked").fill("called back")
    colleague.page.get_by_role("button", name="It is them").click()
    colleague.page.get_by_role("button", name="Make the archive ready").click()
    expect(colleague.page.get_by_text("They do not have it yet")).to_be_visible()
    assert colleague.sideways <= width
    with colleague.page.expect_download():
        colleague.page.get_by_role("button", name="Make the archive").click()
    colleague.go("/privacy/requests")
    expect(colleague.page.get_by_text("nobody has it yet")).to_be_visible()
    assert colleague.sideways <= width
    colleague.page.get_by_role("link", name="Show it").click()
    colleague.page.get_by_role("link", name="Access").click()
    colleague.page.get_by_label("How they got it").fill("registered letter")
    colleague.page.get_by_role("button", name="They have it").click()
    expect(colleague.page.get_by_text("it is done")).to_be_visible()
    assert colleague.sideways <= width
