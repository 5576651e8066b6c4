"""New persons. Pipedrive has no upsert and no unique fields: a person is looked for, made, and looked for again.

Looked for in two ways: by our id with the search, which may not know yet who was made just now; and among the persons
that were written in the last minutes, a list that is not behind. After they are made that list is read once more: two
calls that ran at the same time both see it whole, keep the lowest id, and each deletes what it made too much.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from leadline.crm.connectors.pipedrive.calls import V2, PipedriveAPI, Row, row_of, unless_gone
from leadline.crm.connectors.pipedrive.fields import EMAIL, LISTS, NAME, Fields
from leadline.crm.connectors.pipedrive.persons import PATH, Persons, lowest
from leadline.crm.connectors.pipedrive.refusals import NOT_THERE
from leadline.crm.connectors.pipedrive.values import PERSON, NoOptionError, moment_of, with_primary
from leadline.crm.errors import RejectedError
from leadline.crm.records import Outcome, Outgoing, Sent

RECENT = timedelta(minutes=10)
"""How far the search may be behind, and how long ago an answer may have been lost that we still clear up after."""
UNTOUCHED = timedelta(minutes=1)
NO_NAME = "A lead of Leadline"
UNSAID = Sent(
    Outcome.LATER, code="NO_ANSWER", message="Pipedrive did not say what became of it.", advice="It is sent again."
)
Rows = Mapping[int, Outgoing]
People = dict[str, list[Row]]


class Maker:
    """Makes persons, one for each of our ids."""

    def __init__(self, api: PipedriveAPI, fields: Fields, persons: Persons) -> None:
        self._api, self._fields, self._persons = api, fields, persons

    def make(self, rows: Rows) -> tuple[dict[int, Sent], dict[int, str]]:
        """What became of rows without a person: those that were made or refused, and {row: person that was there}."""
        since = self._api.date - RECENT
        there = self._recent(rows, since)
        made, answers = self._made(rows, there)
        if made:
            self._see(there, [*self._recent(rows, since).values(), [*made.values()]])
        known = {at: row.external_id for at, row in rows.items() if there.get(row.external_id)}
        kept = {at: self._kept(there[name], made.get(at), since) for at, name in known.items()}
        new = {at for at, row in made.items() if kept[at] == str(row["id"])}
        answers |= {at: Sent(Outcome.CREATED, kept[at], PERSON) for at in new}
        return answers, {at: number for at, number in kept.items() if at not in new}

    def _made(self, rows: Rows, there: People) -> tuple[dict[int, Row], dict[int, Sent]]:
        """Those that were made, and what became of those that were refused. Search and call in turns: the search
        takes only ten calls in two seconds."""
        made: dict[int, Row] = {}
        answers: dict[int, Sent] = {}
        for at, row in rows.items():
            if row.external_id not in there and not self._searched(row, there):
                self._create(at, row, made, answers)
        return made, answers

    def _recent(self, rows: Rows, since: datetime) -> People:
        """{our id: persons that carry it}, of those that were written lately."""
        wanted = {row.external_id for row in rows.values()}
        found: People = {}
        for person in self._persons.changed(since):
            if (name := self._fields.name_of(person)) in wanted:
                found.setdefault(name, []).append(person)
        return found

    def _searched(self, row: Outgoing, there: People) -> bool:
        if found := self._persons.named(row.external_id):
            there[row.external_id] = found
        return bool(found)

    def _create(self, at: int, row: Outgoing, made: dict[int, Row], answers: dict[int, Sent]) -> None:
        try:
            person = row_of(self._api.patiently("POST", f"{V2}/{PATH}", self._new(row)))
        except (RejectedError, NoOptionError) as error:
            answers[at] = refusal(error)
            return
        if not person.get("id"):
            answers[at] = UNSAID
            return
        made[at] = {**person, "custom_fields": {self._fields.key: row.external_id}}

    def _new(self, row: Outgoing) -> Row:
        values = {name: value for name, value in row.values.items() if value is not None}
        lists = {LISTS[name]: with_primary([], str(values[name])) for name in LISTS if values.get(name)}
        name = {} if values.get(NAME) else {NAME: str(values.get(EMAIL) or NO_NAME)}
        return {**self._fields.body(values, row.external_id), **name, **lists}

    def _see(self, there: People, more: list[list[Row]]) -> None:
        """Put persons with those of the same id of ours, each once."""
        for person in (each for some in more for each in some):
            known = there.setdefault(self._fields.name_of(person), [])
            if str(person["id"]) not in {str(each["id"]) for each in known}:
                known.append(person)

    def _kept(self, people: list[Row], made: Row | None, since: datetime) -> str:
        """The person that stays: the lowest id. What we made beside it is deleted."""
        stays, mine = lowest(people), str(made["id"]) if made else ""
        for person in people:
            number = str(person["id"])
            if number != stays and (number == mine or self._may_be_ours(person, since)):
                self._delete(number)
        return stays

    def _delete(self, number: str) -> None:
        """Into the bin; another call of ours may have been faster."""
        unless_gone(lambda: self._api.patiently("DELETE", f"{V2}/{PATH}/{number}"), NOT_THERE)

    def _may_be_ours(self, person: Row, since: datetime) -> bool:
        """Whether a call of ours made it whose answer was lost: lately, by our user, and nobody worked on it since."""
        made, written = moment_of(person.get("add_time")), moment_of(person.get("update_time"))
        if made is None or made < since or (written or made) - made > UNTOUCHED:
            return False
        return str(person.get("owner_id")) == str(self._api.me().get("id")) and not any(
            person.get(count) for count in ("open_deals_count", "closed_deals_count")
        )


def refusal(error: RejectedError | NoOptionError) -> Sent:
    """What a refused call says of its row."""
    if isinstance(error, NoOptionError):
        advice = "Add the option in Pipedrive, or translate the value in the mapping."
        return Sent(Outcome.REFUSED, code="NO_OPTION", message=str(error), advice=advice)
    return Sent(Outcome.REFUSED, code=error.vendor_code, message=error.message, advice=error.advice)
