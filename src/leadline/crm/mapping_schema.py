"""The JSON Schema of mapping documents, for editors: made of the structs that read them, so that it can not drift."""

from leadline.crm.local_fields import CONVERSION, FIELDS
from leadline.crm.mapping_entries import MappingEntry
from leadline.scoring.schema import Schema, document_schema


def mapping_schema() -> Schema:
    """The schema (draft 2020-12), with the names of local fields. What needs a look at the CRM is not in it."""
    schema = document_schema(MappingEntry, "Leadline CRM mapping")
    schema["$defs"]["LocalName"] = _local_name()
    name = {"$ref": "#/$defs/LocalName"}
    entry = schema["$defs"]["FieldEntry"]["properties"]
    entry["from"] = {**name, "description": entry["from"]["description"]}
    entry["join"]["anyOf"][0]["items"] = name
    fields = schema["properties"]["fields"]
    fields["additionalProperties"] = {"anyOf": [name, fields["additionalProperties"]]}
    return schema


def _local_name() -> Schema:
    conversions = {"type": "string", "pattern": f"^{CONVERSION.replace('.', '[.]')}[a-z0-9_]+$"}
    return {"description": "A local field.", "anyOf": [{"enum": list(FIELDS)}, conversions]}
