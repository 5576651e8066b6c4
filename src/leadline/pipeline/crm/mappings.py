"""The mapping of a connection: shown, kept, checked against the CRM's own fields, and tried without writing."""

from collections.abc import Collection, Iterable
from contextlib import closing
from typing import Any

from django.db import transaction

from leadline.crm import discovering
from leadline.crm.checking import Level, Problem
from leadline.crm.checking import problems as problems_with
from leadline.crm.connector import Can
from leadline.crm.connectors import kind_of
from leadline.crm.desired import WhoRule
from leadline.crm.differences import Action, LeadDifference, totals
from leadline.crm.dry_running import LinkState, dry_run
from leadline.crm.mapping import InvalidMappingError, SyncMapping, faults, read_mapping
from leadline.crm.mapping_changes import changes
from leadline.crm.mapping_schema import mapping_schema
from leadline.crm.models import Connection, Link
from leadline.crm.records import RemoteField
from leadline.crm.runs import open_connector, tested_well
from leadline.kernel.errors import TerminalError
from leadline.pipeline.crm.connections import connection_named
from leadline.pipeline.crm.deals import CANCELLED, WON
from leadline.pipeline.crm.leads import EngineLeads
from leadline.pipeline.crm.shapes import names_of
from leadline.pipeline.engine import Engine
from leadline.pipeline.finding import find_lead

MOST_LEADS = 500
"""A dry run of more takes longer than somebody waits."""


class StaleMappingError(TerminalError):
    """Somebody else changed the mapping meanwhile."""

    code = "stale_mapping"


def crm_mapping(engine: Engine, name: str) -> dict[str, Any]:
    """The mapping as it is kept. Problems are those of the document alone.

    Raises:
        NotFoundError: there is no such connection.
    """
    row = connection_named(name)
    return _told(engine, row, row.mapping)


def crm_mapping_set(engine: Engine, name: str, text: str, version: int = 0, by: str = "") -> dict[str, Any]:
    """Keep another mapping; the next run looks at everybody once. `changes` are what it says otherwise.

    Args:
        version: that the text was made from; 0 to keep it whatever is there.

    Raises:
        InvalidMappingError: the document has faults; nothing was kept.
        StaleMappingError: that version is not the one in force any more.
    """
    after = read_mapping(text)
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection_named(name).pk)
        if version and version != row.mapping_version:
            raise StaleMappingError(
                f"The mapping is at version {row.mapping_version} by now, not {version}.",
                advice="Load it again, and make your change in that.",
            )
        told = _changes(row.mapping, after)
        if row.mapping != text:
            row.mapping, row.mapping_version = text, row.mapping_version + 1
            row.save(update_fields=["mapping", "mapping_version"])
            tested_well(row)
    return {**_told(engine, row, text), "changes": told, "by": by}


def crm_mapping_schema(engine: Engine) -> dict[str, Any]:  # noqa: ARG001  # the signature of a command
    """The JSON Schema of a mapping, for editors."""
    return dict(mapping_schema())


def crm_mapping_check(engine: Engine, name: str, text: str = "") -> dict[str, Any]:
    """The mapping, or another one that could be kept, compared with what the CRM has. Reads only.

    Raises:
        CRMError: the CRM does not answer.
    """
    row = connection_named(name)
    text = text or row.mapping
    if faults(text):
        return _told(engine, row, text)
    if Can.DESCRIBE not in kind_of(row.kind).can:
        return _told(engine, row, text)
    with closing(open_connector(row)) as connector:
        found = discovering.discover(connector, read_mapping(text), engine.ruleset, kind_of(row.kind).statuses)
    told = _told(engine, row, text)
    more = [each.as_dict() for each in (*found.problems, *_deal_problems(engine, read_mapping(text)))]
    return {**told, "problems": more, "would_make": [_field(field) for field in found.to_make]}


def crm_mapping_make(engine: Engine, name: str, by: str = "") -> dict[str, Any]:
    """Make the fields in the CRM that the mapping names as ours and that are not there.

    Raises:
        CRMError: the CRM does not answer, or would not.
        TerminalError: this CRM's fields can only be made by hand.
    """
    row = connection_named(name)
    kind = kind_of(row.kind)
    if Can.MAKE_FIELDS not in kind.can:
        raise TerminalError(
            f"{kind.label} lets no program make fields.", advice=f"Make them by hand: see {kind.guide}."
        )
    with closing(open_connector(row)) as connector:
        making = discovering.make(connector, read_mapping(row.mapping))
    told = crm_mapping_check(engine, name)
    refused = [
        {"name": field.name, "message": error.message, "advice": error.advice} for field, error in making.refused
    ]
    return {**told, "made": [_field(field) for field in making.made], "refused": refused, "by": by}


def crm_mapping_preview(engine: Engine, name: str, lead: str, text: str = "") -> dict[str, Any]:
    """What a mapping would write of one lead. Reads only.

    Raises:
        NotFoundError: nobody fits, or there is no such connection.
        InvalidMappingError: the document has faults.
    """
    row = connection_named(name)
    found = find_lead(str(lead)).pk
    told = _differences(engine, row, read_mapping(text or row.mapping), [found])
    if not told:
        raise TerminalError(f"Lead {found} can't be sent: nothing is known that names it.")
    return _difference(row, told[0], names_of([found]))


def crm_diff(engine: Engine, name: str, leads: Collection[int] = (), limit: int = 20) -> dict[str, Any]:
    """What a run would write now, lead by lead, and why not the rest. Reads only.

    Args:
        leads: these; left out: whoever the rule takes and who is linked, the newest first.
        limit: so many leads that something would be done about, at most.

    Raises:
        CRMError: the CRM does not answer.
    """
    row = connection_named(name)
    mapping = read_mapping(row.mapping)
    wanted = [find_lead(lead).pk for lead in leads] or _everybody(engine, row, mapping.who)
    looked_at = wanted[:MOST_LEADS]
    found = _differences(engine, row, mapping, looked_at)
    shown = [each for each in found if leads or each.action is not Action.UNCHANGED][:limit]
    names = names_of([each.lead for each in shown])
    return {
        "connection": name,
        "leads": len(wanted),
        "looked_at": len(looked_at),
        "totals": totals(found).as_dict(),
        "differences": [_difference(row, each, names) for each in shown],
    }


def _everybody(engine: Engine, row: Connection, who: WhoRule) -> list[int]:
    linked = row.links.values_list("lead", flat=True)
    return sorted(EngineLeads(engine, advertising=row.for_advertising).stamps(who, linked), reverse=True)


def _differences(engine: Engine, row: Connection, mapping: SyncMapping, leads: list[int]) -> list[LeadDifference]:
    records = EngineLeads(engine, advertising=row.for_advertising).records(mapping.who, leads)
    links = {link.lead_id: LinkState.of(link) for link in Link.objects.filter(connection=row, lead__in=leads)}
    if Can.READ not in kind_of(row.kind).can:
        return list(dry_run(mapping, records, links))
    with closing(open_connector(row)) as connector:
        return list(dry_run(mapping, records, links, connector))


def _difference(row: Connection, each: LeadDifference, names: dict[int, str]) -> dict[str, Any]:
    fields = [field.as_dict() for field in each.fields]
    known = {**each.as_dict(), "action": each.action.value, "fields": fields}
    return {"connection": row.name, "name": names.get(each.lead, ""), **known}


def _told(engine: Engine, row: Connection, text: str) -> dict[str, Any]:
    found = faults(text)
    told = [
        {"path": each.path, "message": each.told, "advice": each.advice, "level": Level.ERROR.value} for each in found
    ]
    if not found:
        mapping = read_mapping(text)
        told = [
            each.as_dict() for each in (*problems_with(mapping, (), engine.ruleset), *_deal_problems(engine, mapping))
        ]
    return {"connection": row.name, "version": row.mapping_version, "text": text, "problems": told, "would_make": []}


def _deal_problems(engine: Engine, mapping: SyncMapping) -> Iterable[Problem]:
    """A ruleset that counts deals won but knows nothing of one that is taken back."""
    won = [rule for rule in engine.ruleset.conversions if rule.event == WON]
    if mapping.back_deals and won and not any(CANCELLED in rule.unless for rule in won):
        yield Problem(
            "back.deals",
            "The ruleset in force keeps a deal won when the CRM takes the win back.",
            f"Add `unless: [{CANCELLED}]` to its conversion {won[0].name}.",
            Level.WARNING,
        )


def _changes(before: str, after: SyncMapping) -> list[dict[str, str]]:
    try:
        return [each.as_dict() for each in changes(read_mapping(before), after)]
    except InvalidMappingError:
        return []


def _field(field: RemoteField) -> dict[str, str]:
    return {"name": field.name, "label": field.label, "type": field.type.value}
