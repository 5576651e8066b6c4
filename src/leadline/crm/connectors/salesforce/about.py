"""What an org is, whom we sign in as, and what is not there yet."""

from collections.abc import Iterator

from leadline.crm.connectors.salesforce.calls import SalesforceAPI
from leadline.crm.connectors.salesforce.names import CONTACT, EXTERNAL_ID, LEAD
from leadline.crm.connectors.salesforce.objects import Objects
from leadline.crm.connectors.salesforce.soql import quoted, select
from leadline.crm.connectors.salesforce.telling import CONVERSION, KEY
from leadline.crm.connectors.salesforce.values import field_of
from leadline.crm.errors import CredentialsError, SetupError
from leadline.crm.records import About, RemoteField

NO_NAME = f"Leads have no field {EXTERNAL_ID} yet, and nothing can be sent before: make Leadline's fields."
NO_CONTACTS = (
    f"Contacts have no field {EXTERNAL_ID}: scores stop at conversion, and deals do not come back. "
    "Make Leadline's fields."
)
NO_DEALS = "Our user may not see opportunities: deals do not come back."
NO_CONVERSIONS = f"There is no object {CONVERSION} with {KEY}: conversions wait, unless the mapping says events: none."
USER = "Give the app's user the permission set Leadline, and the rights to read, create and edit leads."


def about(api: SalesforceAPI, objects: Objects) -> About:
    """Sign in anew, and look around.

    Raises:
        CRMError: it does not work.
    """
    api.session.renew()
    versions = api.versions()
    if api.version not in versions:
        newest = versions[-1] if versions else "none"
        raise SetupError(
            f"The org does not speak version {api.version} of the API.", advice=f"Set version to {newest}."
        )
    org = next(api.query(select(("Id", "Name", "OrganizationType", "IsSandbox"), "Organization", limit=1)))
    user = next(api.query(select(("Username",), "User", f"Id = {quoted(api.session.user)}")))
    lead = objects.describe(LEAD)
    if lead is None or not (lead["createable"] and lead["updateable"]):
        raise CredentialsError(f"{user['Username']} may not make leads.", advice=USER)
    kind = f"{org['OrganizationType']}{', sandbox' if org['IsSandbox'] else ''}"
    return About("Salesforce", api.version, f"{org['Name']} ({kind})", user["Username"], tuple(_notes(api, objects)))


def _notes(api: SalesforceAPI, objects: Objects) -> Iterator[str]:
    if EXTERNAL_ID not in objects.fields(LEAD):
        yield NO_NAME
    if EXTERNAL_ID not in objects.fields(CONTACT):
        yield NO_CONTACTS
    if not objects.fields("Opportunity"):
        yield NO_DEALS
    if KEY not in objects.fields(CONVERSION):
        yield NO_CONVERSIONS
    used, most = api.usage
    if most:
        yield f"{used:,} of {most:,} calls of the last 24 hours are used up."


def describe(objects: Objects) -> list[RemoteField]:
    """The fields of a lead that a mapping may name, in order of their labels."""
    found = [field for each in objects.fields(LEAD).values() if (field := field_of(each)) is not None]
    return sorted(found, key=lambda field: (field.label.lower(), field.name))
