"""What stands in a fake Salesforce org, and its rules: fields, records, duplicates, conversion, merging, deletion.

Kept as in Salesforce: a converted lead can't be written, a deleted one stays in the recycle bin and gives its external
id free, a merged one says into which; ids have 18 characters; SystemModstamp has whole seconds.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from leadline.crm.connectors.salesforce.names import long_id
from leadline.crm.testing.salesforce_fields import PREFIXES, described, standard_fields

Row = dict[str, Any]
ME, MINE = long_id("005000000000001"), "leadline@org.test"
RESTRICTED = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
NUMBERS = ("int", "double", "currency", "percent")


class CallError(Exception):
    """A call that is refused as a whole."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class RowError(Exception):
    """A row that is refused; the others of its call are not."""

    def __init__(self, code: str, message: str, fields: Iterable[str] = (), remote_id: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.fields, self.remote_id = code, message, list(fields), remote_id


class Org:
    """One org.

    Attributes:
        fields: of each object, as describes say. rows: of each object by id, those in the recycle bin among them.
        contended: how often a row is locked by somebody else,
            by its external id. duplicates: "off", "alert" (the header lets rows pass) or "block" (nothing does).
    """

    def __init__(self, now: Callable[[], datetime], refused: Callable[[], Collection[str]]) -> None:
        self._now, self._refused, self._made = now, refused, Counter[str]()
        self.fields = standard_fields()
        self.rows: defaultdict[str, dict[str, Row]] = defaultdict(dict)
        self._named: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        self.contended = Counter[str]()
        self.duplicates = "off"
        self._add("User", {"Username": MINE, "Email": MINE, "Type": "User"}, ME)
        self._add("Organization", {"Name": "Test", "OrganizationType": "Developer Edition", "IsSandbox": False})

    def _add(self, object_name: str, values: Row, number: str = "") -> str:
        """A row of an object whose fields are not described."""
        number = number or self.new_id(object_name)
        self.rows[object_name][number] = {"Id": number, **values}
        return number

    def new_id(self, object_name: str) -> str:
        """An id that was never given."""
        self._made[object_name] += 1
        return long_id(f"{PREFIXES.get(object_name, 'a00')}5e{self._made[object_name]:010d}")

    def stamp(self) -> str:
        """The time by its clock, as answers have it."""
        return self._now().strftime("%Y-%m-%dT%H:%M:%S.000+0000")

    # Writing, as the API does it

    def upsert(self, object_name: str, key: str, values: Row, allow_duplicates: bool) -> tuple[str, bool]:
        """(id, whether it was made) of a record by external id.

        Raises:
            RowError: it is refused.
        """
        name = values.get(key)
        if not name:
            raise RowError("MISSING_ARGUMENT", f"{key} not specified")
        if found := self._named[object_name, key].get(str(name).lower()):
            return self.update(object_name, found, values, allow_duplicates), False
        self._check(object_name, values, None, allow_duplicates)
        return self.insert(object_name, values), True

    def update(self, object_name: str, remote_id: str, values: Row, allow_duplicates: bool = True) -> str:
        """Write a record by id, as our user.

        Raises:
            RowError: it is refused.
        """
        row = self.rows[object_name].get(long_id(remote_id))
        if row is None:
            raise RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        if row.get("IsDeleted"):
            raise RowError("ENTITY_IS_DELETED", "entity is deleted", remote_id=row["Id"])
        if row.get("IsConverted"):
            raise RowError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", remote_id=row["Id"])
        self._check(object_name, values, row, allow_duplicates)
        self.edit(object_name, row["Id"], values)
        return str(row["Id"])

    def insert(self, object_name: str, values: Mapping[str, Any]) -> str:
        """Make a record, whatever the rules say."""
        number, now = self.new_id(object_name), self.stamp()
        fixed = {"Id": number, "IsDeleted": False, "CreatedDate": now, "SystemModstamp": now}
        row = {name: field["default"] for name, field in self.fields.get(object_name, {}).items()}
        if object_name in ("Lead", "Contact"):
            row |= {"MasterRecordId": None, "OwnerId": ME}
        self.rows[object_name][number] = {**row, **fixed}
        self._keep(object_name, number, values)
        return number

    def edit(self, object_name: str, remote_id: str, values: Mapping[str, Any]) -> None:
        """Write a record, as somebody in the org does."""
        self._keep(object_name, long_id(remote_id), values)

    def _keep(self, object_name: str, number: str, values: Mapping[str, Any]) -> None:
        row, fields = self.rows[object_name][number], self.fields.get(object_name, {})
        for name, value in values.items():
            if fields.get(name, {}).get("externalId"):
                self._name(object_name, name, row, value)
            row[name] = kept(value, fields.get(name, {}).get("type", ""))
        row["SystemModstamp"] = self.stamp()

    def _name(self, object_name: str, key: str, row: Row, value: Any) -> None:
        names = self._named[object_name, key]
        if row.get(key):
            names.pop(str(row[key]).lower(), None)
        if value:
            names[str(value).lower()] = row["Id"]

    # The rules

    def shape(self, object_name: str, values: Row) -> None:
        """Whether a call has fields that are there, with values of their types.

        Raises:
            CallError: it has not.
        """
        for name, value in values.items():
            field = self.fields[object_name].get(name)
            if field is None or not field["visible"]:
                words = f"No such column '{name}' on sobject of type {object_name}"
                raise CallError(400, "INVALID_FIELD", words)
            wrong = isinstance(value, bool | int | float) if field["type"] not in (*NUMBERS, "boolean") else (
                isinstance(value, str)
            )  # fmt: skip
            if value is not None and wrong:
                words = f"Cannot deserialize instance of {field['type']} from {value!r}"
                raise CallError(400, "JSON_PARSER_ERROR", words)

    def _check(self, object_name: str, values: Row, row: Row | None, allow_duplicates: bool) -> None:
        fields, name = self.fields[object_name], str(values.get("Leadline_Id__c") or "")
        if self.contended[name] > 0:
            self.contended[name] -= 1
            raise RowError("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
        refused = self._refused()
        if name in refused or (row is not None and row.get("Leadline_Id__c") in refused):
            raise RowError("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Leads of this sort are not welcome.", ["Email"])
        for each in values:
            _check_value(fields[each], values[each])
        self._check_unique(object_name, values, row)
        _check_required(fields, values, row)
        if self.duplicates == "block" or (self.duplicates == "alert" and not allow_duplicates):
            self._check_duplicates(object_name, values, row)

    def _check_unique(self, object_name: str, values: Row, row: Row | None) -> None:
        for key in (each for each in values if self.fields[object_name][each].get("externalId")):
            found = self._named[object_name, key].get(str(values[key]).lower())
            if found and (row is None or found != row["Id"]):
                words = f"duplicate value found: {key} duplicates value on record with id: {found}"
                raise RowError("DUPLICATE_VALUE", words)

    def _check_duplicates(self, object_name: str, values: Row, row: Row | None) -> None:
        email = str(values.get("Email") or "").lower()
        if object_name not in ("Lead", "Contact") or not email:
            return
        others = (each for kind in ("Lead", "Contact") for each in self.rows[kind].values())
        living = (each for each in others if not each["IsDeleted"] and each is not row)
        if any(str(each.get("Email") or "").lower() == email for each in living):
            raise RowError("DUPLICATES_DETECTED", "Use one of these records?")

    # What people do in the org

    def convert(self, lead: str, opportunity: str = "", amount: float | None = None) -> tuple[str, str]:
        """Convert a lead into a contact and, when it is named, an opportunity. Returns their ids."""
        row = self.rows["Lead"][lead]
        shared = {name for name in self.fields["Contact"] if name in row and name not in _NOT_MAPPED}
        contact = self.insert("Contact", {name: row[name] for name in shared})
        deal = self.add_deal(contact, opportunity, amount) if opportunity else None
        done = {"IsConverted": True, "ConvertedContactId": contact, "ConvertedOpportunityId": deal}
        self.edit("Lead", lead, {**done, "Status": "Closed - Converted"})
        return contact, deal or ""

    def add_deal(self, contact: str, name: str, amount: float | None = None) -> str:
        """An opportunity of a contact."""
        closes = self._now().date().isoformat()
        values = {"Name": name, "StageName": "Prospecting", "IsWon": False, "IsClosed": False, "CloseDate": closes}
        deal = self.insert("Opportunity", {**values, "Amount": amount, "LastStageChangeDate": None})
        self.insert("OpportunityContactRole", {"ContactId": contact, "OpportunityId": deal})
        return deal

    def close_deal(self, deal: str, won: bool, **values: Any) -> None:
        """Win or lose an opportunity."""
        stage = "Closed Won" if won else "Closed Lost"
        now = {"StageName": stage, "IsWon": won, "IsClosed": True, "LastStageChangeDate": self.stamp()}
        self.edit("Opportunity", deal, {**now, **values})

    def delete(self, object_name: str, remote_id: str, into: str | None = None) -> None:
        """Into the recycle bin; `into`: since it was merged with that one."""
        row = self.rows[object_name][long_id(remote_id)]
        for name in self.fields[object_name]:
            if self.fields[object_name][name].get("externalId") and row.get(name):
                self._named[object_name, name].pop(str(row[name]).lower(), None)
        row |= {"IsDeleted": True, "MasterRecordId": into, "SystemModstamp": self.stamp()}

    def merge(self, object_name: str, winner: str, loser: str) -> None:
        """Merge two records; the winner keeps its values."""
        self.delete(object_name, loser, long_id(winner))
        self.edit(object_name, winner, {})

    def purge(self, object_name: str, remote_id: str) -> None:
        """Empty the recycle bin of a record."""
        del self.rows[object_name][long_id(remote_id)]

    def add_field(self, object_name: str, name: str, type_: str, *, visible: bool = True, **more: Any) -> None:
        """A custom field."""
        self.fields[object_name][name] = described(name, type_, visible=visible, **more)
        for row in self.rows[object_name].values():
            row.setdefault(name, self.fields[object_name][name]["default"])

    def owner(self, email: str) -> str:
        """A salesperson of this address."""
        return self._add("User", {"Username": email, "Email": email, "Type": "User"})

    def queue(self, name: str) -> str:
        """A queue: leads of it are nobody's yet."""
        return self._add("User", {"Name": name, "Email": "all@org.test", "Type": "Queue"})


_NOT_MAPPED = frozenset({"Id", "OwnerId", "MasterRecordId", "IsDeleted", "CreatedDate", "SystemModstamp"})


def kept(value: Any, type_: str) -> Any:
    """A value as it is read again: numbers with a fraction, moments with a zone of their own, no empty texts."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        value = value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        value = value.isoformat()
    if type_ in ("double", "currency", "percent"):
        return float(value)
    if type_ == "datetime" and isinstance(value, str):
        return re.sub(r"(\.\d+)?(Z|\+00:?00)$", ".000+0000", value)
    return value


def _check_value(field: Mapping[str, Any], value: Any) -> None:
    name, length = field["name"], field["length"]
    if isinstance(value, str) and length and len(value) > length:
        words = f"{field['label']}: data value too large: {value[:40]} (max length={length})"
        raise RowError("STRING_TOO_LONG", words, [name])
    if field["type"] == "email" and value and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        raise RowError("INVALID_EMAIL_ADDRESS", f"{field['label']}: invalid email address: {value}", [name])
    if field.get("restrictedPicklist") and value and value not in [each["value"] for each in field["picklistValues"]]:
        words = f"{field['label']}: bad value for restricted picklist field: {value}"
        raise RowError(RESTRICTED, words, [name])


def _check_required(fields: Mapping[str, Any], values: Row, row: Row | None) -> None:
    needed = [name for name, field in fields.items() if not field["nillable"] and field["createable"]]
    missing = [name for name in needed if not values.get(name) and (row is None or name in values)]
    if missing:
        raise RowError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing)
