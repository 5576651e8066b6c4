"""Fields that a mapping wants of a CRM and that are not there yet."""

from collections.abc import Sequence
from typing import cast

import pytest
from mapping_cast import DOCUMENT, REMOTE

from leadline.crm.connector import Connector
from leadline.crm.discovering import discover, make
from leadline.crm.errors import CRMError, RateLimitedError, SetupError
from leadline.crm.mapping import read_mapping
from leadline.crm.records import RemoteField

MAPPING = read_mapping(DOCUMENT)


class Fields:
    """A CRM that has fields, and refuses some with an error."""

    def __init__(self, **refused: CRMError) -> None:
        self.there = list(REMOTE)
        self.refused = refused

    def fields(self) -> Sequence[RemoteField]:
        return self.there

    def make_field(self, field: RemoteField) -> None:
        if error := self.refused.get(field.name):
            raise error
        self.there.append(field)


def crm(**refused: CRMError) -> Connector:
    """As a connector: what is asked of it here is all that it has."""
    return cast(Connector, Fields(**refused))


def test_what_would_be_made_is_told_and_nothing_is_made() -> None:
    connector = crm()
    found = discover(connector, MAPPING)
    assert [field.label for field in found.to_make] == ["Leadline score", "Leadline stage"]
    assert [problem.path for problem in found.problems] == ["fields.source"]
    assert tuple(connector.fields()) == REMOTE == found.fields


def test_missing_fields_are_made_once() -> None:
    connector = crm()
    assert [field.name for field in make(connector, MAPPING).made] == ["x_score", "x_stage"]
    assert make(connector, MAPPING).made == ()
    assert discover(connector, MAPPING).to_make == ()


def test_a_field_that_is_refused_keeps_none_of_the_others_from_being_made() -> None:
    error = SetupError("Nobody may make fields here.")
    making = make(crm(x_score=error), MAPPING)
    assert [field.name for field in making.made] == ["x_stage"]
    assert [(field.name, told) for field, told in making.refused] == [("x_score", error)]


def test_a_crm_that_is_busy_is_an_error_since_trying_again_can_help() -> None:
    with pytest.raises(RateLimitedError):
        make(crm(x_score=RateLimitedError("Slow down.")), MAPPING)
