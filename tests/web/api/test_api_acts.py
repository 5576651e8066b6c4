"""What the API does: scores, words of sales, rulesets. Each call goes the whole way to the stores."""

from typing import Any

import pytest
import web_cast as cast
from django.test import Client

from leadline.accounts.models import User
from leadline.accounts.tokens import create_token
from leadline.pipeline import jobs
from leadline.scoring.models import RulesetActivation
from leadline.scoring.service import find_document

pytestmark = pytest.mark.usefixtures("engine")


class Program:
    """A program with a token."""

    def __init__(self, role: str) -> None:
        token = create_token(cast.user(role), "test")
        self._client = Client(headers={"authorization": f"Bearer {token}"})

    def get(self, path: str) -> Any:
        return self.read(f"/api/v1/{path}")

    def read(self, address: str) -> Any:
        return self._client.get(address)

    def post(self, path: str, **body: Any) -> Any:
        return self._client.post(f"/api/v1/{path}", body, content_type="application/json")

    def put(self, path: str, **body: Any) -> Any:
        return self._client.put(f"/api/v1/{path}", body, content_type="application/json")


@pytest.fixture
def administrator() -> Program:
    return Program(User.Role.ADMINISTRATOR)


def test_a_document_is_checked_with_lines(administrator: Program) -> None:
    document = find_document("offshore-staffing").replace("metric: quiz_score", "metric: quiz_scor")
    found = administrator.post("rules/validate", document=document).json()
    assert not found["valid"]
    assert found["faults"][0]["line"] > 1
    assert "quiz_score" in found["faults"][0]["advice"]


def test_a_draft_is_compared_published_and_rolled_back(administrator: Program) -> None:
    document = find_document("offshore-staffing").replace("grades: {A: 55,", "grades: {A: 50,")
    first = administrator.get("rules").json()["in_force"]["number"]
    draft = administrator.post("rules/drafts", name="easier", document=document, note="A from 50").json()["reference"]
    words = administrator.get(f"rules/diff?after={draft}").json()["differences"]
    assert len(words) == 1
    published = administrator.post(f"rules/{draft}/publish", why="more calls", confirm=True).json()
    assert administrator.get("rules").json()["in_force"]["number"] == published["number"]
    back = administrator.post(f"rules/{first}/rollback", why="too many calls", confirm=True)
    assert back.status_code == 200
    assert [row.why for row in RulesetActivation.objects.order_by("pk")][1:] == ["more calls", "too many calls"]


def test_only_administrators_publish() -> None:
    marketing, sales = Program(User.Role.MARKETING), Program(User.Role.SALES)
    draft = marketing.post("rules/drafts", name="mine", document=find_document("offshore-staffing") + "\n").json()
    assert marketing.post(f"rules/{draft['reference']}/publish", why="now").status_code == 403
    assert sales.get("rules").status_code == 403


def test_a_backtest_without_events_is_refused_with_what_to_do(administrator: Program) -> None:
    refused = administrator.post("rules/backtest", cutoffs=["2026-01-01"], horizon=30)
    assert refused.status_code == 409
    assert "leadline import" in refused.json()["detail"]


def test_a_job_is_followed_and_cancelled(administrator: Program) -> None:
    number = jobs.start("backtest", {"cutoffs": 3}).pk
    assert administrator.get(f"jobs/{number}").json()["kind"] == "backtest"
    assert administrator.post(f"jobs/{number}/cancel").json()["state"] in {"cancelling", "cancelled"}
    assert [each["number"] for each in administrator.get("jobs?kind=backtest").json()] == [number]
    assert administrator.get("jobs/99").status_code == 404


def test_sales_speaks() -> None:
    program = Program(User.Role.SALES)
    person = cast.lead("Ann Archer")
    cast.standing(person)
    assert program.post(f"leads/{person.pk}/accept", note="will call").json()["accepted_at"]
    refused = program.post(f"leads/{person.pk}/reject", reason="too_tall")
    assert refused.status_code == 409
    assert "too_small" in refused.json()["detail"] + refused.json()["message"]
    assert program.post(f"leads/{person.pk}/reject", reason="too_small").json()["rejection"] == "too_small"
    kinds = [each["kind"] for each in program.get("qualification-events").json()]
    assert kinds[:1] == ["accept"]
    assert "reject" in kinds


def test_marketing_does_not_speak_for_sales() -> None:
    person = cast.lead("Ann Archer")
    assert Program(User.Role.MARKETING).post(f"leads/{person.pk}/accept").status_code in {403, 422}


def test_somebody_who_is_not_here_is_scored(administrator: Program) -> None:
    event = {
        "event": "Quote Requested",
        "timestamp": "2026-05-14T10:00:00Z",
        "properties": {"quote_id": "1", "seats": 4},
    }
    score = administrator.post("score", events=[event], as_of="2026-05-14").json()
    assert score["conversion"]["factors"]["quote_requests"]["score"] == 100.0


def test_a_session_needs_the_csrf_token_to_change_something(sales: User) -> None:
    person = cast.lead("Ann Archer")
    client = Client(enforce_csrf_checks=True)
    client.force_login(sales)
    assert client.get("/api/v1/leads").status_code == 200
    assert client.post(f"/api/v1/leads/{person.pk}/accept", {}, content_type="application/json").status_code == 403
