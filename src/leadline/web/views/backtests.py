"""Backtests and suggestions: the runs, starting and stopping one, how far it is, and what came of it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leadline.kernel.errors import LeadlineError, NotFoundError, TerminalError
from leadline.kernel.typed_numbers import number_of
from leadline.pipeline import jobs
from leadline.pipeline.models import Job
from leadline.scoring import service
from leadline.web.backtest_report import report
from leadline.web.queries.rulesets import offered
from leadline.web.viewer import STUDIO, only_for
from leadline.web.views.studio import UNPROCESSABLE, engine, owner_of

BACKTEST, SUGGESTION = "backtest", "suggestion"
RUNS_SHOWN = 50
MOST_CUTOFFS = 36
MOST = 999_999


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(STUDIO)
def backtests_page(request: HttpRequest) -> HttpResponse:
    """The runs, newest first, and a form; a POST starts one."""
    fault = ""
    if request.method == "POST":
        kind = SUGGESTION if request.POST.get("act") == SUGGESTION else BACKTEST
        try:
            job = jobs.job_start(engine(), kind, _wanted(request.POST, kind), owner_of(request))
            return redirect("scoring_backtest", number=job["number"])
        except LeadlineError as error:
            fault = str(error)
    context = {
        "runs": Job.objects.filter(kind__in=(BACKTEST, SUGGESTION)).defer("result").order_by("-pk")[:RUNS_SHOWN],
        "offered": offered(),
        "outcomes": _outcomes(),
        "chosen": request.POST.getlist("rulesets") or request.GET.getlist("ruleset") or [""],
        "given": request.POST or {"cutoffs": "6"},
        "over": jobs.OVER,
        "fault": fault,
    }
    return render(request, "web/studio/backtests.html", context, status=UNPROCESSABLE if fault else 200)


@require_safe
@only_for(STUDIO)
def backtest_page(request: HttpRequest, number: int) -> HttpResponse:
    """One run: how far it is, or what came of it."""
    job = _find(number)
    result = job.result or {}
    tested = result.get("test") if job.kind == SUGGESTION else result
    context = {
        "job": job,
        "over": job.state in jobs.OVER,
        "suggestion": result if job.kind == SUGGESTION and result else None,
        "result": tested or None,
        "report": report(tested) if tested else None,
    }
    return render(request, "web/studio/backtest.html", context)


@require_safe
@only_for(STUDIO)
def backtest_progress(request: HttpRequest, number: int) -> HttpResponse:
    """How far it is, for htmx; when it is over the whole page is loaded again."""
    job = _find(number)
    response = render(request, "web/studio/progress.html", {"job": job, "over": job.state in jobs.OVER})
    if job.state in jobs.OVER:
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
@only_for(STUDIO)
def cancel_backtest(request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG001  # a view's signature
    """Ask a run to stop."""
    _find(number)
    jobs.cancel(number)
    return redirect("scoring_backtest", number=number)


def _wanted(post: QueryDict, kind: str) -> dict[str, Any]:
    """The arguments of a job; what is left empty is left to its defaults."""
    named = {name: _whole(post.get(name, ""), name) for name in ("cutoffs", "horizon", "capacity")}
    if named["cutoffs"] is not None and not 1 <= named["cutoffs"] <= MOST_CUTOFFS:
        raise TerminalError(f"There may be 1 to {MOST_CUTOFFS} cutoffs.", advice="Six are usual.")
    given: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    if post.get("outcome"):
        given["outcome"] = post["outcome"]
    if kind == SUGGESTION:
        return {name: value for name, value in given.items() if name != "capacity"}
    return {**given, "rulesets": post.getlist("rulesets") or [""]}


def _whole(text: str, name: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if (number := number_of(text, MOST)) is None:
        raise TerminalError(
            f"{name.capitalize()}: {text[:20]!r} is no whole number.", advice="Leave it empty for the usual."
        )
    return number


def _outcomes() -> list[tuple[str, str]]:
    """The conversions of the ruleset in force, as what a backtest may be about."""
    try:
        ruleset = service.in_force()
    except NotFoundError:
        return []
    return [(each.name, each.name.replace("_", " ").capitalize()) for each in ruleset.conversions]


def _find(number: int) -> Job:
    job = Job.objects.filter(pk=number, kind__in=(BACKTEST, SUGGESTION)).first()
    if job is None:
        raise Http404(f"There is no backtest {number}.")
    return job
