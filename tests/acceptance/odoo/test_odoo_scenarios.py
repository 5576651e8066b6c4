"""An installation of Leadline and a real Odoo 19 live through a working life.

Bound: three minutes once Odoo is there.
"""

from pathlib import Path

import pytest
from tests.acceptance.odoo.odoo_server import Odoo
from tests.acceptance.odoo.odoo_use import leads, merge
from tests.acceptance.odoo.office import Office, fill, open_office

CUSTOMERS = ["customer"]
EVERYBODY = ["qualified", "customer"]
UNTOUCHED = "SELECT lead_id FROM qualification_standing WHERE stage = 'qualified' AND accepted_at IS NULL"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everybody starts with a copy of it."""
    return fill(tmp_path_factory.mktemp("filled") / "data")


@pytest.fixture
def office(tmp_path: Path, filled: Path, odoo: Odoo) -> Office:
    return open_office(tmp_path / "data", filled, odoo)


def test_leads_arrive_with_scores_and_reasons(office: Office) -> None:
    office.connect()
    counts = office.sync()
    assert counts["created"] == len(office.standing()) >= 10
    office.expect_right_leads()
    for row in leads(office.odoo):
        assert row["x_leadline_reason_1"], "each says why"
        assert row["x_leadline_url"].startswith("http")
        assert row["email_from"]
        assert row["user_id"] is False, "nobody owns it because our key made it"
    notes = office.odoo.call("mail.message", "search_count", domain=[["message_id", "=like", "%@leadline>"]])
    assert notes == len(office.standing()) + counts["events"] > len(office.standing()), "conversions are notes"
    office.settle()
    assert office.sync()["looked_at"] == 0, "and then there is nothing to send"


def test_status_owner_wins_and_losses_come_back_as_conversions_and_revenue(office: Office) -> None:
    office.done("users", "create", "ann@sales.example", "--name", "Ann", "--password-stdin", stdin="a long password!\n")
    office.connect()
    office.settle()
    numbers = {int(link.number): lead for lead, link in office.links().items()}
    untouched = {lead for (lead,) in office.records(UNTOUCHED)}
    won, lost, taken = [number for number, lead in numbers.items() if lead in untouched][:3]
    write = {"user_id": _user(office.odoo, "ann@sales.example"), "expected_revenue": 12000.5}
    office.odoo.call("crm.lead", "write", ids=[won], vals=write)
    office.odoo.call("crm.lead", "action_set_won", ids=[won])
    office.odoo.call("crm.lead", "write", ids=[lost], vals={"expected_revenue": 800, "stage_id": 3})
    office.odoo.call("crm.lead", "action_set_lost", ids=[lost], lost_reason_id=1)
    office.odoo.call("crm.lead", "write", ids=[taken], vals={"stage_id": 2, "expected_revenue": 50})
    office.settle()
    office.load()
    found = {
        (name, lead, float(amount or 0), currency)
        for name, lead, amount, currency in office.records(
            "SELECT c.name, i.lead_id, c.amount, c.currency FROM tracking_conversion c "
            "JOIN tracking_identity i ON i.id = c.identity_id WHERE c.name IN ('won_deal', 'opportunity')"
        )
        if lead in {numbers[each] for each in (won, lost, taken)}
    }
    assert ("won_deal", numbers[won], 12000.5, "USD") in found
    assert ("opportunity", numbers[taken], 50.0, "USD") in found
    assert not {each for each in found if each[0] == "won_deal" and each[1] != numbers[won]}
    links = office.links()
    assert [links[numbers[each]].status for each in (won, lost, taken)] == ["Won", "Lost", "Qualified"]
    assert links[numbers[won]].owner == "ann@sales.example"
    said = office.records("SELECT kind, lead_id FROM qualification_salesaction WHERE via = 'crm'")
    expected = [("accept", numbers[won]), ("accept", numbers[taken]), ("assign", numbers[won])]
    assert sorted(said) == sorted(expected), "each once"


def test_a_backup_that_is_restored_finds_all_leads_again_and_brings_nothing_back(office: Office) -> None:
    """What Odoo learned after the backup was made is found by external id, what was merged there by its notes."""
    office.connect(stages=CUSTOMERS)
    office.settle()
    before = set(office.numbers())
    backup = office.copy()
    office.who(stages=EVERYBODY)
    office.settle()
    new = [number for number in office.numbers() if number not in before]
    assert len(new) >= 6
    merge(office.odoo, new[0], new[1])
    if before:
        office.odoo.call("crm.lead", "unlink", ids=[min(before)])
    office.odoo.call("crm.lead", "write", ids=[new[2]], vals={"stage_id": 2})
    office.settle()
    gone = 1 + bool(before)
    office.expect_right_leads(left_out=gone)
    count = len(leads(office.odoo))
    office.restore(backup)
    office.who(stages=EVERYBODY)
    assert office.sync()["created"] == 0, "all are found again"
    office.settle()
    assert len(leads(office.odoo)) == count
    office.expect_right_leads(left_out=gone)


def test_merged_and_deleted_leads_are_followed_and_never_resurrected(office: Office) -> None:
    office.connect()
    office.settle()
    numbers = sorted(office.numbers())
    merge(office.odoo, numbers[0], numbers[1])
    office.odoo.call("crm.lead", "unlink", ids=[numbers[2]])
    count = len(leads(office.odoo))
    office.settle()
    office.done("crm", "backfill", "odoo")
    office.settle()
    assert len(leads(office.odoo)) == count == len(numbers) - 2
    tombstones = sorted(link.tombstone for link in office.links().values() if link.tombstone)
    assert tombstones == ["deleted", "merged"]
    office.expect_right_leads(left_out=2)


def _user(odoo: Odoo, login: str) -> int:
    (number,) = odoo.call("res.users", "search", domain=[["login", "=", login]])
    return int(number)
