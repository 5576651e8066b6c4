"""The fake Odoo answers as the real one does: the same calls to both, and what differs by nature left out.

Bound: half a minute once Odoo is there.
"""

from typing import Any

import httpx
import pytest
from tests.acceptance.odoo.odoo_server import SALESPERSON, Odoo
from tests.acceptance.odoo.odoo_use import empty

from leadline.crm.connectors.odoo import notes
from leadline.crm.connectors.odoo.writing import CONTEXT
from leadline.crm.testing.odoo import OdooServer
from leadline.crm.testing.odoo_harness import OdooHarness
from leadline.kernel.clock import utc_now

LEAD = "crm.lead"
MOMENTS = {"write_date", "create_date", "date_closed", "date_conversion"}
NAMES = ("ll-1", "ll-2", "ll-3", "ll-4")


class Both:
    """One script, told to both. `ask` answers what both said; they are compared at once.

    Numbers are told apart by their order: the first lead of each is 1.
    """

    def __init__(self, real: httpx.Client, fake: httpx.Client) -> None:
        self._clients = (real, fake)
        self._firsts = (0, 0)

    def load(self, header: list[str], rows: list[list[str]], context: dict[str, Any] = CONTEXT) -> Any:
        """`load` of leads."""
        return self.ask(LEAD, "load", fields=header, data=rows, context=context)

    def ask(self, model: str, method: str, **arguments: Any) -> Any:
        """What both answer.

        Raises:
            AssertionError: they do not answer the same.
        """
        real, fake = (self._answer(at, model, method, arguments) for at in (0, 1))
        assert fake == real, f"{method} {arguments}: {_difference(fake, real)}"
        return real

    def begin(self) -> None:
        """The leads that were made last are the first ones."""
        numbers = [self._post(at, LEAD, "search_read", {"domain": [], "fields": ["name"]}).json() for at in (0, 1)]
        self._firsts = tuple(min(row["id"] for row in rows) - 1 for rows in numbers)  # type: ignore[assignment]  # two

    def _answer(self, at: int, model: str, method: str, arguments: dict[str, Any]) -> Any:
        first = self._firsts[at]
        answer = self._post(at, model, method, _shifted(arguments, first))
        body = answer.json()
        if not answer.is_success:
            return answer.status_code, body["name"]
        return answer.status_code, _plain(body, first)

    def _post(self, at: int, model: str, method: str, arguments: dict[str, Any]) -> httpx.Response:
        return self._clients[at].post(f"/json/2/{model}/{method}", json=arguments)


def _difference(fake: Any, real: Any) -> str:
    """What the fake says, and what it should."""
    if isinstance(fake, dict) and isinstance(real, dict):
        names = [name for name in {**fake, **real} if fake.get(name) != real.get(name)]
        return "; ".join(f"{name}: {_difference(fake.get(name), real.get(name))}" for name in names)
    if isinstance(fake, list | tuple) and isinstance(real, list | tuple) and len(fake) == len(real):
        return ", ".join(_difference(*each) for each in zip(fake, real, strict=True) if each[0] != each[1])
    return f"{fake!r} for {real!r}"


def _shifted(arguments: dict[str, Any], first: int) -> dict[str, Any]:
    """Leads' numbers as the server has them."""
    shifted = dict(arguments)
    if "ids" in shifted:
        shifted["ids"] = [each + first for each in shifted["ids"]]
    if shifted.get("fields", [""])[0] == ".id":
        shifted["data"] = [[str(int(row[0]) + first), *row[1:]] for row in shifted["data"]]
    return shifted


def _plain(body: Any, first: int) -> Any:
    """Without what is another thing each time: moments, wording, numbers that count on."""
    if isinstance(body, dict) and "messages" in body:
        rows = {(each["rows"]["from"], each.get("field", "")) for each in body["messages"]}
        ids = body["ids"] and [each - first for each in body["ids"]]
        unknown = sorted(row for row, field in rows if field == ".id")
        return {"ids": ids, "blamed": sorted({row for row, _ in rows}), "unknown": unknown}
    if isinstance(body, dict):
        return {str(int(key) - first) if key.isdigit() else key: value for key, value in body.items()}
    if isinstance(body, list) and body and isinstance(body[0], dict):
        return [_plain_row(row, first) for row in body]
    return [each - first for each in body] if isinstance(body, list) else body


def _plain_row(row: dict[str, Any], first: int) -> dict[str, Any]:
    moved = {name: value - first for name, value in row.items() if name in ("id", "res_id") and isinstance(value, int)}
    rest = {name: bool(value) if name in MOMENTS else value for name, value in row.items() if name not in moved}
    return {**rest, **({"lead": moved["res_id"]} if "res_id" in moved else {"lead": moved.get("id")})}


@pytest.fixture
def both(odoo: Odoo) -> Both:
    """Two empty Odoos with the same fields, and three leads each."""
    empty(odoo)
    server: OdooServer = OdooHarness().odoo
    server.clock = utc_now
    clients = [
        httpx.Client(base_url=odoo.url, headers={"Authorization": f"bearer {odoo.keys[SALESPERSON]}"}, timeout=60),
        httpx.Client(
            base_url=server.url, headers={"Authorization": f"bearer {server.key}"}, transport=server.transport()
        ),
    ]
    made = Both(clients[0], clients[1])
    for client in clients:
        client.post(f"/json/2/{LEAD}/load", json={"fields": HEADER, "data": ROWS, "context": CONTEXT})
    made.begin()
    return made


HEADER = ["id", "name", "email_from", "user_id", *notes.COLUMNS]
ROWS = [
    [notes.external(name), f"Lead {name}", f"{name}@Example.org", "", *notes.cells(name, "<p>Hello</p>", LEAD)]
    for name in NAMES[:3]
]
READ = (
    "name email_normalized user_id stage_id won_status active type priority expected_revenue lost_reason_id "
    "company_currency tag_ids country_id date_closed date_conversion x_leadline_score x_leadline_stage"
).split()
"""Without `probability`, which Odoo guesses from what it saw before."""


def test_new_leads_are_alike(both: Both) -> None:
    both.ask(LEAD, "read", ids=[1, 2, 3], fields=READ)
    both.ask(LEAD, "get_external_id", ids=[1, 2, 3, 9])
    where = [["message_id", "in", [notes.message_id(name) for name in NAMES]]]
    both.ask("mail.message", "search_read", domain=where, fields=["message_id", "res_id", "model"], order="id")
    both.ask(LEAD, "default_get", fields=["type"])


def test_loading_again_makes_nothing_new(both: Both) -> None:
    both.load(["id", "name"], [row[:2] for row in ROWS])
    assert both.load(HEADER, ROWS)[1]["blamed"] == [0, 1, 2], "a note is not written twice by who is no administrator"
    both.ask(LEAD, "search_count", domain=[])


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ([".id", "name"], [["1", "New name"], ["999", "Nobody"]]),
        ([".id", "x_leadline_score", "priority"], [["1", "abc", "9"], ["2", "4", "1"]]),
        ([".id", "country_id"], [["1", "DE"], ["2", "Nowhere"]]),
        ([".id", "x_leadline_stage", "x_leadline_score", "priority"], [["1", "qualified", "7", "2"]]),
        ([".id", "x_leadline_score", "user_id", "country_id", "x_leadline_stage"], [["1", "", "", "", ""]]),
        ([".id", "country_id", "user_id", "expected_revenue"], [["1", "DE", "ann@sales.example", "12.5"]]),
        ([".id", "nothing"], [["1", "x"]]),
        (["id", "name"], [["leadline.ll-7", ""], ["leadline.ll-8", "Eight"]]),
        ([".id", "date_deadline"], [["1", "2026-04-01"]]),
        ([".id", "date_closed"], [["1", "2026-04-01T10:00:00+00:00"]]),
    ],
)  # fmt: skip
def test_loads_are_answered_alike_and_leave_the_same(both: Both, header: list[str], rows: list[list[str]]) -> None:
    both.load(header, rows)
    both.ask(LEAD, "read", ids=[1, 2], fields=READ)


def test_lost_leads_are_hidden_and_closed_to_numbers_alike(both: Both) -> None:
    both.ask(LEAD, "action_set_lost", ids=[1], lost_reason_id=1)
    both.ask(LEAD, "read", ids=[1], fields=READ)
    both.ask(LEAD, "search_count", domain=[])
    both.ask(LEAD, "search_count", domain=[], context={"active_test": False})
    both.load([".id", "phone"], [["1", "7"]], context={})
    both.load([".id", "phone"], [["1", "7"]])


def test_won_leads_are_alike(both: Both) -> None:
    both.ask(LEAD, "action_set_won", ids=[2])
    both.ask(LEAD, "read", ids=[2], fields=READ)


def test_merging_moves_notes_and_drops_external_ids_alike(both: Both) -> None:
    both.ask(LEAD, "write", ids=[2], vals={"probability": 90})
    assert both.ask(LEAD, "merge_opportunity", ids=[2, 1])[1] == [2]
    both.ask(LEAD, "search_read", domain=[], fields=["name"], order="id")
    where = [["message_id", "in", [notes.message_id(name) for name in NAMES]]]
    both.ask("mail.message", "search_read", domain=where, fields=["message_id", "res_id"], order="id")
    both.ask(LEAD, "get_external_id", ids=[1, 2, 3])
    both.load([".id", "phone"], [["1", "7"]])
    both.ask(LEAD, "write", ids=[1], vals={"phone": "7"})
    both.ask(LEAD, "read", ids=[1], fields=["name"])


def test_what_is_wrong_with_a_call_is_told_alike(both: Both) -> None:
    both.ask("crm.nothing", "search_read", domain=[])
    both.ask(LEAD, "search_read", domain=[], fields=["nothing"])
    both.ask(LEAD, "write", ids=[999], vals={"name": "Nobody"})
