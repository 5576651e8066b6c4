"""Several people and programs at once on one server: double clicks, assignment, publishing beside a backtest that runs
as a job. On both record stores.

Bound: six minutes.
"""

import json
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.leadline_process import Folder, Server

from leadline.scoring.service import find_document

CLICKS = 6
CAPACITY = 2
Answer = tuple[int, Any]


class Program:
    """A program with a token."""

    def __init__(self, server: Server, role: str, name: str) -> None:
        self.email, self._server = f"{name}@leadline.test", server
        server.folder.json("users", "create", self.email, "--role", role, "--name", name)
        self._token = server.folder.json("tokens", "create", self.email, "--name", "test")["token"]

    def ask(self, method: str, path: str, **body: Any) -> Answer:
        """The status and the JSON of an answer."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if method != "GET" else None
        url = f"{self._server.pages}/api/v1/{path}"
        request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310  # loopback
        try:
            with urllib.request.urlopen(request, timeout=120) as response:  # noqa: S310  # loopback
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def events(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while more := self.ask("GET", f"qualification-events?after={found[-1]['number'] if found else 0}&limit=1000")[
            1
        ]:
            found += more
        return found


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """One with two months of life behind it."""
    records = {} if request.param == "sqlite" else {"LEADLINE_RECORDS": request.getfixturevalue("postgresql")}
    folder = Folder(tmp_path / "data", records)
    made = folder.run("demo", "--leads", "80", "--days", "60", seconds=240)
    assert made.returncode == 0, made.stderr
    with Server(folder) as serving:
        yield serving


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each gives, all of them begun together."""
    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(act) for act in acts]]


def test_what_many_do_at_once_happens_once_each(server: Server, tmp_path: Path) -> None:
    ann, bob, chief = (
        Program(server, "sales", "ann"),
        Program(server, "sales", "bob"),
        Program(server, "administrator", "chief"),
    )
    before = {event["number"] for event in ann.events()}
    lead = _lead_to_accept(ann)
    draft = tmp_path / "draft.yaml"
    draft.write_text(find_document("offshore-staffing").replace("grades: {A: 55,", "grades: {A: 50,"))
    reference = chief.ask("POST", "rules/drafts", name="easier", document=draft.read_text())[1]["reference"]

    def backtest() -> Any:
        return server.folder.json("rules", "backtest", reference, "--cutoffs", "3", "--horizon", "14", seconds=180)

    def publish() -> Answer:
        return chief.ask("POST", f"rules/{reference}/publish", why="more calls", confirm=True)

    def hire(who: Program) -> Answer:
        return chief.ask("PUT", "team", user=who.email, capacity=CAPACITY, available=True)

    def accept(who: Program) -> tuple[str, Answer]:
        return who.email, who.ask("POST", f"leads/{lead}/accept", note="mine")

    said = at_once(
        *[lambda who=who: accept(who) for who in (ann, bob) for _ in range(CLICKS)],
        *[lambda: ("", ann.ask("POST", f"leads/{lead}/contact", note="spoke"))] * CLICKS,
        *[lambda: ("", ann.ask("POST", f"leads/{lead}/snooze", until="3d"))] * CLICKS,
        *[lambda who=who: ("", hire(who)) for who in (ann, bob)],
        lambda: ("", publish()),
        lambda: ("", (200, backtest())),
    )
    assert {status for _, (status, _) in said} == {200}, [told for _, told in said if told[0] != 200]
    takers = [email for email, (_, told) in said[: 2 * CLICKS] if told["changed"]]
    assert len(takers) == 1
    news = [event for event in ann.events() if event["number"] not in before]
    _check_words(news, lead)
    _check_moves(ann.events())
    _check_team(chief, news)
    assert ann.ask("GET", f"leads/{lead}/explain")[1]["ruleset"] == chief.ask("GET", "rules")[1]["in_force"]["number"]
    assert takers[0].startswith(str(ann.ask("POST", f"leads/{lead}/accept", note="")[1]["owner"]))
    _check_jobs(chief, said[-1][1][1])
    assert "Traceback" not in Path(f"{server.folder.data}.log").read_text()


def _lead_to_accept(program: Program) -> int:
    rows = program.ask("GET", "leads?limit=1000")[1]
    return int(next(row["id"] for row in rows if row["stage"] == "qualified"))


def _check_words(news: list[dict[str, Any]], lead: int) -> None:
    """A word that was said many times at once is one event."""
    kinds = Counter(event["kind"] for event in news if event["lead"] == lead)
    assert (kinds["accept"], kinds["contact"], kinds["snooze"]) == (1, 1, 1)
    assigned = Counter(event["lead"] for event in news if event["kind"] == "assigned")
    assert set(assigned.values()) <= {1}


def _check_moves(events: list[dict[str, Any]]) -> None:
    """Each lead's moves follow one another."""
    stands: dict[int, tuple[str, str]] = {}
    for event in events:
        if event["kind"] == "stage_changed":
            before, at = stands.get(event["lead"], (event["detail"]["from"], ""))
            assert (before, at <= event["at"]) == (event["detail"]["from"], True)
            stands[event["lead"]] = event["detail"]["to"], event["at"]


def _check_team(chief: Program, news: list[dict[str, Any]]) -> None:
    """Nobody new was given more than fits; the lead that somebody took counts too, and may have come on top."""
    sellers = {seller["name"]: seller for seller in chief.ask("GET", "team")[1]["sellers"]}
    given = Counter(event["detail"]["owner"] for event in news if event["kind"] == "assigned")
    for name in ("ann", "bob"):
        assert sellers[name]["capacity"] == CAPACITY
        assert given[name] <= CAPACITY
        assert sellers[name]["open"] <= CAPACITY + 1


def _check_jobs(chief: Program, result: dict[str, Any]) -> None:
    """The command beside the server had its job done there, and can have one cancelled."""
    done = chief.ask("GET", f"jobs/{result['job']}")[1]
    assert (done["kind"], done["state"]) == ("backtest", "done")
    assert done["by"].startswith("cli:")
    assert result["pooled"]["leads"] > 0
    first, second = (chief.ask("POST", "rules/backtest", cutoffs=6, horizon=7)[1]["number"] for _ in range(2))
    assert chief.ask("POST", f"jobs/{second}/cancel")[1]["state"] in {"cancelled", "cancelling"}
    assert chief.ask("POST", f"jobs/{first}/cancel")[1]["state"] in {"cancelled", "cancelling", "done"}
