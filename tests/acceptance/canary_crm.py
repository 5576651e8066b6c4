"""A CRM that says canaries: in its records, in its refusals, and in what nobody can read."""

from dataclasses import dataclass
from typing import Any

import httpx
from tests.acceptance.canaries import Aviary

from leadline.crm.testing.odoo import OdooError, OdooServer
from leadline.kernel.clock import utc_now

MAPPING = """
object: crm.lead
who: {stages: [initial_engagement, profile_development, conversion_signals, qualified, customer]}
fields:
  name: {from: name, default: Unknown}
  contact_name: {from: name, owner: newest}
  email_from: email
  phone: {from: phone, owner: theirs}
status: {New: none, Qualified: accepted}
back: {owner: true, deals: true}
events: all
"""
HOOK = """
object: lead
who: {stages: [initial_engagement, profile_development, conversion_signals, qualified, customer]}
fields: {email: email, name: name}
events: all
"""
READING, WRITING = "search_read", "load"


@dataclass(eq=False)
class SingingOdoo(OdooServer):
    """Answers as it is told: "" well, else see `call`."""

    def __init__(self, aviary: Aviary) -> None:
        super().__init__(utc_now)
        self.aviary, self.mood, self.words = aviary, "", ""

    def _answer(self, request: httpx.Request) -> httpx.Response:
        reading = request.url.path.endswith(READING)
        if self.mood == "page" and reading:
            return httpx.Response(500, text=f"<html><h1>{self.words}</h1></html>")
        if self.mood == "moved" and reading:
            return httpx.Response(302, headers={"Location": f"https://else.example/{self.words}"})
        if self.mood == "no JSON" and reading:
            return httpx.Response(200, text=f"{{{self.words}")
        return super()._answer(request)

    def call(self, model: str, method: str, **arguments: Any) -> Any:
        """Refuses to write or to read in its words, or answers what can't be understood.

        Raises:
            OdooError: it refuses.
        """
        if (self.mood, method) in {("refuses", WRITING), ("refuses to read", READING), ("fails", READING)}:
            status = 500 if self.mood == "fails" else 422
            raise OdooError(status, "odoo.exceptions.ValidationError", f"There is {self.words} already")
        answer = super().call(model, method, **arguments)
        if self.mood == "bad row" and method == WRITING:
            messages = [{"type": "error", "message": f"{self.words} is no address", "record": 0, "rows": {"from": 0}}]
            return {"ids": False, "messages": messages, "nextrow": 0}
        if self.mood == "bad moment" and method == READING and model == "crm.lead":
            return [{**row, "write_date": self.words} for row in answer]
        return answer

    def sings(self, mood: str) -> None:
        """From now on."""
        self.mood = mood
        self.words = self.aviary.email(f"CRM {mood}")

    def fill(self, email: str) -> None:
        """People of its own; one of them has the address of one of ours."""
        aviary = self.aviary
        for place, address in {"CRM record": email, "CRM stranger": aviary.email("CRM stranger email")}.items():
            values = {
                "name": aviary.text(f"{place} name"),
                "contact_name": aviary.name(f"{place} contact"),
                "email_from": address,
                "phone": aviary.phone(f"{place} phone"),
                "function": aviary.text(f"{place} function"),
            }
            self.tables.create(values)


MOODS = ("refuses", "bad row", "refuses to read", "fails", "page", "moved", "no JSON", "bad moment")
