"""Fields of a fake Salesforce org's standard objects, as describes say them. Pure."""

from typing import Any

PREFIXES = {
    "Lead": "00Q",
    "Contact": "003",
    "Opportunity": "006",
    "OpportunityContactRole": "00K",
    "User": "005",
    "Organization": "00D",
    "PermissionSet": "0PS",
    "PermissionSetAssignment": "0Pa",
    "FieldPermissions": "01k",
    "ObjectPermissions": "110",
}
LEAD_STATUSES = ("Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Not Converted")
READ_ONLY: dict[str, Any] = {"createable": False, "updateable": False}
NEEDED: dict[str, Any] = {"nillable": False}
Fields = dict[str, dict[str, Any]]


def described(
    name: str, type_: str = "string", *, visible: bool = True, choices: tuple[str, ...] = (), **more: Any
) -> dict[str, Any]:
    """A field. `visible`: whether our user may see it; `default`: what a new record has."""
    length = {"string": 255, "textarea": 32_768, "url": 255, "email": 80, "phone": 40, "picklist": 255}.get(type_, 0)
    return {
        "name": name,
        "label": more.pop("label", name.removesuffix("__c").replace("_", " ")),
        "type": type_,
        "length": more.pop("length", length),
        "scale": more.pop("scale", 2 if type_ == "currency" else 0),
        "createable": True,
        "updateable": True,
        "nillable": type_ != "boolean",
        "defaultedOnCreate": type_ == "boolean" or name in ("Status", "OwnerId"),
        "externalId": False,
        "unique": False,
        "restrictedPicklist": False,
        "picklistValues": [{"value": each, "label": each, "active": True} for each in choices],
        "default": False if type_ == "boolean" else more.pop("default", None),
        "visible": visible,
        **more,
    }


def _object(*fields: dict[str, Any]) -> Fields:
    system = (
        described("Id", "id", length=18, **READ_ONLY),
        described("IsDeleted", "boolean", **READ_ONLY),
        described("CreatedDate", "datetime", **READ_ONLY),
        described("SystemModstamp", "datetime", **READ_ONLY),
    )
    return {field["name"]: field for field in (*system, *fields)}


def _person() -> tuple[dict[str, Any], ...]:
    return (
        described("LastName", length=80, **NEEDED),
        described("FirstName", length=40),
        described("Email", "email"),
        described("Phone", "phone"),
        described("Title", length=128),
        described("OwnerId", "reference", label="Owner ID"),
        described("MasterRecordId", "reference", **READ_ONLY),
    )


def standard_fields() -> dict[str, Fields]:
    """{object: its fields}, with nothing of Leadline's."""
    lead = _object(
        *_person(),
        described("Company", length=255, **NEEDED),
        described("Website", "url"),
        described("NumberOfEmployees", "int"),
        described("Industry", "picklist", choices=("Banking", "Technology")),
        described("Status", "picklist", choices=LEAD_STATUSES, default=LEAD_STATUSES[0], nillable=True),
        described("Address", "address", **READ_ONLY),
        described("IsConverted", "boolean", **READ_ONLY),
        described("ConvertedContactId", "reference", **READ_ONLY),
        described("ConvertedOpportunityId", "reference", **READ_ONLY),
    )
    opportunity = _object(
        described("Name", length=120),
        described("StageName", "picklist"),
        described("IsWon", "boolean", **READ_ONLY),
        described("IsClosed", "boolean", **READ_ONLY),
        described("Amount", "currency"),
        described("CloseDate", "date"),
        described("LastStageChangeDate", "datetime", **READ_ONLY),
    )
    role = _object(described("ContactId", "reference"), described("OpportunityId", "reference"))
    return {
        "Lead": lead,
        "Contact": _object(*_person(), described("AccountId", "reference")),
        "Opportunity": opportunity,
        "OpportunityContactRole": role,
    }
