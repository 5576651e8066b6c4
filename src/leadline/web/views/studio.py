"""The Scoring studio: what is in force, drafts, published rulesets and one of them. Marketing drafts, administrators
publish."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from leadline.accounts.permissions import Permission
from leadline.kernel.errors import LeadlineError
from leadline.pipeline import borrowed_metrics, runtime
from leadline.pipeline.engine import Engine
from leadline.scoring import schema, service
from leadline.scoring.differences import differences
from leadline.scoring.models import PublishedRuleset
from leadline.web import ruleset_words
from leadline.web.queries.rulesets import find_published, is_scored, studio
from leadline.web.viewer import STUDIO, check_may, only_for, viewer_of

DONE = {
    "published": "It is in force.",
    "archived": "It is put away. Its scores stay what they are.",
}
UNPROCESSABLE = 422


@require_safe
@only_for(STUDIO)
def scoring_page(request: HttpRequest) -> HttpResponse:
    """What is in force, drafts, published rulesets, and who put them in force."""
    archived = request.GET.get("archived") == "1"
    found = studio(archived=archived)
    context = {
        "studio": found,
        "archived": archived,
        "may_publish": viewer_of(request).may(Permission.PUBLISH_RULES),
        "done": DONE.get(request.GET.get("done", ""), ""),
    }
    if found.ruleset is not None:
        context |= {
            "weights": ruleset_words.weights(found.ruleset),
            "factors": ruleset_words.factor_lines(found.ruleset),
            "grades": ruleset_words.grades(found.ruleset),
            "stages": ruleset_words.stages(found.ruleset),
        }
    return render(request, "web/studio/page.html", context)


@require_safe
@only_for(STUDIO)
def scoring_progress(request: HttpRequest) -> HttpResponse:
    """Whether everybody is scored with what is in force; asked again until so."""
    return render(request, "web/studio/scored.html", {"scored": is_scored()})


@require_safe
@only_for(STUDIO)
def published_page(request: HttpRequest, number: int) -> HttpResponse:
    """One published ruleset."""
    return _published(request, find_published(number))


@require_POST
@only_for(STUDIO)
def archive_published(request: HttpRequest, number: int) -> HttpResponse:
    """Put a published ruleset away."""
    check_may(request, Permission.PUBLISH_RULES)
    row = find_published(number)
    try:
        running = engine()
        service.archive(number)
        borrowed_metrics.retire_unread(running)
    except LeadlineError as error:
        return _published(request, row, str(error))
    return redirect("/scoring?done=archived")


@require_safe
def ruleset_schema(request: HttpRequest) -> JsonResponse:  # noqa: ARG001  # a view's signature
    """The JSON Schema of rulesets, for the editors of whoever is signed in."""
    return JsonResponse(schema.ruleset_schema(), json_dumps_params={"indent": 1})


def engine() -> Engine:
    """The engine of this process.

    Raises:
        ServerUnreachableError: the pipeline has not started.
    """
    return runtime.running().engine


def _published(request: HttpRequest, row: PublishedRuleset, fault: str = "") -> HttpResponse:
    before = PublishedRuleset.objects.filter(pk__lt=row.pk).order_by("-pk").first()
    context = {
        "row": row,
        "before": before,
        "changes": differences(service.ruleset_of(str(before.pk)), service.ruleset_of(str(row.pk))) if before else [],
        "activations": [each for each in service.history() if each.number == row.pk],
        "in_force": row.pk == service.number_in_force(),
        "may_publish": viewer_of(request).may(Permission.PUBLISH_RULES),
        "fault": fault,
    }
    return render(request, "web/studio/published.html", context, status=UNPROCESSABLE if fault else 200)


def owner_of(request: HttpRequest) -> str:
    """Who acts, for the record."""
    who = viewer_of(request)
    return f"{who.name} <{who.email}>"[: service.MOST_BY] if who.name else who.email
