"""Fields that a mapping wants of a CRM and that are not there yet: what would be made, and making it."""

from collections.abc import Sequence
from dataclasses import dataclass

from leadline.crm.checking import Problem, missing, problems
from leadline.crm.connector import Connector
from leadline.crm.errors import CRMError
from leadline.crm.mapping_terms import SyncMapping
from leadline.crm.records import RemoteField
from leadline.scoring.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a CRM has for a mapping.

    Attributes:
        fields: the CRM's. to_make: the mapping's own that are not there.
        problems: what the CRM will not take; fields that are still to be made are none.
    """

    fields: tuple[RemoteField, ...]
    to_make: tuple[RemoteField, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Making:
    """What became of fields that were to be made.

    Attributes:
        refused: (field, the error) of those that the CRM would not have.
    """

    made: tuple[RemoteField, ...]
    refused: tuple[tuple[RemoteField, CRMError], ...] = ()


def discover(
    connector: Connector, mapping: SyncMapping, ruleset: Ruleset | None = None, statuses: Sequence[str] = ()
) -> Discovery:
    """What is there and what is not. Reads only.

    Args:
        statuses: of its kind, when they are fixed.

    Raises:
        CRMError: the CRM does not answer.
    """
    fields = tuple(connector.fields())
    return Discovery(fields, missing(mapping, fields), problems(mapping, fields, ruleset, statuses))


def make(connector: Connector, mapping: SyncMapping) -> Making:
    """Make the mapping's own fields that are not there; the others are left as they are.

    Raises:
        CRMError: the CRM does not answer when it is asked for its fields, or would not do at all.
    """
    return make_fields(connector, missing(mapping, connector.fields()))


def make_fields(connector: Connector, fields: Sequence[RemoteField]) -> Making:
    """Make fields one by one; what one is refused for does not keep the others from being made.

    Raises:
        CRMError: trying again can help, and the rest was not tried.
    """
    made: list[RemoteField] = []
    refused: list[tuple[RemoteField, CRMError]] = []
    for field in fields:
        try:
            connector.make_field(field)
            made.append(field)
        except CRMError as error:
            if error.transient:
                raise
            refused.append((field, error))
    return Making(tuple(made), tuple(refused))
