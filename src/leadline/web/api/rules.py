"""Rulesets: validate, compare, try against the past, publish and roll back."""

from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from leadline.accounts.permissions import Permission
from leadline.pipeline.jobs import described
from leadline.scoring.schema import ruleset_schema
from leadline.scoring.service import DRAFT
from leadline.web.api import job_access
from leadline.web.api.asking import ask
from leadline.web.api.bodies import Body
from leadline.web.api.permissions import caller_of

rules = Router(tags=["rules"])


class Document(Body):
    """A ruleset document in YAML."""

    document: str


class NewDraft(Document):
    """A document to keep, valid or not. `base`: the number it was begun from."""

    name: str
    note: str = ""
    base: int | None = None


class ChangedDraft(Body):
    """What is missing stays. `was`: the SHA-256 of the document that was changed; refused when it is another now."""

    document: str | None = None
    name: str | None = None
    note: str | None = None
    was: str = ""


class Publishing(Body):
    """Why, and that the numbers of the preview are accepted."""

    why: str
    confirm: bool = False


class Backtesting(Body):
    """What to try: references of rulesets, the first is what the others are compared with."""

    rulesets: list[str] = [""]
    cutoffs: int | list[str] = 6
    horizon: int | None = None
    outcome: str = "opportunity"
    capacity: int | None = None


class Suggesting(Body):
    """From which outcomes to learn."""

    outcome: str = "opportunity"
    horizon: int | None = None
    cutoffs: int = 6
    ruleset: str = ""


@rules.get("/rules", summary="Published rulesets, drafts, and who put what in force")
def list_rules(request: HttpRequest, archived: bool = False) -> Any:
    """Archived ones too when asked."""
    caller_of(request, Permission.READ_RULES)
    return ask("rules_list", archived=archived)


@rules.get("/rules/schema", summary="The JSON Schema of ruleset documents")
def schema(request: HttpRequest) -> Any:
    """For editors."""
    caller_of(request, Permission.READ_RULES)
    return ruleset_schema()


@rules.get("/rules/diff", summary="What changes from one ruleset to another, in words")
def diff(request: HttpRequest, before: str = "", after: str = "") -> Any:
    """References: a number, `draft:7`, or nothing: the one in force."""
    caller_of(request, Permission.READ_RULES)
    return ask("rules_diff", before=before, after=after)


@rules.post("/rules/validate", summary="Every fault, warning and example of a document")
def validate(request: HttpRequest, given: Document) -> Any:
    """Nothing is kept."""
    caller_of(request, Permission.READ_RULES)
    return ask("rules_validate", reference=_as_text(given.document))


@rules.post("/rules/drafts", summary="Keep a document as a draft")
def save_draft(request: HttpRequest, given: NewDraft) -> Any:
    """Valid or not."""
    user = caller_of(request, Permission.DRAFT_RULES)
    return ask(
        "rules_save_draft", name=given.name, document=given.document, by=str(user), note=given.note, base=given.base
    )


@rules.post("/rules/backtest", summary="Start a backtest")
def backtest(request: HttpRequest, given: Backtesting) -> Any:
    """A job: ask for `/jobs/{number}` until it is done."""
    user = caller_of(request, Permission.DRAFT_RULES)
    return ask("job_start", kind="backtest", arguments=given.dict(), by=str(user))


@rules.post("/rules/suggest", summary="Learn a draft from outcomes")
def suggest(request: HttpRequest, given: Suggesting) -> Any:
    """A job; its draft is never applied by itself."""
    user = caller_of(request, Permission.DRAFT_RULES)
    return ask("job_start", kind="suggestion", arguments=given.dict(), by=str(user))


@rules.patch("/rules/{reference}", summary="Change a draft")
def change_draft(request: HttpRequest, reference: str, given: ChangedDraft) -> Any:
    """Published rulesets never change."""
    caller_of(request, Permission.DRAFT_RULES)
    return ask("rules_change_draft", reference=reference, **given.dict())


@rules.get("/rules/{reference}", summary="A ruleset's document")
def show(request: HttpRequest, reference: str) -> Any:
    """A number or `draft:7`."""
    caller_of(request, Permission.READ_RULES)
    return ask("rules_show", reference=reference)


@rules.get("/rules/{reference}/preview", summary="What publishing would do")
def preview(request: HttpRequest, reference: str) -> Any:
    """Faults, examples, differences, and who would move."""
    caller_of(request, Permission.READ_RULES)
    return ask("rules_preview", reference=reference)


@rules.post("/rules/{reference}/publish", summary="Put a draft in force")
def publish(request: HttpRequest, reference: str, given: Publishing) -> Any:
    """Everybody is scored with it before this answers."""
    user = caller_of(request, Permission.PUBLISH_RULES)
    return ask("rules_publish", reference=reference, by=str(user), why=given.why, confirm=given.confirm)


@rules.post("/rules/{number}/rollback", summary="Put an earlier ruleset in force again")
def rollback(request: HttpRequest, number: int, given: Publishing) -> Any:
    """Everybody is scored with it before this answers."""
    user = caller_of(request, Permission.PUBLISH_RULES)
    return ask("rules_rollback", number=number, by=str(user), why=given.why, confirm=given.confirm)


@rules.post("/rules/{reference}/archive", summary="Put a ruleset or draft away")
def archive(request: HttpRequest, reference: str) -> Any:
    """Not the one in force."""
    caller_of(request, Permission.DRAFT_RULES if reference.startswith(DRAFT) else Permission.PUBLISH_RULES)
    return ask("rules_archive", reference=reference)


@rules.get("/jobs", summary="The newest jobs")
def jobs(request: HttpRequest, kind: str = "", limit: Annotated[int, Field(ge=1, le=200)] = 20) -> Any:
    """Without their results; of the kinds that the caller may see."""
    user = caller_of(request, Permission.READ_RULES)
    return [described(row) for row in job_access.seen(user, kind, limit)]


@rules.get("/jobs/{number}", summary="A job, its progress and its result")
def job(request: HttpRequest, number: int) -> Any:
    """`state`: waiting, running, cancelling, cancelled, done or failed."""
    job_access.check_seen(caller_of(request, Permission.READ_RULES), number)
    return ask("job", number=number)


@rules.post("/jobs/{number}/cancel", summary="Ask a job to stop")
def cancel(request: HttpRequest, number: int) -> Any:
    """It stops at its next step."""
    user = caller_of(request, Permission.DRAFT_RULES)
    if not job_access.may_stop(user, job_access.check_seen(user, number)):
        raise PermissionDenied("Your role does not stop jobs of this kind.")
    return ask("job_cancel", number=number)


def _as_text(document: str) -> str:
    """A document is never taken for the name of one: a reference has no line break."""
    return document if "\n" in document else f"{document}\n"
