"""The mapping that a new connection to Salesforce begins with, against an org as Salesforce hands it over."""

import httpx
from salesforce_cast import Desk

from leadline.crm.checking import Level, problems
from leadline.crm.connectors.salesforce import KIND
from leadline.crm.discovering import discover, make
from leadline.crm.mapping import faults, read_mapping
from leadline.crm.testing.salesforce import CLIENT_ID, CLIENT_SECRET
from leadline.scoring.document import bundled_ruleset, load_ruleset

RULESET = load_ruleset(bundled_ruleset("offshore-staffing").read_text())
MAPPING = read_mapping(KIND.mapping)


def fresh() -> Desk:
    """An org with nothing of Leadline's but an empty object for conversions."""
    desk = Desk()
    for of in ("Lead", "Contact", "Leadline_Conversion__c"):
        for name in [each for each in desk.org.fields[of] if each.startswith("Leadline_")]:
            del desk.org.fields[of][name]
    return desk


def test_the_mapping_has_no_fault() -> None:
    assert faults(KIND.mapping) == []


def test_the_mapping_fits_a_new_org_and_its_fields_can_be_made() -> None:
    desk = fresh()
    assert problems(MAPPING, desk.connector.fields(), RULESET) == ()
    made = make(desk.connector, MAPPING)
    assert made.refused == ()
    assert {field.name for field in made.made} == {field.name for field in MAPPING.our_fields}
    found = discover(desk.connector, MAPPING, RULESET)
    assert (found.to_make, found.problems) == ((), ())
    assert [each for each in problems(MAPPING, found.fields) if each.level is Level.ERROR] == []


def test_fields_of_conversions_are_made_where_the_object_is() -> None:
    desk = fresh()
    make(desk.connector, MAPPING)
    names = desk.org.fields["Leadline_Conversion__c"]
    assert names["Leadline_Key__c"]["externalId"]
    assert {"Leadline_Lead__c", "Leadline_Contact__c", "Leadline_Happened__c"} <= names.keys()


def test_what_the_org_needs_is_required_and_what_it_fills_in_is_not() -> None:
    described = {field.name: field for field in Desk().connector.fields()}
    assert {name for name, field in described.items() if field.required} == {"LastName", "Company"}
    assert not described["IsConverted"].writable
    assert "Address" not in described  # holds no one value


def test_the_fake_is_served_over_loopback() -> None:
    desk = Desk()
    with desk.server.serve() as url, httpx.Client(base_url=url) as client:
        form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        token = client.post("/services/oauth2/token", data=form).json()["access_token"]
        answer = client.get(
            "/services/data/v62.0/query",
            params={"q": "SELECT Name FROM Organization"},
            headers={"Authorization": f"Bearer {token}"},
        )
    assert answer.json()["records"][0]["Name"] == "Test"
    assert answer.headers["Sforce-Limit-Info"] == "api-usage=1/100000"
