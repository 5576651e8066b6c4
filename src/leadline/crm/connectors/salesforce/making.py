"""Fields that we add, on leads and on contacts alike, since a lead becomes a contact; and who may see them.

A field made over the API is seen by nobody, not even by who made it: the permission set Leadline, which is made and
given to our user here, lets them in. Salespeople are given it by their administrator.
"""

from typing import Any

from leadline.crm.connectors.salesforce.calls import SalesforceAPI
from leadline.crm.connectors.salesforce.names import CONTACT, EXTERNAL_ID, LEAD
from leadline.crm.connectors.salesforce.objects import Objects
from leadline.crm.connectors.salesforce.soql import quoted, select
from leadline.crm.connectors.salesforce.telling import CONTACT_LINK, CONVERSION, FIELDS, KEY, LEAD_LINK
from leadline.crm.errors import CredentialsError, CRMError, RejectedError, SetupError
from leadline.crm.records import FieldType, RemoteField

CUSTOM = "__c"
SET = "Leadline"
KEY_LENGTH = 64
THERE = frozenset({"DUPLICATE_DEVELOPER_NAME", "DUPLICATE_VALUE"})
MADE: dict[FieldType, dict[str, Any]] = {
    FieldType.TEXT: {"type": "Text", "length": 255},
    FieldType.LONG_TEXT: {"type": "LongTextArea", "length": 32_768, "visibleLines": 4},
    FieldType.INTEGER: {"type": "Number", "precision": 18, "scale": 0},
    FieldType.DECIMAL: {"type": "Number", "precision": 18, "scale": 2},
    FieldType.BOOLEAN: {"type": "Checkbox", "defaultValue": "false"},
    FieldType.DATE: {"type": "Date"},
    FieldType.MOMENT: {"type": "DateTime"},
    FieldType.CHOICE: {"type": "Picklist"},
    FieldType.LINK: {"type": "Url"},
}
RIGHTS = (
    "Give our user the permissions Customize Application and Manage Profiles and Permission Sets for as long as it "
    "takes."
)


class Maker:
    """Makes fields; the ones that we can't do without first."""

    def __init__(self, api: SalesforceAPI, objects: Objects) -> None:
        self._api, self._objects = api, objects
        self._set, self._is_ready = "", False

    def make(self, field: RemoteField) -> None:
        """A field on leads and contacts, seen by whoever has the permission set Leadline.

        Raises:
            SetupError: Salesforce would not have it.
            CredentialsError: our user may not make fields.
        """
        if not field.name.endswith(CUSTOM):
            raise SetupError(
                f"Salesforce has no field {field.name!r}, and would not let us make one of that name.",
                advice=f"Name it {field.name}{CUSTOM} in the mapping.",
            )
        self._prepare()
        for type_ in (LEAD, CONTACT):
            self._make(type_, field.name, definition(field))
        self._objects.forget()

    def _prepare(self) -> None:
        """Our name of a lead, and the fields of conversions when there is an object for them."""
        if self._is_ready:
            return
        for type_ in (LEAD, CONTACT):
            self._make(type_, EXTERNAL_ID, named("Leadline ID"))
        if self._objects.describe(CONVERSION) is not None:
            self._make_conversions()
        self._is_ready = True

    def _make_conversions(self) -> None:
        self._post("sobjects/ObjectPermissions", {"ParentId": self._permission_set(), **OBJECT_RIGHTS})
        self._make(CONVERSION, KEY, named("Leadline key"))
        for name, type_ in ((LEAD_LINK, LEAD), (CONTACT_LINK, CONTACT)):
            self._make(CONVERSION, name, lookup(type_))
        for field in FIELDS:
            self._make(CONVERSION, field.name, definition(field))

    def _make(self, type_: str, name: str, metadata: dict[str, Any]) -> None:
        if name not in self._objects.fields(type_):
            self._post("tooling/sobjects/CustomField", {"FullName": f"{type_}.{name}", "Metadata": metadata})
            self._grant(type_, name)

    def _grant(self, type_: str, name: str) -> None:
        shown = {"SobjectType": type_, "Field": f"{type_}.{name}", "PermissionsRead": True, "PermissionsEdit": True}
        self._post("sobjects/FieldPermissions", {"ParentId": self._permission_set(), **shown})

    def _permission_set(self) -> str:
        """Its id; made, and given to our user, when it is not there."""
        if not self._set:
            found = self._ids(select(("Id",), "PermissionSet", f"Name = {quoted(SET)}"))
            self._set = found[0] if found else self._post("sobjects/PermissionSet", {"Name": SET, "Label": SET})
            mine = {"PermissionSetId": self._set, "AssigneeId": self._api.session.user}
            where = [f"{name} = {quoted(value)}" for name, value in mine.items()]
            if not self._ids(select(("Id",), "PermissionSetAssignment", *where)):
                self._post("sobjects/PermissionSetAssignment", mine)
        return self._set

    def _ids(self, soql: str) -> list[str]:
        return [row["Id"] for row in self._api.query(soql)]

    def _post(self, path: str, body: dict[str, Any]) -> str:
        """The id of what was made; empty when it was there already."""
        try:
            return str(self._api.json("POST", path, json=body)["id"])
        except CRMError as error:
            if error.vendor_code in THERE:
                return ""
            raise _refused(error) from error


OBJECT_RIGHTS = {
    "SobjectType": CONVERSION,
    "PermissionsRead": True,
    "PermissionsCreate": True,
    "PermissionsEdit": True,
}


def definition(field: RemoteField) -> dict[str, Any]:
    """The metadata of a custom field."""
    metadata = {"label": field.label, "description": "Written by Leadline.", "required": False, **MADE[field.type]}
    if field.type is FieldType.TEXT and field.length:
        metadata["length"] = min(field.length, 255)
    if field.type is FieldType.CHOICE:
        values = [{"valueName": value, "label": label, "default": False} for value, label in field.choices]
        # Not restricted: a stage that is new in Leadline must not be refused.
        metadata["valueSet"] = {"restricted": False, "valueSetDefinition": {"sorted": False, "value": values}}
    return metadata


def named(label: str) -> dict[str, Any]:
    """The metadata of a field that records are upserted by."""
    text = {"type": "Text", "length": KEY_LENGTH, "externalId": True, "unique": True, "caseSensitive": False}
    return {"label": label, "description": "Leadline finds its records by it: leave it as it is.", **text}


def lookup(type_: str) -> dict[str, Any]:
    """The metadata of a field that points to a lead or a contact."""
    related = {"relationshipName": f"Leadline_Conversions_of_{type_}", "relationshipLabel": "Leadline conversions"}
    return {"label": type_, "type": "Lookup", "referenceTo": type_, "deleteConstraint": "SetNull", **related}


def _refused(error: CRMError) -> CRMError:
    if isinstance(error, RejectedError) and error.vendor_code.startswith("INSUFFICIENT_ACCESS"):
        return CredentialsError(error.message, advice=RIGHTS, vendor_code=error.vendor_code)
    if isinstance(error, RejectedError):
        advice = "Change the field in the mapping, or make it in Salesforce, on leads and contacts."
        return SetupError(error.message, advice=advice, vendor_code=error.vendor_code)
    return error
