"""The records of the fake Odoo: leads, notes, external ids, users, stages; and what people do with them.

Held to a real Odoo 19 by tests/acceptance/odoo/test_odoo_fake.py.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Row = dict[str, Any]
MOMENT = "%Y-%m-%d %H:%M:%S"
NEW, WON, FIRST = 1, 4, 1
STAGES = {1: "New", 2: "Qualified", 3: "Proposition", 4: "Won"}
REASONS = {1: "Too expensive", 2: "We don't have people/skills", 3: "Not enough stock"}
USERS = {2: "admin", 5: "sam@sales.example", 6: "ann@sales.example", 7: "bob@sales.example"}
COUNTRIES = {57: ("DE", "Germany"), 233: ("US", "United States"), 231: ("GB", "United Kingdom"), 75: ("FR", "France")}


def _described(text: str) -> dict[str, Row]:
    """Fields of a lead, "name:type:label" or "name:type:label:relation", as `fields_get` has them."""
    found = {}
    for line in text.split(", "):
        name, type_, label, *relation = line.split(":")
        found[name] = {"string": label, "type": type_, "required": False, "readonly": False, "store": True}
        if relation:
            found[name]["relation"] = relation[0]
    return found


def lead_fields() -> dict[str, Row]:
    """The fields of a lead before anybody adds any."""
    fields = _described(
        "id:integer:ID, name:char:Opportunity, contact_name:char:Contact Name, partner_name:char:Company Name, "
        "email_from:char:Email, email_normalized:char:Normalized Email, phone:char:Phone, function:char:Job Position, "
        "street:char:Street, city:char:City, zip:char:Zip, website:char:Website, description:html:Notes, "
        "expected_revenue:monetary:Expected Revenue, probability:float:Probability, color:integer:Color Index, "
        "active:boolean:Active, date_deadline:date:Expected Closing, date_closed:datetime:Closed Date, "
        "date_conversion:datetime:Conversion Date, create_date:datetime:Created on, "
        "write_date:datetime:Last Updated on, user_id:many2one:Salesperson:res.users, "
        "stage_id:many2one:Stage:crm.stage, country_id:many2one:Country:res.country, "
        "lost_reason_id:many2one:Lost Reason:crm.lost.reason, company_currency:many2one:Currency:res.currency, "
        "tag_ids:many2many:Tags:crm.tag, message_ids:one2many:Messages:mail.message, type:selection:Type, "
        "won_status:selection:Won/Lost, priority:selection:Priority"
    )
    fields["type"]["selection"] = [["lead", "Lead"], ["opportunity", "Opportunity"]]
    fields["won_status"]["selection"] = [["won", "Won"], ["lost", "Lost"], ["pending", "Pending"]]
    fields["priority"]["selection"] = [["0", "Low"], ["1", "Medium"], ["2", "High"], ["3", "Very High"]]
    for name in ("id", "won_status", "company_currency", "date_closed", "date_conversion", "create_date", "write_date"):
        fields[name]["readonly"] = True
    fields["name"]["required"] = fields["type"]["required"] = True
    return fields


@dataclass
class Tables:
    """One database.

    Attributes:
        now: the time by its clock. with_leads: whether the setting "Leads" is on; else all are opportunities.
        leads: by number, values as `read` gives them. notes: messages by number. named: external id -> number.
        versions: how often a lead, or an external id, was written: a transaction that began before loses.
    """

    now: Callable[[], datetime]
    with_leads: bool = False
    fields: dict[str, Row] = field(default_factory=lead_fields)
    leads: dict[int, Row] = field(default_factory=dict)
    notes: dict[int, Row] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)
    versions: dict[Any, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self._note_numbers = itertools.count(1)
        self._notes_by_message: dict[str, int] = {}
        self._notes_by_lead: dict[int, list[int]] = {}

    def copy(self) -> "tuple[Any, ...]":
        """What `restore` puts back: a savepoint of the tables that a call may touch."""
        return ({k: dict(v) for k, v in self.leads.items()}, dict(self.tags), dict(self.named))

    @property
    def text(self) -> str:
        """The time, as it is written."""
        return self.now().strftime(MOMENT)

    def create(self, values: Mapping[str, Any], user: int = 5) -> int:
        """A new lead; whoever makes it owns it unless the values say otherwise."""
        number = next(self._numbers)
        row: Row = {name: 0.0 if each["type"] in ("float", "monetary") else False for name, each in self.fields.items()}
        row |= {name: 0 for name, each in self.fields.items() if each["type"] == "integer"}
        row |= {"id": number, "active": True, "stage_id": [NEW, STAGES[NEW]], "won_status": "pending"}
        row |= {"type": "lead" if self.with_leads else "opportunity", "create_date": self.text, "tag_ids": []}
        row |= {"company_currency": [1, "USD"], "user_id": [user, _user_name(user)], "priority": "0"}
        self.leads[number] = row
        self.write(number, values)
        self.note(number, f"<1.1-openerp-{number}-crm.lead@odoo>")
        return number

    def write(self, number: int, values: Mapping[str, Any]) -> None:
        """Write a lead; `write_date` moves even when nothing changes."""
        row = self.leads[number]
        row |= {**values, "write_date": self.text}
        email = str(row["email_from"] or "").strip().lower()
        row["email_normalized"] = email or False
        self.versions[number] = self.versions.get(number, 0) + 1

    def name(self, external_id: str, number: int) -> None:
        """Give a lead an external id."""
        self.named[external_id] = number
        self.versions[external_id] = self.versions.get(external_id, 0) + 1

    def note(self, number: int, message_id: str, body: str = "") -> None:
        """A message at a lead."""
        at = next(self._note_numbers)
        self.notes[at] = {"id": at, "model": "crm.lead", "res_id": number, "message_id": message_id, "body": body}
        self._notes_by_message[message_id] = at
        self._notes_by_lead.setdefault(number, []).append(at)

    def notes_of(self, message_ids: Iterable[str]) -> list[Row]:
        """Notes by their Message-Id."""
        return [self.notes[self._notes_by_message[each]] for each in message_ids if each in self._notes_by_message]

    def notes_at(self, numbers: Iterable[int]) -> list[Row]:
        """Notes at leads."""
        return [self.notes[each] for number in numbers for each in self._notes_by_lead.get(number, ())]

    def unlink(self, number: int) -> None:
        """Delete a lead, its external ids and its notes."""
        del self.leads[number]
        self.versions[number] = self.versions.get(number, 0) + 1
        for external_id in [name for name, at in self.named.items() if at == number]:
            del self.named[external_id]
            self.versions[external_id] += 1
        for at in self._notes_by_lead.pop(number, ()):
            self._notes_by_message.pop(self.notes.pop(at)["message_id"], None)

    def merge(self, head: int, tails: Sequence[int]) -> None:
        """One lead takes the notes of others and what it lacks itself; they are deleted, with their external ids."""
        for tail in tails:
            moved = self._notes_by_lead.pop(tail, [])
            for at in moved:
                self.notes[at]["res_id"] = head
            self._notes_by_lead.setdefault(head, []).extend(moved)
            standard = {name: value for name, value in self.leads[tail].items() if not name.startswith("x_")}
            lacking = {name: value for name, value in standard.items() if value and not self.leads[head][name]}
            self.write(head, lacking)
            self.unlink(tail)

    def lose(self, number: int, reason: int = 0) -> None:
        """Lost: archived, without any probability."""
        pointer = [reason, REASONS[reason]] if reason else False
        lost = {"active": False, "probability": 0.0, "won_status": "lost", "lost_reason_id": pointer}
        self.write(number, {**lost, "date_closed": self.text})

    def win(self, number: int) -> None:
        """Won: in the last stage."""
        self.move(number, WON)

    def move(self, number: int, stage: int) -> None:
        """Into another stage, by hand; the lead is live again."""
        won = stage == WON
        closed = {"date_closed": self.text if won else False, "won_status": "won" if won else "pending"}
        state = {"active": True, "probability": 100.0 if won else 10.0, "lost_reason_id": False}
        self.write(number, {**closed, **state, "stage_id": [stage, STAGES[stage]]})

    def convert(self, number: int) -> None:
        """A lead becomes an opportunity."""
        self.write(number, {"type": "opportunity", "date_conversion": self.text})

    def tag(self, name: str) -> int:
        """The number of a tag, made when it is missing."""
        found = next((number for number, each in self.tags.items() if each == name), len(self.tags) + 1)
        self.tags[found] = name
        return found


def _user_name(user: int) -> str:
    return USERS[user].split("@")[0].title() if user in USERS else str(user)


def user_pointer(login: str) -> list[Any] | None:
    """What a field that points to a user holds."""
    return next(([number, _user_name(number)] for number, each in USERS.items() if each == login), None)


def country_pointer(word: str) -> list[Any] | None:
    """A country by its code or its name."""
    return next(([number, both[1]] for number, both in COUNTRIES.items() if word in both), None)
