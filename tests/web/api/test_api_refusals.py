"""What the API refuses, with which code; and who may name what."""

import json
from typing import Any
from urllib.parse import quote

import pytest
import web_cast as cast
import yaml
from django.conf import LazySettings
from django.test import Client
from test_api_acts import Program

from leadline.accounts.models import User
from leadline.kernel.errors import NotFoundError
from leadline.pipeline import runtime
from leadline.scoring.document import content_hash
from leadline.scoring.models import RulesetDraft
from leadline.scoring.service import find_document

pytestmark = pytest.mark.usefixtures("engine")
GRADES = "grades: {A: 55,"


@pytest.fixture
def administrator() -> Program:
    return Program(User.Role.ADMINISTRATOR)


def draft(program: Program, document: str) -> str:
    return str(program.post("rules/drafts", name="mine", document=document).json()["reference"])


def test_a_document_with_failing_examples_is_refused_with_all_that_is_wrong(administrator: Program) -> None:
    document = find_document("offshore-staffing")
    bad = draft(administrator, document.replace("stage: disqualified", "stage: customer"))
    refused = administrator.post(f"rules/{bad}/publish", why="now", confirm=True)
    assert (refused.status_code, refused.json()["code"]) == (422, "ruleset_refused")
    assert [each for each in refused.json()["detail"]["examples"] if not each["passed"]]


def test_a_publish_that_moves_many_asks_with_the_numbers(
    administrator: Program, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leadline.pipeline import rulesets
    from leadline.pipeline.impact import Impact

    moves = Impact(10, {("B", "A"): 4}, {}, 4, 0.4, [])
    monkeypatch.setattr(rulesets, "impact", lambda *_: moves)
    settings.PUBLISH_CONFIRM_SHARE = 0.1
    easier = draft(administrator, find_document("offshore-staffing").replace(GRADES, "grades: {A: 50,"))
    asked = administrator.post(f"rules/{easier}/publish", why="now")
    assert (asked.status_code, asked.json()["code"]) == (409, "confirmation_needed")
    told = asked.json()["detail"]
    assert (told["moved"], told["leads"], told["share"]) == (4, 10, 0.4)
    assert told["grade_changes"] == [{"from": "B", "to": "A", "leads": 4}]
    assert administrator.post(f"rules/{easier}/publish", why="now", confirm=True).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("leads/1/assign", {"own": "auto"}, "own"),
        ("leads/1/assign", {}, "owner"),
        ("rules/backtest", {"cutofs": 3}, "cutofs"),
        ("score", {"event": []}, "event"),
    ],
)
def test_a_misspelt_field_is_refused_by_name(
    administrator: Program, path: str, body: dict[str, Any], field: str
) -> None:
    refused = administrator.post(path, **body)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
    assert any(each["at"].endswith(f".{field}") for each in refused.json()["detail"])


def test_times_are_told_as_by_command(administrator: Program) -> None:
    told = administrator.post("rules/drafts", name="mine", document="name: x").json()["created_at"]
    assert told == RulesetDraft.objects.get().created_at.isoformat()


def test_a_document_on_one_line_is_a_document(administrator: Program) -> None:
    one_line = json.dumps({**yaml.safe_load(find_document("offshore-staffing")), "examples": {}})
    assert "\n" not in one_line
    reference = draft(administrator, one_line)
    assert administrator.post(f"rules/{reference}/publish", why="now", confirm=True).status_code == 200
    assert RulesetDraft.objects.get().published is not None


def test_a_user_id_may_have_slashes(administrator: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noted(engine: object, lead: str, **_: object) -> Any:  # noqa: ARG001  # the signature of a command
        asked.append(lead)
        raise NotFoundError("Nobody.")

    from leadline.pipeline import commands

    monkeypatch.setattr(commands, "COMMANDS", {**commands.COMMANDS, "forecast": noted, "lead_accept": noted})
    for name in ("auth0|7/eu", "https://id.example/ada", "a/accept"):
        administrator.get(f"leads/{quote(name, safe='')}/forecast")
        administrator.post(f"leads/{quote(name, safe='')}/accept", note="")
        assert asked[-2:] == [name, name]


def test_sales_names_no_drafts(administrator: Program) -> None:
    reference = draft(administrator, find_document("offshore-staffing"))
    program = Program(User.Role.SALES)
    person = cast.lead("Ann Archer")
    for path in ("score", "explain"):
        assert program.get(f"leads/{person.pk}/{path}?ruleset={reference}").status_code == 403
    assert program.post("score", events=[], ruleset=reference).status_code == 403
    assert program.post("score", events=[], ruleset="1").status_code == 200


def test_only_drafts_change_and_the_second_of_two_editors_is_told(administrator: Program) -> None:
    document = find_document("offshore-staffing")
    reference = draft(administrator, document)
    client = administrator._client

    def change(to: str, **body: str) -> Any:
        return client.patch(f"/api/v1/rules/{to}", body, content_type="application/json")

    assert change(reference.removeprefix("draft:"), name="other").status_code == 409
    was = content_hash(document)
    assert change(reference, document=document + "# one\n", was=was).status_code == 200
    assert change(reference, document=document + "# two\n", was=was).status_code == 409
    assert RulesetDraft.objects.get().document.endswith("# one\n")


def test_a_draft_is_put_away_by_whoever_drafts(administrator: Program) -> None:
    marketing = Program(User.Role.MARKETING)
    assert marketing.post(f"rules/{draft(administrator, 'x: 1')}/archive").status_code == 200
    assert marketing.post("rules/1/archive").status_code == 403


@pytest.mark.parametrize("capacity", [-2, 10**7, 10**30])
def test_a_capacity_that_makes_no_sense_is_refused(administrator: Program, capacity: int) -> None:
    cast.user(User.Role.SALES, name="Bo")
    email = User.objects.get(name="Bo").email
    answer = administrator.put("team", user=email, capacity=capacity)
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {"events": [{"event": "x", "timestamp": "yesterday"}]},
        {"events": [{"timestamp": 10**30}]},
        {"events": [{"event": "x", "timestamp": "2026-05-01T00:00:00Z", "properties": 3}]},
        {"as_of": "2026-13-45"},
        {"ruleset": "draft:99"},
        {"traits": {"email": {"a": 1}}, "events": [{}]},
    ],
)
def test_a_history_that_makes_no_sense_is_answered_in_the_one_shape(
    administrator: Program, body: dict[str, Any]
) -> None:
    answer = administrator.post("score", **body)
    assert answer.status_code in {200, 404, 409, 422}, answer.content
    assert answer.status_code == 200 or set(answer.json()) == {"code", "message", "detail"}


def test_a_click_during_a_long_rescore_is_asked_to_come_back(
    administrator: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leadline.pipeline import sales

    class Taken:
        def acquire(self, timeout: float) -> bool:
            assert timeout == sales.LOCK_SECONDS
            return False

    person = cast.lead("Ann Archer")
    with monkeypatch.context() as busy:
        busy.setattr(runtime.running().engine, "lock", Taken())
        answer = administrator.post(f"leads/{person.pk}/accept", note="")
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")


def test_nobody_publishes_by_page_what_they_did_not_see(admin_browser: Client) -> None:
    document = find_document("offshore-staffing").replace(GRADES, "grades: {A: 50,")
    row = RulesetDraft.objects.create(name="mine", document=document)
    seen = content_hash(document)
    assert f'name="was" value="{seen}"' in admin_browser.get(f"/scoring/drafts/{row.pk}/publish").content.decode()
    RulesetDraft.objects.update(document=document + "# by somebody else\n")
    form = {"why": "now", "confirm": "yes", "was": seen}
    refused = admin_browser.post(f"/scoring/drafts/{row.pk}/publish", form)
    assert refused.status_code == 422
    assert "Somebody changed this draft" in refused.content.decode()
    row.refresh_from_db()
    assert row.published is None


def test_what_it_can_refuse_stands_in_its_description(administrator: Program) -> None:
    described = administrator.read("/api/openapi.json").json()
    assert described["components"]["schemas"]["Error"]["required"] == ["code", "message", "detail"]
    for path, operations in described["paths"].items():
        for operation in operations.values():
            assert {"401", "403", "404", "409", "422", "503"} <= set(operation["responses"]), path


def test_a_shared_channel_without_a_name_is_refused_in_words(administrator: Program) -> None:
    made = administrator.post("notifications/channels", address="json://hooks.example.com/leads")
    assert (made.status_code, made.json()["message"]) == (409, "A channel needs a name.")


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**30])
def test_a_number_that_no_database_takes_is_refused(administrator: Program, number: int) -> None:
    refused = administrator.put("notifications/mine", choices=[], follow=[number])
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
