"""The Scoring studio: what is in force, the editor, publishing, rolling back, archiving; who may do what."""

import json
import re
from typing import Any

import pytest
import web_cast as cast
from django.test import Client

from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.pipeline.tick import tick
from leadline.scoring import service
from leadline.scoring.document import content_hash
from leadline.scoring.models import RulesetDraft
from leadline.tracking.models import Lead

FIRST = service.find_document("offshore-staffing")
SECOND = re.sub(
    r"(?ms)^examples:\n.*?(?=^\w|\Z)", "", FIRST.replace("engagement:\n    weight: 20", "engagement:\n    weight: 80")
)
FAILING = SECOND + "\nexamples:\n  nobody is the best:\n    expect: {grade: A}\n"


@pytest.fixture
def second(engine: Engine) -> int:  # publishes the first
    """Two published rulesets; the second is in force."""
    number = service.publish(SECOND, by="Bea", why="Visits count more.").number
    engine.use(service.in_force())
    return number


def draft(text: str = SECOND, **fields: Any) -> RulesetDraft:
    return service.save_draft(**{"name": "Visits count more", "text": text, "by": "ada", **fields})


def form(**fields: str) -> dict[str, str]:
    return {"name": "Visits count more", "note": "", "document": SECOND, "was": "", **fields}


def test_the_page_says_what_is_in_force_since_when_by_whom_and_why(marketing_browser: Client, second: int) -> None:
    page = marketing_browser.get("/scoring").content.decode()
    assert f"ruleset {second}, offshore-staffing" in page
    assert "Bea" in page
    assert "Visits count more." in page
    assert "A from 55, B from 30, C from 15, D below" in page
    assert "Entered with" in page


@pytest.mark.parametrize(
    "address",
    ["/scoring", "/scoring/new", "/scoring/1", "/scoring/backtests", "/scoring/drafts/1", "/scoring/1/rollback"],
)
def test_sales_has_no_studio(browser: Client, engine: Engine, address: str) -> None:  # noqa: ARG001  # runs
    assert browser.get(address).status_code == 403
    assert "Scoring studio" not in browser.get("/leads").content.decode()


def test_marketing_drafts_and_cannot_publish(marketing_browser: Client, second: int) -> None:
    made = marketing_browser.post("/scoring/new", form(document=FIRST))
    (row,) = RulesetDraft.objects.all()
    assert made.status_code == 302
    assert row.document == FIRST
    assert "Save and publish" not in marketing_browser.get(f"/scoring/drafts/{row.pk}").content.decode()
    first = service.history()[-1].number
    for address in (f"/scoring/drafts/{row.pk}/publish", f"/scoring/{first}/rollback"):
        assert marketing_browser.get(address).status_code == 403
        assert marketing_browser.post(address, {"why": "I want to.", "confirm": "yes"}).status_code == 403
    assert marketing_browser.post(f"/scoring/{first}/archive").status_code == 403
    assert service.number_in_force() == second


def test_a_new_draft_begins_as_a_copy(admin_browser: Client, second: int) -> None:
    first = service.history()[-1].number
    page = admin_browser.get(f"/scoring/new?from={first}").content.decode()
    assert f'name="base" value="{first}"' in page
    assert "tool_usage" in page
    assert f"A copy of ruleset {first}" in page
    assert f'name="base" value="{second}"' in admin_browser.get("/scoring/new").content.decode()


@pytest.mark.usefixtures("engine")
def test_an_invalid_draft_is_saved_and_explained(admin_browser: Client) -> None:
    broken = FIRST.replace("kind: active_days", "kind: active_dais", 1)
    assert broken != FIRST
    admin_browser.post("/scoring/new", form(document=broken))
    (row,) = RulesetDraft.objects.all()
    page = admin_browser.get(f"/scoring/drafts/{row.pk}").content.decode()
    line = broken.splitlines().index(next(each for each in broken.splitlines() if "active_dais" in each)) + 1
    assert f'data-line="{line}"' in page
    assert "1 thing to mend" in page
    assert "active_days" in page  # the nearest valid name


@pytest.mark.usefixtures("engine")
def test_lines_sent_by_a_browser_are_kept_as_the_document_has_them(admin_browser: Client) -> None:
    admin_browser.post("/scoring/new", form(document=SECOND.replace("\n", "\r\n")))
    assert RulesetDraft.objects.get().document == SECOND


@pytest.mark.usefixtures("engine")
def test_typing_is_checked_without_saving(admin_browser: Client) -> None:
    good = admin_browser.post("/scoring/check", form(), headers={"HX-Request": "true"}).content.decode()
    assert "It can be published" in good
    assert "<html" not in good
    assert re.search(r"[Ee]ngagement", good)
    bad = admin_browser.post("/scoring/check", form(document="name: [")).content.decode()
    assert "thing to mend" in bad
    failing = admin_browser.post("/scoring/check", form(document=FAILING)).content.decode()
    assert "1 example fails" in failing
    assert "nobody is the best" in failing
    assert not RulesetDraft.objects.exists()


@pytest.mark.usefixtures("engine")
def test_somebody_elses_change_is_not_overwritten_and_nothing_typed_is_lost(admin_browser: Client) -> None:
    row = draft(FIRST)
    was = content_hash(FIRST)
    service.update_draft(row.pk, text=FIRST + "# theirs\n")
    answer = admin_browser.post(f"/scoring/drafts/{row.pk}", form(document=FIRST + "# mine\n", was=was))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Somebody else changed this draft" in page
    assert "# mine" in page
    row.refresh_from_db()
    assert row.document.endswith("# theirs\n")


def test_publishing_asks_why_shows_the_numbers_and_keeps_both(admin_browser: Client, engine: Engine) -> None:
    row = draft()
    address = f"/scoring/drafts/{row.pk}/publish"
    saved = admin_browser.post(f"/scoring/drafts/{row.pk}", form(act="publish", was=content_hash(SECOND)))
    assert saved.headers["Location"] == address
    page = admin_browser.get(address).content.decode()
    assert "Who moves" in page
    assert 'name="why"' in page
    assert admin_browser.post(address, {"why": " "}).status_code == 422
    answer = admin_browser.post(address, {"why": "Visits predict deals."})
    assert answer.headers["Location"] == "/scoring?done=published"
    newest = service.history()[0]
    row.refresh_from_db()
    assert row.published_id == newest.number == engine.ruleset.number
    assert newest.why == "Visits predict deals."
    assert "@leadline.test" in newest.by


def test_a_failing_example_leaves_no_way_to_publish(admin_browser: Client, engine: Engine) -> None:
    row = draft(FAILING)
    address = f"/scoring/drafts/{row.pk}/publish"
    page = admin_browser.get(address).content.decode()
    assert "It cannot be published" in page
    assert "nobody is the best" in page
    assert 'name="why"' not in page
    answer = admin_browser.post(address, {"why": "Anyway.", "confirm": "yes"})
    assert answer.status_code == 422
    assert "nobody is the best" in answer.content.decode()
    assert service.number_in_force() == engine.ruleset.number
    assert len(service.history()) == 1


def test_many_leads_that_move_are_confirmed_with_their_number(
    admin_browser: Client, engine: Engine, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leadline.pipeline import rulesets
    from leadline.pipeline.impact import Impact, Moved

    moved = [Moved(7, "B", "A", "conversion_signals", "qualified", 31_000_000, 62_000_000)]
    found = Impact(100, {("B", "A"): 37}, {("conversion_signals", "qualified"): 12}, 40, 0.4, moved)
    monkeypatch.setattr(rulesets, "impact", lambda *_, **__: found)
    settings.PUBLISH_CONFIRM_SHARE = 0.1
    address = f"/scoring/drafts/{draft().pk}/publish"
    page = admin_browser.get(address).content.decode()
    assert "Yes, move 40 of 100 leads. That is 40%, more than 10%." in page
    assert "Conversion signals" in page
    refused = admin_browser.post(address, {"why": "Visits predict deals."})
    assert refused.status_code == 422
    assert "40 of 100 leads" in refused.content.decode()
    assert len(service.history()) == 1
    assert admin_browser.post(address, {"why": "Visits predict deals.", "confirm": "yes"}).status_code == 302
    assert service.number_in_force() == engine.ruleset.number != 0


def test_lists_say_so_until_everybody_is_scored(admin_browser: Client, engine: Engine) -> None:
    from leadline.pipeline.marks import current_mark

    mark = current_mark()
    mark.ruleset = engine.ruleset.number
    mark.save()
    admin_browser.post(f"/scoring/drafts/{draft().pk}/publish", {"why": "Visits predict deals.", "confirm": "yes"})
    assert "Everybody is being scored with it" in admin_browser.get("/scoring").content.decode()
    tick(engine, utc_now())
    assert "being scored" not in admin_browser.get("/scoring/scored").content.decode()


def test_rolling_back_has_a_page_of_its_own_and_needs_a_reason(
    admin_browser: Client, second: int, engine: Engine
) -> None:
    first = service.history()[-1].number
    assert f"Roll back to ruleset {first}" in admin_browser.get(f"/scoring/{first}/rollback").content.decode()
    assert admin_browser.post(f"/scoring/{first}/rollback", {"why": ""}).status_code == 422
    assert service.number_in_force() == second
    assert admin_browser.post(f"/scoring/{first}/rollback", {"why": "Too many calls."}).status_code == 302
    assert service.number_in_force() == first == engine.ruleset.number
    page = admin_browser.get(f"/scoring/{first}").content.decode()
    assert "Rolled back to" in page
    assert "Too many calls." in page


def test_a_published_ruleset_shows_its_document_and_what_it_changed(marketing_browser: Client, second: int) -> None:
    page = marketing_browser.get(f"/scoring/{second}").content.decode()
    assert "weight: 80" in page
    assert "Different from" in page
    assert "Roll back to it" not in page
    assert marketing_browser.get("/scoring/99").status_code == 404
    assert marketing_browser.get("/scoring/drafts/99").status_code == 404


def test_the_one_in_force_cannot_be_archived(admin_browser: Client, second: int) -> None:
    first = service.history()[-1].number
    refused = admin_browser.post(f"/scoring/{second}/archive")
    assert refused.status_code == 422
    assert "is in force" in refused.content.decode()
    assert admin_browser.post(f"/scoring/{first}/archive").status_code == 302
    page = admin_browser.get("/scoring").content.decode()
    assert "Show 1 archived" in page
    assert "Archived" in admin_browser.get("/scoring?archived=1").content.decode()


@pytest.mark.usefixtures("engine")
def test_an_archived_draft_can_be_read_and_copied_and_not_changed(admin_browser: Client) -> None:
    row = draft()
    assert admin_browser.post(f"/scoring/drafts/{row.pk}", form(act="archive")).status_code == 302
    page = admin_browser.get(f"/scoring/drafts/{row.pk}").content.decode()
    assert "This draft is archived" in page
    assert "Save and publish" not in page
    assert admin_browser.post(f"/scoring/drafts/{row.pk}", form(document=FIRST)).status_code == 422
    assert "weight: 80" in admin_browser.get(f"/scoring/new?from=draft:{row.pk}").content.decode()


@pytest.mark.usefixtures("engine")
def test_who_would_move_is_told_as_typed(admin_browser: Client) -> None:
    page = admin_browser.post("/scoring/impact", form(), headers={"HX-Request": "true"}).content.decode()
    assert "Nobody has a score yet" in page
    assert not Lead.objects.exists()
    assert "ink-bad" in admin_browser.post("/scoring/impact", form(document="name: [")).content.decode()


@pytest.mark.usefixtures("engine")
def test_what_people_wrote_is_shown_as_text(admin_browser: Client) -> None:
    evil = "<script>alert(1)</script>"
    row = draft("</textarea>" + evil, name=evil, note=evil)
    for address in ("/scoring", f"/scoring/drafts/{row.pk}"):
        assert evil not in admin_browser.get(address).content.decode()


def test_the_schema_is_there_for_whoever_is_signed_in(browser: Client) -> None:
    answer = browser.get("/rulesets/schema.json")
    assert answer.status_code == 200
    assert "properties" in json.loads(answer.content)
    assert Client().get("/rulesets/schema.json").status_code == 302


def test_pages_say_so_while_the_pipeline_has_not_started(
    admin_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leadline.pipeline import runtime

    monkeypatch.setattr(runtime, "_running", None)
    cast.published()
    row = draft()
    assert admin_browser.get("/scoring").status_code == 200
    assert "has not started" in admin_browser.get(f"/scoring/drafts/{row.pk}").content.decode()
    assert "has not started" in admin_browser.get(f"/scoring/drafts/{row.pk}/publish").content.decode()


FACTOR = "dimensions.engagement.factors.tool_usage"


def fields(**typed: str) -> dict[str, str]:
    """What the rows of a copy of FIRST send, with a weight typed."""
    return {f"{FACTOR}.weight": "45", "shown": json.dumps({f"{FACTOR}.weight": "35"}), **typed}


@pytest.mark.usefixtures("engine")
def test_factors_are_rows_and_stand_before_the_document(admin_browser: Client) -> None:
    page = admin_browser.get("/scoring/new").content.decode()
    assert page.index('id="factors"') < page.index('id="yaml"')
    assert f'name="{FACTOR}.weight" value="35"' in page
    assert "Stage: Qualified" in page


@pytest.mark.usefixtures("engine")
def test_a_change_of_a_field_is_drawn_and_given_back_as_yaml(admin_browser: Client) -> None:
    answer = admin_browser.post("/scoring/redraw", form(document=FIRST, **fields()))
    page = answer.content.decode()
    assert "Nobody has a score yet" in page
    assert "completed_tool_uses, weight: 45" in page
    assert 'id="shape-tool_usage" hx-swap-oob="true"' in page
    assert not RulesetDraft.objects.exists()


@pytest.mark.usefixtures("engine")
def test_a_typed_document_draws_its_rows_again(admin_browser: Client) -> None:
    typed = FIRST.replace("completed_tool_uses, weight: 35", "completed_tool_uses, weight: 50")
    page = admin_browser.post("/scoring/redraw", form(document=typed, shown="{}")).content.decode()
    assert f'name="{FACTOR}.weight" value="50"' in page
    assert 'id="edited"' not in page


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("address", ["/scoring/redraw", "/scoring/check"])
def test_a_document_that_is_no_yaml_says_so(admin_browser: Client, address: str) -> None:
    page = admin_browser.post(address, form(document="name: [", **fields())).content.decode()
    assert "line" in page


@pytest.mark.usefixtures("engine")
def test_a_fault_stands_at_its_row(admin_browser: Client) -> None:
    page = admin_browser.post("/scoring/redraw", form(document=FIRST, **fields(**{f"{FACTOR}.weight": "-3"})))
    said = page.content.decode()
    assert "1 thing to mend first" in said
    shape = said[said.index('id="shape-tool_usage"') :]
    assert 'role="alert"' in shape[: shape.index("</div>")]


@pytest.mark.usefixtures("engine")
def test_fields_are_saved_without_a_script(admin_browser: Client) -> None:
    admin_browser.post("/scoring/new", form(document=FIRST, **fields()))
    assert RulesetDraft.objects.get().document == FIRST.replace(
        "completed_tool_uses, weight: 35", "completed_tool_uses, weight: 45"
    )


@pytest.mark.usefixtures("engine")
def test_sales_draws_nothing(browser: Client) -> None:
    assert browser.post("/scoring/redraw", form()).status_code == 403
