"""Rulesets for the command line and the API: plain arguments in, data that JSON takes out.

`reference` is "" (in force), a number, "draft:7", a bundled name or a whole document; `by` is who asks.
"""

from dataclasses import asdict
from typing import Any

from leadline.kernel.errors import NotFoundError, TerminalError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline import rulesets
from leadline.pipeline.borrowed_metrics import retire_unread
from leadline.pipeline.engine import Engine
from leadline.pipeline.ruleset_checks import Checked, check
from leadline.pipeline.rulesets import Advance, why_failed
from leadline.scoring import service
from leadline.scoring.differences import differences
from leadline.scoring.models import PublishedRuleset, RulesetDraft

"""Digits of a ruleset's number."""


def rules_list(engine: Engine, archived: bool = False) -> dict[str, Any]:  # the signature of a command
    """Published rulesets and who put them in force, and drafts; archived ones too when asked."""
    left_out = {} if archived else {"archived_at": None}
    activations = [{**asdict(each), "at": each.at.isoformat()} for each in service.history()]
    return {
        "in_force": activations[0] if activations else None,
        "published": [_published(row) for row in PublishedRuleset.objects.filter(**left_out).order_by("-pk")],
        "history": activations,
        "drafts": rules_drafts(engine, archived),
    }


def rules_drafts(engine: Engine, archived: bool = False) -> list[dict[str, Any]]:  # noqa: ARG001  # as above
    """Drafts, the last changed first, without their documents. Those that were published are not listed."""
    rows = RulesetDraft.objects.filter(published=None).order_by("-updated_at")
    return [draft_fields(row) for row in (rows if archived else rows.filter(archived_at=None))]


def rules_show(engine: Engine, reference: str = "") -> dict[str, Any]:  # noqa: ARG001  # as above
    """The document that a reference means, valid or not. `number` is 0 for what was not published."""
    return {"reference": _named(reference), "document": service.document_of(reference), **_number(reference)}


def rules_validate(engine: Engine, reference: str) -> dict[str, Any]:
    """Every fault, warning and example of a document."""
    return checked_fields(check(engine, service.document_of(reference)))


def rules_diff(engine: Engine, before: str = "", after: str = "") -> dict[str, Any]:  # noqa: ARG001  # as above
    """What changes from one ruleset to another, in words."""
    changes = differences(service.ruleset_of(before), service.ruleset_of(after))
    return {"before": _named(before), "after": _named(after), "differences": [str(each) for each in changes]}


def rules_preview(engine: Engine, reference: str) -> dict[str, Any]:
    """What publishing would do: faults, examples, differences, and who would move."""
    publication = rulesets.prepare_publication(engine, reference)
    return {
        **checked_fields(publication.checked),
        "differences": [str(each) for each in publication.differences],
        "impact": None if publication.impact is None else publication.impact.as_dict(),
        "confirm_share": publication.confirm_share,
        "needs_confirmation": publication.needs_confirmation,
    }


def rules_publish(
    engine: Engine, reference: str, by: str, why: str = "", confirm: bool = False, advance: Advance | None = None
) -> dict[str, Any]:
    """Put a draft or document in force and score everybody with it."""
    ruleset = rulesets.publish(engine, reference, by, why, confirm, advance)
    return {"name": ruleset.name, "number": ruleset.number}


def rules_rollback(
    engine: Engine, number: int, by: str, why: str, confirm: bool = False, advance: Advance | None = None
) -> dict[str, Any]:
    """Put an earlier ruleset in force again and score everybody with it."""
    ruleset = rulesets.roll_back(engine, number, by, why, confirm, advance)
    return {"name": ruleset.name, "number": ruleset.number}


def rules_archive(engine: Engine, reference: str) -> dict[str, Any]:
    """Put a published ruleset (its number) or a draft ("draft:7") away."""
    if reference.startswith(service.DRAFT):
        done = draft_fields(service.archive_draft(service.draft_numbered(reference).pk))
    else:
        done = _published(service.archive(_whole(reference)))
    retire_unread(engine)
    return done


def rules_save_draft(
    engine: Engine,  # noqa: ARG001  # as above
    name: str,
    document: str,
    by: str,
    note: str = "",
    base: int | None = None,
) -> dict[str, Any]:
    """Keep a document as a new draft, valid or not."""
    return draft_fields(service.save_draft(name, document, by=by, note=note, base=base))


def rules_change_draft(
    engine: Engine,  # noqa: ARG001  # as above
    reference: str,
    document: str | None = None,
    name: str | None = None,
    note: str | None = None,
    was: str = "",
) -> dict[str, Any]:
    """Change a draft; what is not given stays.

    Args:
        was: the SHA-256 of the document that the change began with: refused when it is another one now.
    """
    if not reference.strip().startswith(service.DRAFT):
        raise TerminalError(f"{reference[:40]!r} is no draft.", advice="Only drafts change: say draft:7.")
    number = service.draft_numbered(reference.strip()).pk
    return draft_fields(service.update_draft(number, text=document, name=name, note=note, was=was))


def checked_fields(checked: Checked) -> dict[str, Any]:
    """A check as JSON."""
    return {
        "valid": not checked.blocked,
        "name": checked.ruleset.name if checked.ruleset else "",
        "faults": [fault.as_dict() for fault in checked.faults],
        "warnings": list(checked.warnings),
        "examples": [
            {"name": each.name, "passed": each.passed, "why": "" if each.passed else why_failed(each)}
            for each in checked.examples
        ],
    }


def draft_fields(row: RulesetDraft) -> dict[str, Any]:
    """A draft without its document."""
    return {
        "reference": f"{service.DRAFT}{row.pk}",
        "name": row.name,
        "note": row.note,
        "origin": row.origin,
        "base": row.base_id,
        "created_by": row.created_by,
        "created_at": row.created_at.isoformat(),
        "updated_at": row.updated_at.isoformat(),
        "archived_at": row.archived_at and row.archived_at.isoformat(),
        "published": row.published_id,
    }


def _published(row: PublishedRuleset) -> dict[str, Any]:
    return {
        "number": row.pk,
        "name": row.name,
        "published_at": row.published_at.isoformat(),
        "archived_at": row.archived_at and row.archived_at.isoformat(),
        "in_force": row.pk == service.number_in_force(),
    }


def _whole(reference: str) -> int:
    if (number := number_of(reference.strip())) is None:
        raise NotFoundError(f"{reference!r} is neither a number nor a draft.", advice="Say 3 or draft:7.")
    return number


def _number(reference: str) -> dict[str, int]:
    wanted = reference.strip()
    return {"number": number_of(wanted) or 0 if wanted else service.number_in_force()}


def _named(reference: str) -> str:
    """A reference that names the same for ever; a document is not repeated."""
    wanted = reference.strip()
    return "the document" if "\n" in wanted else wanted or str(service.number_in_force())
