"""The documents that new connections begin with."""

import pytest

from leadline.crm.checking import problems
from leadline.crm.connectors import kinds
from leadline.crm.mapping import faults, read_mapping
from leadline.scoring.document import bundled_ruleset, load_ruleset

RULESET = load_ruleset(bundled_ruleset("offshore-staffing").read_text())
EXPECTED = {"email", "score", "grade", "stage", "engagement", "readiness", "conversion", "lead_url"}


@pytest.mark.parametrize("kind", kinds())
def test_it_has_no_faults_and_names_nothing_that_the_ruleset_does_not_have(kind: str) -> None:
    text = kinds()[kind].mapping
    assert faults(text) == []
    assert problems(read_mapping(text), (), RULESET) == ()


@pytest.mark.parametrize("kind", kinds())
def test_it_takes_qualified_leads_with_what_sales_wants_to_see(kind: str) -> None:
    mapping = read_mapping(kinds()[kind].mapping)
    assert mapping.who.stages == ("qualified", "customer")
    assert mapping.local_names >= EXPECTED
    assert mapping.local_names & {"reasons", "reason_1"}
    assert mapping.local_names & {"first_touch_channel", "first_touch_source"}
    assert mapping.local_names & {"last_touch_channel", "last_touch_source"}


@pytest.mark.parametrize("kind", kinds())
def test_every_status_that_the_crm_is_known_to_have_means_something_here(kind: str) -> None:
    mapping = read_mapping(kinds()[kind].mapping)
    assert [each for each in kinds()[kind].statuses if mapping.meaning_of(each) is None] == []


@pytest.mark.parametrize("kind", kinds())
def test_where_leads_have_a_stage_of_their_own_it_never_goes_back(kind: str) -> None:
    mapping = read_mapping(kinds()[kind].mapping)
    ours = [rule for rule in mapping.fields.values() if rule.made and rule.source.names == ("stage",)]
    assert [rule.name for rule in ours if not rule.order] == []
