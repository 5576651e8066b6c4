"""The Scoring studio in a real browser: a draft is written, explained while it is typed, published with a reason."""

import re
from datetime import timedelta

import msgspec
import pytest
import web_cast as cast
from playwright.sync_api import expect
from visits import Open

from leadline.accounts.models import User
from leadline.kernel.clock import to_micros, utc_now
from leadline.pipeline.engine import Engine
from leadline.pipeline.marks import current_mark
from leadline.pipeline.tick import tick
from leadline.scoring import service
from leadline.tracking.models import EventSource
from leadline.tracking.spool.record import SpoolRecord

NOTHING_MOVES = re.compile("Nobody.s points change")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_draft_is_typed_explained_saved_and_published(visit: Open, engine: Engine) -> None:
    mark = current_mark()
    mark.ruleset = engine.ruleset.number
    mark.save()
    page = (window := visit(cast.user(User.Role.ADMINISTRATOR, name="Ada Reyes"))).page
    window.go("/scoring")
    page.get_by_role("link", name="Begin a draft").click()
    page.get_by_role("tab", name="YAML").click()
    text = page.get_by_label("The ruleset as YAML")
    document = re.sub(r"(?ms)^examples:\n.*?(?=^\w|\Z)", "", text.input_value())
    expect(page.locator(".gutter")).to_contain_text("30")

    text.fill(document.replace("kind: active_days", "kind: active_dais", 1))
    expect(page.locator("#findings")).to_contain_text("1 thing to mend")
    expect(page.locator("#findings")).to_contain_text("Did you mean 'active_days'?")
    page.locator("#findings [data-line]").click()
    chosen = page.evaluate(
        "(() => { const t = document.getElementById('document');"
        " return t.value.slice(t.selectionStart, t.selectionEnd); })()"
    )
    assert "active_dais" in chosen

    text.fill(document.replace("engagement:\n    weight: 20", "engagement:\n    weight: 45"))
    expect(page.locator("#findings")).to_contain_text("It can be published")
    expect(page.locator("#findings")).to_contain_text("Engagement counts 45 instead of 20 of the total")
    page.get_by_role("button", name="See who would move").click()
    expect(page.locator("#impact")).to_contain_text("Nobody has a score yet")
    page.get_by_label("What it changes").fill("Engagement counts more")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_role("heading", name="Engagement counts more")).to_be_visible()

    page.get_by_role("button", name="Save and publish…").click()
    expect(page.locator("main")).to_contain_text("Engagement counts 45 instead of 20 of the total")
    page.get_by_label("Why").fill("Visits predict deals.")
    page.get_by_role("button", name="Publish it").click()
    expect(page.locator("main")).to_contain_text("Everybody is being scored with it")
    expect(page.locator(".in-force")).to_contain_text("Visits predict deals.")
    tick(engine, utc_now())
    expect(page.locator("main")).not_to_contain_text("Everybody is being scored")
    assert service.in_force().dimension_weights["engagement"] == 45_000
    assert service.history()[0].by.startswith("Ada Reyes")


def test_a_weight_is_changed_with_the_keyboard(visit: Open, engine: Engine) -> None:
    _scored(engine)
    page = (window := visit(cast.user(User.Role.MARKETING))).page
    window.go("/scoring/new")
    expect(page.locator("#redraw")).to_contain_text(NOTHING_MOVES)
    weight = page.get_by_role("group", name="Tool usage").get_by_label("Weight")
    weight.focus()
    page.keyboard.press("Shift+ArrowUp")
    expect(weight).to_have_value("45")
    expect(page.locator("#redraw .movers")).to_contain_text("→")
    expect(page.locator("#findings")).to_contain_text("Tool usage counts 45 instead of 35 of engagement")
    expect(weight).to_be_focused()
    page.get_by_role("tab", name="YAML").click()
    text = page.get_by_label("The ruleset as YAML")
    expect(text).to_have_value(re.compile("completed_tool_uses, weight: 45, full_at: 6"))

    text.fill(text.input_value().replace("completed_tool_uses, weight: 45", "completed_tool_uses, weight: 0"))
    expect(page.locator("#redraw")).to_contain_text("1 thing to mend first")
    page.get_by_role("tab", name="Factors").click()
    expect(weight).to_have_value("0")
    expect(page.locator("#shape-tool_usage").get_by_role("alert")).to_be_visible()
    weight.fill("35")
    expect(page.locator("#redraw")).to_contain_text(NOTHING_MOVES)
    expect(page.locator("#shape-tool_usage").get_by_role("alert")).to_have_count(0)


def _scored(engine: Engine) -> None:
    """Somebody who used a tool, taken in and scored."""
    now = utc_now()
    who = {"userId": "ada"}
    uses = [(now - timedelta(days=day), "Tool Used", {"tool": "quote", "completed": True}) for day in (1, 2, 3)]
    reads = [(now - timedelta(days=4), "Content Completed", {"content_id": "a"})]
    messages = [
        {"type": "track", "event": name, "timestamp": at.isoformat(), "properties": properties, **who,
         "messageId": f"{number}"}
        for number, (at, name, properties) in enumerate([*uses, *reads])
    ]  # fmt: skip
    source = EventSource.objects.get_or_create(name="website")[0].pk
    with engine.spool_writer() as writer:
        body = msgspec.json.encode({"batch": messages})
        writer.append_all([msgspec.msgpack.encode(SpoolRecord(source, to_micros(now), "import", body, {}))])
    tick(engine, utc_now())


@pytest.mark.usefixtures("engine")
def test_the_editor_fits_a_telephone(visit: Open) -> None:
    window = visit(cast.user(User.Role.MARKETING), viewport={"width": 380, "height": 800})
    for path in ("/scoring", "/scoring/new", "/scoring/1", "/scoring/backtests"):
        window.go(path if path != "/scoring/1" else f"/scoring/{service.number_in_force()}")
        assert window.sideways <= 380, path
