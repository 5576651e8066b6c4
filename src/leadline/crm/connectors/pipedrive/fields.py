"""The fields of persons: what a mapping calls them, and what the API does. Custom ones have 40 random digits there.

A mapping names a custom field by its label in small letters with underscores, by the label itself, or by its key.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from leadline.crm.connectors.pipedrive.calls import V2, PipedriveAPI, Row
from leadline.crm.connectors.pipedrive.values import (
    KEY,
    KEY_LABEL,
    OURS,
    Kind,
    definition,
    field_of,
    from_pipedrive,
    primary,
    slug,
    to_pipedrive,
)
from leadline.crm.errors import RejectedError, SetupError
from leadline.crm.records import FieldType, RemoteField, Value

PATH = "personFields"
MOST_KEYS = 15
"""Custom fields that a list may be asked for; more are asked for by not saying which."""
THE_KEY = RemoteField(KEY, KEY_LABEL, FieldType.TEXT, ours=True)
NAME, EMAIL, PHONE = "name", "email", "phone"
LABELS = ("label_ids", "label")
BUILT_IN = {
    NAME: RemoteField(NAME, "Name", FieldType.TEXT, length=255, required=True),
    EMAIL: RemoteField(EMAIL, "E-mail", FieldType.TEXT),
    PHONE: RemoteField(PHONE, "Phone", FieldType.TEXT),
    "first_name": RemoteField("first_name", "First name", FieldType.TEXT, writable=False),
    "last_name": RemoteField("last_name", "Last name", FieldType.TEXT, writable=False),
}
"""Of every account. The two parts of a name can only be written together, as name."""
SYNCED = {"job_title": "varchar", "birthday": "date"}
"""There where Contact Sync is on, and refused where it is not."""
LISTS = {EMAIL: "emails", PHONE: "phones"}
NO_FIELD = "Make Leadline's fields, or correct the mapping: it names a field that persons do not have."
TWO = "Two custom fields have this label: name the one that is meant by its key (Company settings, Data fields)."
NOT_MADE = "Only an admin's token may make fields: make it in Company settings, Data fields, Person, with this label."


class Fields:
    """What is known of the account's fields, asked for once."""

    def __init__(self, api: PipedriveAPI) -> None:
        self._api = api
        self._kinds: Mapping[str, Kind] | None = None
        self._labels: dict[int, str] = {}

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """{name: custom field, or one of the few others that are written like one}."""
        if self._kinds is None:
            rows = list(self._api.listed(PATH))
            self._kinds = kinds_of(rows)
            self._labels = {number: label for row in rows if _code(row) in LABELS for number, label in _options(row)}
        return self._kinds

    @property
    def has_key(self) -> bool:
        """Whether our persons can be told from others."""
        return KEY in self.kinds

    @property
    def key(self) -> str:
        """The API's name of the field that our ids stand in; empty when it is not there."""
        return self.kinds[KEY].code if self.has_key else ""

    def name_of(self, row: Row) -> str:
        """Our id of a person; empty when it is none of ours."""
        return str((row.get("custom_fields") or {}).get(self.key) or "") if self.key else ""

    def status_of(self, row: Row) -> str:
        """The person's first label."""
        return next((self._labels[each] for each in row.get("label_ids") or [] if each in self._labels), "")

    def kind(self, name: str) -> Kind:
        """A field by what a mapping calls it.

        Raises:
            SetupError: there is none, or two.
        """
        if found := self.kinds.get(name):
            return found
        alike = [each for each in self.kinds.values() if name.casefold() in _callings(each)]
        if len(alike) == 1:
            return alike[0]
        advice = TWO if alike else NO_FIELD
        raise SetupError(f"Persons of Pipedrive have no field {name!r}.", advice=advice, vendor_code="NO_FIELD")

    def body(self, values: Mapping[str, Value], external_id: str) -> dict[str, Any]:
        """Values as a person takes them, e-mail address and phone number left out.

        Raises:
            SetupError: a field is not there. NoOptionError: a text is no option of its field.
        """
        body: dict[str, Any] = {"custom_fields": {self.key: external_id}}
        for name, value in values.items():
            if name in LISTS:
                continue
            if name in BUILT_IN:
                body[name] = str(value or "")
                continue
            kind = self.kind(name)
            place = body["custom_fields"] if kind.is_custom else body
            place[kind.code] = to_pipedrive(value, kind, self._currency(kind))
        return body

    def _currency(self, kind: Kind) -> str:
        return str(self._api.me().get("default_currency") or "") if kind.type == "monetary" else ""

    def values(self, row: Row, names: Sequence[str]) -> dict[str, Value]:
        """What a person says of some fields."""
        return {name: self._value(row, name) for name in names}

    def _value(self, row: Row, name: str) -> Value:
        if name in LISTS:
            return primary(row.get(LISTS[name])) or None
        if name in BUILT_IN:
            return row.get(name) or None
        kind = self.kind(name)
        place = (row.get("custom_fields") or {}) if kind.is_custom else row
        return from_pipedrive(place.get(kind.code), kind)

    def query(self, names: Iterable[str]) -> dict[str, str]:
        """Asks a list for these custom fields only, where they are few enough."""
        custom = [self.kind(name) for name in names if name not in BUILT_IN]
        codes = list(dict.fromkeys([self.key, *(kind.code for kind in custom if kind.is_custom)]))
        return {"custom_fields": ",".join(codes)} if self.key and len(codes) <= MOST_KEYS else {}

    def described(self) -> list[RemoteField]:
        """Those that a mapping may name, in order of their labels."""
        custom = [field for kind in self.kinds.values() if (field := field_of(kind)) is not None]
        return sorted([*BUILT_IN.values(), *custom], key=lambda field: (field.label.lower(), field.name))

    def need_key(self) -> None:
        """Make the field that our ids stand in, unless it is there."""
        if not self.has_key:
            self._create(THE_KEY)

    def make(self, field: RemoteField) -> None:
        """Make a custom field, and the one that our ids stand in; nothing where they are there."""
        self.need_key()
        if field.name not in self.kinds and field.name != KEY:
            self._create(field)

    def _create(self, field: RemoteField) -> None:
        try:
            self._api.call("POST", f"{V2}/{PATH}", definition(field))
        except RejectedError as error:
            raise SetupError(error.message, advice=NOT_MADE, vendor_code=error.vendor_code) from error
        self._kinds = None


def kinds_of(rows: Iterable[Row]) -> dict[str, Kind]:
    """Fields by what mappings call them. Where two custom fields would have one name, each is called by its key; of our
    own the first one has it."""
    listed = list(rows)
    custom = [row for row in listed if row.get("is_custom_field")]
    times = Counter(slug(str(row.get("field_name"))) for row in custom)
    first = {slug(_label(row)): _code(row) for row in reversed(custom)}
    kinds = [_kind(row, times, first) for row in custom]
    built = [row for row in listed if _code(row) in SYNCED and not row.get("is_custom_field")]
    kinds += [Kind(_code(row), _code(row), _label(row), SYNCED[_code(row)], is_custom=False) for row in built]
    return {kind.name: kind for kind in kinds}


def _kind(row: Row, times: Mapping[str, int], first: Mapping[str, str]) -> Kind:
    name, code = slug(_label(row)), _code(row)
    is_shared = times[name] > 1 and not (name.startswith(OURS) and first[name] == code)
    is_taken = not name or is_shared or name in BUILT_IN or name in SYNCED
    return Kind(code if is_taken else name, code, _label(row), str(row.get("field_type")), _options(row))


def _callings(kind: Kind) -> set[str]:
    return {kind.code.casefold(), kind.label.casefold(), slug(kind.label)}


def _code(row: Row) -> str:
    return str(row.get("field_code") or "")


def _label(row: Row) -> str:
    return str(row.get("field_name") or _code(row))


def _options(row: Row) -> tuple[tuple[int, str], ...]:
    told = row.get("options") or []
    return tuple((int(each["id"]), str(each.get("label"))) for each in told if str(each.get("id", "")).isdigit())
