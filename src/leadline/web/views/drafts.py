"""Drafts of rulesets: the editor, what is wrong while one types, who would move, and starting a backtest from it."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from leadline.accounts.permissions import Permission
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline import borrowed_metrics, jobs
from leadline.pipeline.impact import impact
from leadline.pipeline.models import Job
from leadline.pipeline.ruleset_checks import check
from leadline.scoring import service
from leadline.scoring.differences import differences
from leadline.scoring.document import content_hash
from leadline.scoring.models import RulesetDraft
from leadline.web.editing import DraftForm
from leadline.web.impact_table import shown
from leadline.web.queries.rulesets import find_draft
from leadline.web.redraw import drawn_rows
from leadline.web.viewer import STUDIO, only_for, viewer_of
from leadline.web.views.studio import UNPROCESSABLE, engine, owner_of

SAVE, PUBLISH, BACKTEST, ARCHIVE = "save", "publish", "backtest", "archive"
MOST_MOVED = 20
RUNS_SEARCHED, RUNS_SHOWN = 50, 5
DONE = {"saved": "Saved.", "new": "Saved as a draft. Nothing is scored with it before it is published."}


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(STUDIO)
def new_draft(request: HttpRequest) -> HttpResponse:
    """The editor over a copy of a ruleset (`from`: a reference, default the one in force); a POST saves it."""
    if request.method == "POST":
        form, fault = typed_form(request)
        return _editor(request, form, None, fault) if fault else _save_new(request, form)
    origin = request.GET.get("from", "")
    try:
        text, base = service.document_of(origin), _base(origin)
    except LeadlineError as error:
        return _editor(request, DraftForm(), None, str(error))
    return _editor(request, DraftForm(document=text, base=base), None)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(STUDIO)
def draft_page(request: HttpRequest, number: int) -> HttpResponse:
    """The editor; a POST saves and does what its button says."""
    row = find_draft(number)
    if request.method == "POST":
        form, fault = typed_form(request)
        act = request.POST.get("act", SAVE)
        return _editor(request, form, row, fault) if fault and act != ARCHIVE else _save(request, row, form, act)
    form = DraftForm(row.name, row.note, row.document, content_hash(row.document), row.base_id)
    return _editor(request, form, row, done=DONE.get(request.GET.get("done", ""), ""))


@require_POST
@only_for(STUDIO)
def check_document(request: HttpRequest) -> HttpResponse:
    """What is wrong with a text as it was typed: a part of the editor, for htmx."""
    form, fault = typed_form(request)
    return render(request, "web/studio/findings.html", {"trouble": fault} if fault else findings(form.document))


@require_POST
@only_for(STUDIO)
def who_would_move(request: HttpRequest) -> HttpResponse:
    """Who would change grade or stage under a text as it was typed: a part of the editor, for htmx."""
    try:
        ruleset = service.ruleset_of(f"{DraftForm.of(request.POST).edited().document}\n")
        found = impact(engine(), ruleset, utc_now(), most=MOST_MOVED)
    except LeadlineError as error:
        return render(request, "web/studio/impact.html", {"fault": str(error)})
    return render(request, "web/studio/impact.html", {"moves": shown(found, MOST_MOVED)})


def typed_form(request: HttpRequest) -> tuple[DraftForm, str]:
    """The form with its fields in the document; or as it was sent, and what kept them from it."""
    form = DraftForm.of(request.POST)
    try:
        return form.edited(), ""
    except LeadlineError as error:
        return form, str(error)


def findings(text: str) -> Mapping[str, Any]:
    """Faults, warnings, examples and differences of a document, for the template."""
    try:
        found = check(engine(), f"{text}\n" if "\n" not in text else text)
    except LeadlineError as error:
        return {"trouble": str(error)}
    changes = differences(service.in_force(), found.ruleset) if found.ruleset else []
    return {"checked": found, "changes": changes}


def _save_new(request: HttpRequest, form: DraftForm) -> HttpResponse:
    try:
        row = service.save_draft(form.name, form.document, by=owner_of(request), note=form.note, base=form.base)
    except LeadlineError as error:
        return _editor(request, form, None, str(error))
    return redirect(f"{reverse('scoring_draft', args=[row.pk])}?done=new")


def _save(request: HttpRequest, row: RulesetDraft, form: DraftForm, act: str) -> HttpResponse:
    try:
        if act == ARCHIVE:
            running = engine()
            service.archive_draft(row.pk)
            borrowed_metrics.retire_unread(running)
            return redirect(f"{reverse('scoring')}?done=archived")
        service.update_draft(row.pk, text=form.document, name=form.name, note=form.note, was=form.was)
        return redirect(_next(request, row, act))
    except LeadlineError as error:
        return _editor(request, form, row, str(error))


def _next(request: HttpRequest, row: RulesetDraft, act: str) -> str:
    """Where a button leads after saving."""
    if act == PUBLISH:
        return reverse("scoring_publish", args=[row.pk])
    if act == BACKTEST:
        wanted = {"rulesets": ["", f"{service.DRAFT}{row.pk}"]}
        job = jobs.job_start(engine(), "backtest", wanted, owner_of(request))
        return reverse("scoring_backtest", args=[job["number"]])
    return f"{reverse('scoring_draft', args=[row.pk])}?done=saved"


def _editor(
    request: HttpRequest, form: DraftForm, row: RulesetDraft | None, fault: str = "", done: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "draft": row,
        "open": _may_change(request) and (row is None or (row.archived_at is None and row.published_id is None)),
        "fault": fault,
        "done": done,
        "may_publish": viewer_of(request).may(Permission.PUBLISH_RULES),
        "backtests": _backtests_of(row) if row else [],
        **findings(form.document),
        **drawn_rows(form.document),
    }
    return render(request, "web/studio/editor.html", context, status=UNPROCESSABLE if fault else 200)


def _may_change(request: HttpRequest) -> bool:
    return viewer_of(request).may(Permission.DRAFT_RULES)


def _backtests_of(row: RulesetDraft) -> list[Job]:
    """The latest runs that this draft was part of, and the one that suggested it."""
    reference = f"{service.DRAFT}{row.pk}"
    found = Job.objects.order_by("-pk").only("kind", "state", "arguments", "result")[:RUNS_SEARCHED]
    return [each for each in found if _is_about(each, reference, row.pk)][:RUNS_SHOWN]


def _is_about(job: Job, reference: str, number: int) -> bool:
    suggested = job.kind == "suggestion" and (job.result or {}).get("draft") == number
    return suggested or reference in job.arguments.get("rulesets", [])


def _base(reference: str) -> int | None:
    """The published ruleset that a copy begins from."""
    wanted = reference.strip()
    if wanted.startswith(service.DRAFT):
        return service.draft_numbered(wanted).base_id
    if not wanted:
        return service.number_in_force()
    return number_of(wanted)
