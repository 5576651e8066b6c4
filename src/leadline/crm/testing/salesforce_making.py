"""Custom fields made over the fake Salesforce's Tooling API: seen by nobody until a permission set lets them in."""

from leadline.crm.testing.salesforce_org import CallError, Org, Row

TYPES = {
    "Text": "string",
    "LongTextArea": "textarea",
    "Number": "double",
    "Checkbox": "boolean",
    "Date": "date",
    "DateTime": "datetime",
    "Picklist": "picklist",
    "Url": "url",
    "Lookup": "reference",
}


def make_field(org: Org, wanted: Row) -> Row:
    """Make a field as its metadata says.

    Raises:
        CallError: it can't be one.
    """
    of, name = wanted["FullName"].split(".")
    metadata = wanted["Metadata"]
    if of not in org.fields:
        raise CallError(400, "INVALID_CROSS_REFERENCE_KEY", f"In field: CustomField - no CustomObject named {of} found")
    if not name.endswith("__c"):
        raise CallError(400, "FIELD_INTEGRITY_EXCEPTION", f"Invalid fullName, must end in a custom suffix: {name}")
    if name in org.fields[of]:
        raise CallError(400, "DUPLICATE_DEVELOPER_NAME", f"There is already a field named {name} on {of}.")
    values = metadata.get("valueSet", {}).get("valueSetDefinition", {}).get("value", [])
    if metadata["type"] == "Picklist" and not values:
        raise CallError(400, "FIELD_INTEGRITY_EXCEPTION", "Picklists must have at least one value.")
    more = {name: metadata[name] for name in ("label", "scale", "length", "externalId", "unique") if name in metadata}
    choices = tuple(each["valueName"] for each in values)
    org.add_field(of, name, TYPES[metadata["type"]], visible=False, choices=choices, **more)
    return {"id": "00N5e00000000001", "success": True, "errors": []}
