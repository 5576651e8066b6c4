"""How long things are kept: the periods, what would go now, and what went."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from leadline.accounts.permissions import Permission
from leadline.eventstore.due import Due
from leadline.kernel.clock import utc_now
from leadline.kernel.errors import LeadlineError
from leadline.pipeline.privacy.retention import periods_now, set_period, told_periods
from leadline.pipeline.privacy.retention_due import preview
from leadline.pipeline.privacy.retention_nights import next_night, trouble
from leadline.pipeline.runtime import running
from leadline.privacy.models import RetentionRun
from leadline.privacy.retention_rules import RULES
from leadline.tracking.models import EventSource
from leadline.web.viewer import PRIVACY, check_may, only_for, viewer_of

RUNS_SHOWN = 14


@require_safe
@only_for(PRIVACY)
def retention_page(request: HttpRequest) -> HttpResponse:
    """The periods with a form for each, and the newest runs; what would go now is counted on a part of its own."""
    now, hour = utc_now(), settings.RETENTION_HOUR
    context = {
        "periods": told_periods(),
        "rules": [rule for rule in RULES.values() if rule.by_source],
        "sources": EventSource.objects.order_by("name").values_list("name", flat=True),
        "runs": [_run(row) for row in RetentionRun.objects.order_by("-pk")[:RUNS_SHOWN]],
        "next": None if hour is None else next_night(now, hour),
        "trouble": trouble(now, running=True),
        "may_set": viewer_of(request).may(Permission.SET_PRIVACY),
    }
    return render(request, "web/privacy/retention.html", context)


@require_safe
@only_for(PRIVACY)
def retention_due(request: HttpRequest) -> HttpResponse:
    """What would go now: seconds, where there are a million people. A part, or a page of its own without JavaScript."""
    names = dict(EventSource.objects.values_list("pk", "name"))
    with running().engine.store.cursor() as cursor:
        due = preview(cursor, periods_now(), utc_now())
    alone = not request.headers.get("HX-Request")
    template = "web/privacy/retention_due_page.html" if alone else "web/privacy/retention_due.html"
    response = render(request, template, {"due": [_shown(each, names) for each in due]})
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
@only_for(PRIVACY)
def set_retention(request: HttpRequest) -> HttpResponse:
    """Set one period. What is due by it goes the next night, not at once."""
    check_may(request, Permission.SET_PRIVACY)
    rule, source = request.POST.get("rule", ""), request.POST.get("source", "")
    days = "default" if "default" in request.POST else request.POST.get("days", "").strip() or "forever"
    try:
        set_period(rule, days, source, utc_now(), str(viewer_of(request)))
    except LeadlineError as error:
        messages.error(request, f"{error.message} {error.advice}".strip())
    else:
        messages.success(request, f"{RULES[rule].title}{f', from {source}' if source else ''}: the period is set.")
    return redirect("privacy_retention")


def _shown(due: Due, names: dict[int, str]) -> dict[str, object]:
    title = RULES[due.rule].title
    return {"title": title, "source": names.get(due.source or 0, ""), "count": due.count, "oldest": due.oldest}


def _run(row: RetentionRun) -> dict[str, object]:
    counts = [
        (rule.title, sum(each["count"] for each in row.taken if each["rule"] == rule.name)) for rule in RULES.values()
    ]
    return {"row": row, "counts": [(title, count) for title, count in counts if count]}
